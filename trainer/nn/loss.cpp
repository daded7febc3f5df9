#include "trainer/nn/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace nn {

double softmax_cross_entropy(std::span<const float> logits, std::span<const int> labels,
                             float smoothing, float scale, std::span<float> gradient) {
  const std::size_t classes = logits.size() / labels.size();
  const float even = smoothing / float(classes);
  double loss = 0;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const std::span<const float> z = logits.subspan(n * classes, classes);
    const std::span<float> g = gradient.subspan(n * classes, classes);
    if (labels[n] < 0) {
      std::fill(g.begin(), g.end(), 0.0f);
      continue;
    }
    const auto label = std::size_t(labels[n]);
    const float largest = *std::max_element(z.begin(), z.end());
    float sum = 0, sum_logits = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      g[c] = std::exp(z[c] - largest);
      sum += g[c];
      sum_logits += z[c];
    }
    // -sum over c of target[c] * log p[c], where log p[c] = z[c] - largest - log(sum)
    const float log_sum = largest + std::log(sum);
    loss += double(log_sum - (1 - smoothing) * z[label] - even * sum_logits);
    for (float& value : g) value = scale * (value / sum - even);
    g[label] -= scale * (1 - smoothing);
  }
  return loss;
}

}  // namespace nn
