#include "trainer/nn/adam.h"

#include <algorithm>
#include <cmath>

#include "trainer/nn/kernels.h"

namespace nn {
namespace {

// From 1 at 0 to 0 at 1, along half a cosine.
double half_cosine(double share) {
  return 0.5 * (1 + std::cos(3.141592653589793 * std::clamp(share, 0.0, 1.0)));
}

}  // namespace

void adam_update(Adam& adam, const AdamOptions& o, std::span<float> weights, std::size_t first,
                 std::span<const float> gradient, float learning_rate) {
  const double steps = double(adam.steps);
  const AdamStep step = {.beta1 = o.beta1,
                         .beta2 = o.beta2,
                         .epsilon = o.epsilon,
                         .mean_scale = float(1 / (1 - std::pow(double(o.beta1), steps))),
                         .variance_scale = float(1 / (1 - std::pow(double(o.beta2), steps))),
                         .rate = learning_rate,
                         .decay = learning_rate * o.weight_decay};
  kernels().adam(step, gradient.size(), gradient.data(), weights.data() + first,
                 adam.mean.data() + first, adam.variance.data() + first);
}

float learning_rate_at(Schedule schedule, float peak, std::int64_t step, std::int64_t steps,
                       std::int64_t warm_up) {
  if (schedule == Schedule::one_cycle) {
    constexpr double rise = 0.3, start = 1.0 / 25, end = 1e-4;
    const double done = double(step) / double(std::max<std::int64_t>(1, steps));
    if (done < rise) return float(peak * (start + (1 - start) * (1 - half_cosine(done / rise))));
    return float(peak * (end + (1 - end) * half_cosine((done - rise) / (1 - rise))));
  }
  if (step < warm_up) return peak * float(step + 1) / float(warm_up);
  if (schedule == Schedule::constant) return peak;
  constexpr double floor = 0.01;
  const double done = double(step - warm_up) / double(std::max<std::int64_t>(1, steps - warm_up));
  return float(peak * (floor + (1 - floor) * half_cosine(done)));
}

}  // namespace nn
