#include "trainer/nn/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "trainer/nn/kernels.h"

namespace nn {
namespace {

// Softmax of the logits divided by a temperature; returns log(sum of exp(logit / temperature)).
float softmax(std::span<const float> logits, float temperature, std::span<float> probabilities) {
  return kernels().softmax(logits.size(), logits.data(), temperature, probabilities.data());
}

}  // namespace

double softmax_cross_entropy(std::span<const float> logits, std::span<const int> labels,
                             std::span<const float> teacher, const LossOptions& options,
                             float scale, std::span<float> gradient) {
  const std::size_t classes = logits.size() / labels.size();
  const float even = options.smoothing / float(classes);
  const float taught = teacher.empty() ? 0 : options.teacher_share;
  const float temperature = options.teacher_temperature;
  std::vector<float> target, soft;  // of the teacher; of the student, softened
  if (taught > 0) {
    target.resize(classes);
    soft.resize(classes);
  }
  double loss = 0;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const std::span<const float> z = logits.subspan(n * classes, classes);
    const std::span<float> g = gradient.subspan(n * classes, classes);
    if (labels[n] < 0) {
      std::fill(g.begin(), g.end(), 0.0f);
      continue;
    }
    const auto label = std::size_t(labels[n]);
    const float weight = options.class_weights.empty() ? 1 : options.class_weights[label];
    const float log_sum = softmax(z, 1, g);
    // -sum over c of target[c] * log p[c], where log p[c] = z[c] - log_sum
    float sum_logits = 0;
    if (even > 0)
      for (const float value : z) sum_logits += value;
    double row = double(log_sum - (1 - options.smoothing) * z[label] - even * sum_logits);
    const float share = scale * weight * (1 - taught);
    for (float& value : g) value = share * (value - even);
    g[label] -= share * (1 - options.smoothing);

    if (taught > 0) {
      row *= double(1 - taught);
      softmax(teacher.subspan(n * classes, classes), temperature, target);
      const float soft_log_sum = softmax(z, temperature, soft);
      const float square = temperature * temperature;
      for (std::size_t c = 0; c < classes; ++c) {
        row += double(taught * square * target[c] * (soft_log_sum - z[c] / temperature));
        g[c] += scale * weight * taught * temperature * (soft[c] - target[c]);
      }
    }
    loss += double(weight) * row;
  }
  return loss;
}

}  // namespace nn
