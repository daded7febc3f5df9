// Adam with decoupled weight decay (Kingma, Ba 2015; Loshchilov, Hutter 2019), on flat arrays, and
// the learning rate's course.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nn {

struct AdamOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-7f;
  float weight_decay = 0;  // a step takes learning rate * weight_decay of each weight away
};

struct Adam {
  AdamOptions options;
  std::int64_t steps = 0;
  std::vector<float> mean;      // of the gradient
  std::vector<float> variance;  // of the gradient, not centred

  Adam(std::size_t weights, const AdamOptions& with)
      : options(with), mean(weights, 0.0f), variance(weights, 0.0f) {}
};

// Moves weights[first .. first + gradient.size()). Call with adam.steps already counting this step;
// slices may be moved by several threads at once.
void adam_update(Adam& adam, std::span<float> weights, std::size_t first,
                 std::span<const float> gradient, float learning_rate);

// The learning rate at a step of a run: up in a straight line for `warm_up` steps, then down along
// half a cosine to a hundredth at the last step (Loshchilov, Hutter 2017, "SGDR").
float cosine_learning_rate(float peak, std::int64_t step, std::int64_t steps, std::int64_t warm_up);

}  // namespace nn
