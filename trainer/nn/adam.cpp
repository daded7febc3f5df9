#include "trainer/nn/adam.h"

#include <algorithm>
#include <cmath>

namespace nn {

void adam_update(Adam& adam, std::span<float> weights, std::size_t first,
                 std::span<const float> gradient, float learning_rate) {
  const AdamOptions& o = adam.options;
  const double steps = double(adam.steps);
  // Both averages begin at 0; these undo the bias of the first steps.
  const auto mean_scale = float(1 / (1 - std::pow(double(o.beta1), steps)));
  const auto variance_scale = float(1 / (1 - std::pow(double(o.beta2), steps)));
  float* const w = weights.data() + first;
  float* const m = adam.mean.data() + first;
  float* const v = adam.variance.data() + first;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const float g = gradient[i];
    m[i] += (1 - o.beta1) * (g - m[i]);
    v[i] += (1 - o.beta2) * (g * g - v[i]);
    const float step = m[i] * mean_scale / (std::sqrt(v[i] * variance_scale) + o.epsilon);
    w[i] -= learning_rate * (step + o.weight_decay * w[i]);
  }
}

float cosine_learning_rate(float peak, std::int64_t step, std::int64_t steps,
                           std::int64_t warm_up) {
  if (step < warm_up) return peak * float(step + 1) / float(warm_up);
  const double done = double(step - warm_up) / double(std::max<std::int64_t>(1, steps - warm_up));
  const double floor = 0.01;
  return float(peak * (floor + (1 - floor) * 0.5 * (1 + std::cos(3.141592653589793 * done))));
}

}  // namespace nn
