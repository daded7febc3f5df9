// What the game needs to know of a network's confidence: a temperature, so that "60%" is right six
// times in ten, and for each word the probability from which a drawing counts as recognised.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"

namespace report {

// The temperature in 0.5..3 under which the logits, [samples, classes], divided by it, have the
// smallest cross-entropy (Guo et al. 2017, "On Calibration of Modern Neural Networks"), by
// golden-section search.
float fit_temperature(std::span<const float> logits, std::span<const data::Sample> samples);

// Softmax of the logits divided by the temperature, in place, row by row.
void to_probabilities(std::span<float> logits, std::size_t classes, float temperature);

struct ThresholdOptions {
  double false_wins = 0.01;  // how often a drawing may win a word that it does not show, at any
                             // moment of being drawn: the mean over drawings and words
  float least = 0.1f;        // thresholds are kept in least..most: below, a dot would win,
  float most = 0.99f;        //   above, an honest drawing might wait for ever;
  float most_for_scribbles = 0.9f;  // raising them above scribbles ends earlier: some words look
                                    // like one
  double borrowed = 40;  // a word's own few drawings are helped out by this many of all words
};

// A threshold for each class, such that as many drawings as possible win their word while others
// win it no more often than told. highest: [samples, classes], the highest probability that each
// class had while the sample was drawn.
//
// What a threshold t costs and brings is known of each class: won(t), how many of its drawings pass
// it, and false(t), how many of all others. The thresholds that maximise the sum of won subject to
// the mean of false are those that maximise won(t) - lambda false(t), class by class, for some
// lambda, which is found by bisection (Lagrange's multiplier).
std::vector<float> win_thresholds(std::span<const float> highest,
                                  std::span<const data::Sample> samples, std::size_t classes,
                                  const ThresholdOptions& options = {});

// How often, with these thresholds, a drawing wins a word that it does not show: the mean over the
// classes of the share of others' samples that pass it.
double false_wins(std::span<const float> highest, std::span<const data::Sample> samples,
                  std::span<const float> thresholds);

// How well each class is recognised: the share of its samples whose first guess it is, to a
// thousandth. logits: [samples, classes]. A class without samples gets the share of them all.
std::vector<float> class_accuracy(std::span<const float> logits,
                                  std::span<const data::Sample> samples, std::size_t classes);

// Thresholds that are raised above what scribbles reach while they are drawn, so that nobody wins
// by blackening the paper; but to no more than `most`, for some words look like one.
void raise_above_scribbles(nn::Workers& workers, const ink::RasterOptions& raster,
                           float temperature, float most, std::span<float> thresholds);

// All three, from drawings that the network was not trained on, while they are drawn: the
// temperature and the accuracy from whole drawings, the thresholds from all steps of their ink,
// above what scribbles reach. At most 20,000 of the samples are used, evenly spread.
struct Calibration {
  float temperature = 1;
  std::vector<float> class_accuracy;
  std::vector<float> thresholds;
  double false_wins = 0;  // with them; more than was asked for where that wants higher ones
};
Calibration calibrate(nn::Workers& workers, const data::Dataset& dataset,
                      std::span<const data::Sample> samples, const ink::RasterOptions& raster,
                      const ThresholdOptions& options = {},
                      const std::function<void(std::size_t done)>& progress = {});

// The accuracy alone, of all of the samples.
std::vector<float> class_accuracy(nn::Workers& workers, const data::Dataset& dataset,
                                  std::span<const data::Sample> samples,
                                  const ink::RasterOptions& raster);

}  // namespace report
