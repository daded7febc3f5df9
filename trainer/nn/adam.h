// Adam with decoupled weight decay (Kingma, Ba 2015; Loshchilov, Hutter 2019), on flat arrays, and
// the learning rate's course.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace nn {

struct AdamOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-7f;
  float weight_decay = 0;  // a step takes learning rate * weight_decay of each weight away
};

struct Adam {
  std::int64_t steps = 0;
  std::vector<float> mean;      // of the gradient
  std::vector<float> variance;  // of the gradient, not centred

  explicit Adam(std::size_t parameters) : mean(parameters, 0.0f), variance(parameters, 0.0f) {}
};

// Moves weights[first .. first + gradient.size()). Call with adam.steps already counting this step;
// slices may be moved by several threads at once.
void adam_update(Adam& adam, const AdamOptions& options, std::span<float> weights,
                 std::size_t first, std::span<const float> gradient, float learning_rate);

// The learning rate's course over a run of `steps`.
//   constant   up in a straight line for `warm_up` steps, then the peak
//   cosine     up likewise, then down along half a cosine to a hundredth of the peak (Loshchilov,
//              Hutter 2017, "SGDR")
//   one_cycle  from a 25th of the peak up to it along half a cosine over 30% of the steps, then
//              down to nearly nothing (Smith, Topin 2018, "Super-Convergence")
enum class Schedule { constant, cosine, one_cycle };
float learning_rate_at(Schedule schedule, float peak, std::int64_t step, std::int64_t steps,
                       std::int64_t warm_up);

}  // namespace nn
