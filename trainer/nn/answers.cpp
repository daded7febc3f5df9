#include "trainer/nn/answers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nn {

void Answers::keep(std::size_t index, std::span<const float> logits) {
  const auto [lowest, highest] = std::minmax_element(logits.begin(), logits.end());
  const float step =
      std::max((*highest - *lowest) / 255, std::numeric_limits<float>::min());  // never 0: known
  std::uint8_t* levels = levels_.data() + index * classes_;
  for (std::size_t c = 0; c < classes_; ++c)
    levels[c] = std::uint8_t(std::lround(std::min((*highest - logits[c]) / step, 255.0f)));
  steps_[index] = step;
}

void Answers::recall(std::size_t index, std::span<float> logits) const {
  const std::uint8_t* levels = levels_.data() + index * classes_;
  for (std::size_t c = 0; c < classes_; ++c) logits[c] = -float(levels[c]) * steps_[index];
}

}  // namespace nn
