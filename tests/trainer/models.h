// Small things that tests of models need: a card, the way back from a file, numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/random.h"
#include "trainer/onnx/onnx.h"

namespace models {

inline model::Card card_of(int classes) {
  model::Card card;
  card.name = "test";
  for (int i = 0; i < classes; ++i) card.classes.push_back("class " + std::to_string(i));
  card.thresholds.assign(std::size_t(classes), 0.3f);
  return card;
}

inline onnx::Model read(const std::string& bytes) {
  return onnx::read_model({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                          "x.onnx");
}

// From a normal distribution of mean 0 and deviation 1.
inline std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  Random random{seed};
  std::vector<float> values(n);
  for (float& value : values) value = float(random.normal());
  return values;
}

}  // namespace models
