#include "engine/model/scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace model {

void softmax(std::span<float> logits) {
  if (logits.empty()) return;
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float& value : logits) sum += value = std::exp(value - largest);
  for (float& value : logits) value = static_cast<float>(value / sum);
}

void apply_temperature(std::span<float> probabilities, float temperature) {
  if (temperature == 1) return;
  constexpr float least = 1e-30f;  // log(0) would make all scores NaN
  for (float& p : probabilities) p = std::log(std::max(p, least)) / temperature;
  softmax(probabilities);
}

std::vector<Score> top_k(std::span<const float> probabilities, int k) {
  std::vector<Score> scores;
  scores.reserve(probabilities.size());
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    scores.push_back({static_cast<int>(i), probabilities[i]});
  }
  const auto count = std::min(scores.size(), static_cast<std::size_t>(std::max(k, 0)));
  std::partial_sort(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(count),
                    scores.end(), [](const Score& a, const Score& b) {
                      return a.probability != b.probability ? a.probability > b.probability
                                                            : a.label < b.label;
                    });
  scores.resize(count);
  return scores;
}

}  // namespace model
