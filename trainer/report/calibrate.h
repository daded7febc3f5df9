// What the game needs to know of a network's confidence: a temperature, so that "60%" is right six
// times in ten, and for each word the probability from which a drawing counts as recognised.
#pragma once

#include <span>
#include <vector>

#include "trainer/data/dataset.h"

namespace report {

// The temperature in 0.5..3 under which the logits, [samples, classes], divided by it, have the
// smallest cross-entropy (Guo et al. 2017, "On Calibration of Modern Neural Networks"), by
// golden-section search.
float fit_temperature(std::span<const float> logits, std::span<const data::Sample> samples);

// Softmax of the logits divided by the temperature, in place, row by row.
void to_probabilities(std::span<float> logits, std::size_t classes, float temperature);

struct ThresholdOptions {
  double false_wins =
      0.005;            // how often another word's drawing may pass, at any moment of being drawn
  float least = 0.15f;  // thresholds are kept in least..most: below, chance wins,
  float most = 0.6f;    //   above, an honest drawing waits for too long
};

// A threshold for each class.
//   highest: [samples, classes], the highest probability that each class had while the sample was
//   drawn
// The threshold of a class is the probability that only `false_wins` of the drawings of other words
// pass, each other word being as likely as the next, whatever the number of its drawings.
std::vector<float> win_thresholds(std::span<const float> highest,
                                  std::span<const data::Sample> samples, std::size_t classes,
                                  const ThresholdOptions& options = {});

}  // namespace report
