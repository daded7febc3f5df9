#include "trainer/zoo/zoo.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "trainer/error.h"

namespace zoo {
namespace {

constexpr Architecture all[] = {
    {"simple-cnn", "three 3x3 convolutions with pools, dense 128", simple_cnn},
    {"simple-k1k3", "with a 1x1 convolution before the third 3x3", simple_k1k3},
    {"simple-gap", "global average pooling in place of the large dense layer", simple_gap},
    {"lenet", "5x5 convolutions, dense 300 and 200", lenet},
    {"lenet-k1k3", "with a 1x1 convolution before the second 5x5", lenet_k1k3},
    {"lenet-gap", "global average pooling in place of the large dense layers", lenet_gap},
    {"nin", "Network in Network: 1x1 convolutions, a channel a class", nin},
    {"squeeze", "SqueezeNet's fire modules, late downsampling", squeeze},
    {"mobile", "depthwise-separable, batch norm, residual", mobile},
    {"residual", "3x3 convolutions, batch norm, residual", residual},
    {"compact", "pairs of 3x3 convolutions, batch norm, a separable end", compact},
    {"deep-cnn", "simple-cnn with a fourth convolution, dense 96", deep_cnn},
};

}  // namespace

int channels(int at_width_1, const Settings& settings) {
  return std::max(16, 16 * int(std::lround(at_width_1 * settings.width / 16)));
}

std::span<const Architecture> architectures() {
  return all;
}

const Architecture& find(std::string_view name) {
  std::string known;
  for (const Architecture& architecture : all) {
    if (architecture.name == name) return architecture;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", architecture.name);
  }
  fail("there is no architecture '{}'; known are: {}", name, known);
}

}  // namespace zoo
