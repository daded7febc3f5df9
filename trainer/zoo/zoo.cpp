#include "trainer/zoo/zoo.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "trainer/error.h"

namespace zoo {

#include "families.inc"  // from CMakeLists.txt: `families`, the function of each file of networks

int channels(int at_width_1, const Settings& settings) {
  return std::max(16, 16 * int(std::lround(at_width_1 * settings.width / 16)));
}

std::span<const Architecture> architectures() {
  static const Architectures all = [] {
    Architectures networks;
    for (const auto family : families)
      for (const Architecture& network : family()) networks.push_back(network);
    return networks;
  }();
  return all;
}

const Architecture& find(std::string_view name) {
  std::string known;
  for (const Architecture& architecture : architectures()) {
    if (architecture.name == name) return architecture;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", architecture.name);
  }
  fail("there is no architecture '{}'; known are: {}", name, known);
}

}  // namespace zoo
