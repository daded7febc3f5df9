// Softmax cross-entropy: how far the network's probabilities are from the right class.
#pragma once

#include <span>

namespace nn {

// Forward and backward in one, since the gradient is the probabilities less the target.
//   logits   [N, C]
//   labels   [N], the right classes; a negative label leaves its row out (loss and gradient 0)
//   gradient [N, C]: d(sum of the losses * scale) / d logits
// smoothing in 0..1 is spread evenly over all classes (Szegedy et al. 2016, "Rethinking the
// Inception architecture"). Returns the sum of the losses, in nats, not scaled.
double softmax_cross_entropy(std::span<const float> logits, std::span<const int> labels,
                             float smoothing, float scale, std::span<float> gradient);

}  // namespace nn
