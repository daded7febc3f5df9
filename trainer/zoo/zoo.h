// The architectures, by name: each a short function in a file here, which is all that a new one
// needs. docs/adding-a-network.md walks through it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "trainer/nn/graph.h"

namespace zoo {

struct Settings {
  int side = 28;  // pictures are [1, side, side]
  int classes = 100;
  double width = 1;  // factor on the channels, where a network has it
  int depth = 0;     // repeated blocks, where a network has them; 0: its own default
};

// Channels scaled by Settings::width, in whole vectors of 16: other numbers would cost as much.
int channels(int at_width_1, const Settings& settings);

struct Architecture {
  std::string_view name;
  std::string_view summary;
  nn::Graph (*make)(const Settings&);
};
using Architectures = std::vector<Architecture>;

// All of them. Each file here lists its own in a function of its name, which CMake finds by that:
// zoo/mobile.cpp has `Architectures mobile()`.
std::span<const Architecture> architectures();

// Fails on a name that is not known, listing those that are.
const Architecture& find(std::string_view name);

// The large networks that the small ones descend from: counted, not trained (classics.cpp).
struct Classic {
  std::string_view name;
  std::string_view variant;     // which of its variants it is, and where that is described
  double published_parameters;  // millions
  nn::Graph (*make)();          // 1,000 classes
};
std::span<const Classic> classics();

}  // namespace zoo
