// The architectures, by name: each a short function in a file of its own.
//
// To add one: write `nn::Graph my_net(int side, int classes)` in zoo/my_net.cpp, declare it below,
// and name it in zoo.cpp's list and in trainer/CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

#include "trainer/nn/graph.h"

namespace zoo {

struct Architecture {
  std::string_view name;
  std::string_view summary;
  nn::Graph (*make)(int side, int classes);  // pictures of [1, side, side]
};

std::span<const Architecture> architectures();

// Fails on a name that is not known, listing those that are.
const Architecture& find(std::string_view name);

nn::Graph simple_cnn(int side, int classes);
nn::Graph deep_cnn(int side, int classes);

}  // namespace zoo
