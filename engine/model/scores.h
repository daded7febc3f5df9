// What a network says of a picture: probabilities, one a class.
#pragma once

#include <span>
#include <vector>

namespace model {

// Turns logits into probabilities, in place. Stable for large logits; an empty span stays empty.
void softmax(std::span<float> logits);

// Applies a temperature to probabilities, in place: p^(1/temperature), made to sum to 1 again
// (Guo et al. 2017, "On Calibration of Modern Neural Networks"). temperature > 0; 1 changes
// nothing.
void apply_temperature(std::span<float> probabilities, float temperature);

struct Score {
  int label;          // index of the class
  float probability;  // 0..1
};

// The k most probable classes, best first; ties go to the lower label. Fewer when there are fewer
// classes.
std::vector<Score> top_k(std::span<const float> probabilities, int k);

}  // namespace model
