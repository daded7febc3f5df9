// Softmax cross-entropy: how far the network's probabilities are from the right class, and from
// what a teacher thinks.
#pragma once

#include <span>

namespace nn {

struct LossOptions {
  // This much of the target, in 0..1, is spread evenly over all classes (Szegedy et al. 2016,
  // "Rethinking the Inception architecture").
  float smoothing = 0;
  // How much a drawing of each class counts, [classes]; empty: 1.
  std::span<const float> class_weights = {};
  // Distillation (Hinton, Vinyals, Dean 2015): this share of the loss, in 0..1, is the
  // cross-entropy with the teacher's probabilities, both softened by the temperature, times its
  // square.
  float teacher_share = 0;
  float teacher_temperature = 2;
};

// Forward and backward in one, since the gradient is the probabilities less the target.
//   logits   [N, C]
//   labels   [N], the right classes; a negative label leaves its row out (loss and gradient 0)
//   teacher  [N, C], the teacher's logits; empty where there is none
//   gradient [N, C]: d(sum of the losses * scale) / d logits
// Returns the sum of the losses, in nats, not scaled.
double softmax_cross_entropy(std::span<const float> logits, std::span<const int> labels,
                             std::span<const float> teacher, const LossOptions& options,
                             float scale, std::span<float> gradient);

}  // namespace nn
