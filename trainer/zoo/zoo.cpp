#include "trainer/zoo/zoo.h"

#include <string>

#include "trainer/error.h"

namespace zoo {
namespace {

constexpr Architecture all[] = {
    {"simple-cnn", "three 3x3 convolutions with pools, dense 128", simple_cnn},
    {"deep-cnn", "four 3x3 convolutions with pools, dense 96", deep_cnn},
};

}  // namespace

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
