#include "trainer/report/calibrate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/model/scores.h"
#include "engine/random.h"
#include "trainer/data/augment.h"
#include "trainer/data/synth.h"
#include "trainer/report/measure.h"
#include "trainer/report/rehearse.h"

namespace report {
namespace {

double cross_entropy(std::span<const float> logits, std::span<const data::Sample> samples,
                     double temperature) {
  const std::size_t classes = logits.size() / samples.size();
  double sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::span<const float> z = logits.subspan(i * classes, classes);
    const float largest = *std::max_element(z.begin(), z.end());
    double total = 0;
    for (const float value : z) total += std::exp(double(value - largest) / temperature);
    sum += std::log(total) - double(z[samples[i].label] - largest) / temperature;
  }
  return sum / double(samples.size());
}

}  // namespace

float fit_temperature(std::span<const float> logits, std::span<const data::Sample> samples) {
  if (samples.empty()) return 1;
  constexpr double golden = 0.6180339887498949;
  double low = 0.5, high = 3;
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = cross_entropy(logits, samples, a), at_b = cross_entropy(logits, samples, b);
  while (high - low > 0.01) {
    if (at_a < at_b) {
      high = std::exchange(b, a);
      at_b = at_a;
      a = high - golden * (high - low);
      at_a = cross_entropy(logits, samples, a);
    } else {
      low = std::exchange(a, b);
      at_a = at_b;
      b = low + golden * (high - low);
      at_b = cross_entropy(logits, samples, b);
    }
  }
  return float((low + high) / 2);
}

void to_probabilities(std::span<float> logits, std::size_t classes, float temperature) {
  for (float& value : logits) value /= temperature;
  for (std::size_t at = 0; at < logits.size(); at += classes)
    model::softmax(logits.subspan(at, classes));
}

std::vector<float> win_thresholds(std::span<const float> highest,
                                  std::span<const data::Sample> samples, std::size_t classes,
                                  const ThresholdOptions& options) {
  const auto share_above = [](const std::vector<float>& sorted, float threshold) {
    const auto from = std::lower_bound(sorted.begin(), sorted.end(), threshold);
    return sorted.empty() ? 0.0 : double(sorted.end() - from) / double(sorted.size());
  };
  // What each class's own drawings reach, what all others do, and what drawings reach at all.
  std::vector<std::vector<float>> own(classes), others(classes);
  std::vector<float> any;
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (std::size_t c = 0; c < classes; ++c)
      (samples[i].label == c ? own : others)[c].push_back(highest[i * classes + c]);
  for (std::size_t c = 0; c < classes; ++c) {
    any.insert(any.end(), own[c].begin(), own[c].end());
    std::sort(own[c].begin(), own[c].end());
    std::sort(others[c].begin(), others[c].end());
  }
  std::sort(any.begin(), any.end());

  constexpr int n_candidates = 200;
  struct Candidate {
    float threshold;
    double won, falsely;
  };
  std::vector<std::vector<Candidate>> candidates(classes);
  for (std::size_t c = 0; c < classes; ++c)
    for (int k = 0; k <= n_candidates; ++k) {
      const float t = options.least + (options.most - options.least) * float(k) / n_candidates;
      const auto n = double(own[c].size());
      const double won = (n * share_above(own[c], t) + options.borrowed * share_above(any, t)) /
                         (n + options.borrowed);
      candidates[c].push_back({t, won, share_above(others[c], t)});
    }

  std::vector<float> thresholds(classes);
  const auto choose = [&](double lambda) {
    double falsely = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      const Candidate& best = *std::max_element(
          candidates[c].begin(), candidates[c].end(), [lambda](const auto& a, const auto& b) {
            return a.won - lambda * a.falsely < b.won - lambda * b.falsely;
          });
      thresholds[c] = best.threshold;
      falsely += best.falsely / double(classes);
    }
    return falsely;
  };
  double low = 0, high = 1;
  while (choose(high) > options.false_wins && high < 1e9) high *= 4;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (choose(middle) > options.false_wins ? low : high) = middle;
  }
  choose(high);
  return thresholds;
}

double false_wins(std::span<const float> highest, std::span<const data::Sample> samples,
                  std::span<const float> thresholds) {
  const std::size_t classes = thresholds.size();
  std::vector<double> passed(classes), others(classes, 0);
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (std::size_t c = 0; c < classes; ++c) {
      if (samples[i].label == c) continue;
      ++others[c];
      passed[c] += highest[i * classes + c] >= thresholds[c];
    }
  double sum = 0;
  for (std::size_t c = 0; c < classes; ++c) sum += passed[c] / std::max(1.0, others[c]);
  return sum / double(std::max<std::size_t>(1, classes));
}

std::vector<float> class_accuracy(std::span<const float> logits,
                                  std::span<const data::Sample> samples, std::size_t classes) {
  std::vector<double> drawings(classes), right(classes);
  double all_right = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::span<const float> row = logits.subspan(i * classes, classes);
    const auto first = std::size_t(std::max_element(row.begin(), row.end()) - row.begin());
    const std::size_t label = samples[i].label;
    ++drawings[label];
    if (first != label) continue;
    ++right[label];
    ++all_right;
  }
  const double overall = samples.empty() ? 0 : all_right / double(samples.size());
  std::vector<float> shares(classes);
  for (std::size_t c = 0; c < classes; ++c) {
    const double share = drawings[c] > 0 ? right[c] / drawings[c] : overall;
    shares[c] = float(std::round(1000 * share) / 1000);
  }
  return shares;
}

std::vector<float> class_accuracy(nn::Workers& workers, const data::Dataset& dataset,
                                  std::span<const data::Sample> samples,
                                  const ink::RasterOptions& raster) {
  return class_accuracy(logits_of(workers, dataset, samples, raster), samples,
                        dataset.classes.size());
}

void raise_above_scribbles(nn::Workers& workers, const ink::RasterOptions& raster,
                           float temperature, float most, std::span<float> thresholds) {
  constexpr std::size_t scribbles = 200, steps = 5;
  constexpr float margin = 0.02f;
  std::vector<std::vector<float>> logits(scribbles * steps);
  workers.classify(
      logits.size(),
      [&](std::size_t row, std::span<float> picture) {
        Random random{row / steps};
        const double share = double(row % steps + 1) / steps;
        ink::raster(data::partial(data::scribble(random), share), raster, picture);
        return 0;
      },
      [&](std::size_t row, int, std::span<float> values) {
        logits[row].assign(values.begin(), values.end());
      });
  for (std::vector<float>& row : logits) {
    to_probabilities(row, thresholds.size(), temperature);
    for (std::size_t c = 0; c < thresholds.size(); ++c)
      thresholds[c] = std::max(thresholds[c], std::min(row[c] + margin, most));
  }
}

Calibration calibrate(nn::Workers& workers, const data::Dataset& dataset,
                      std::span<const data::Sample> samples, const ink::RasterOptions& raster,
                      const ThresholdOptions& options,
                      const std::function<void(std::size_t done)>& progress) {
  constexpr std::size_t most = 20000;
  const std::size_t n = std::min(most, samples.size()), classes = dataset.classes.size();
  std::vector<data::Sample> some;
  some.reserve(n);
  for (std::size_t i = 0; i < n; ++i) some.push_back(samples[i * samples.size() / n]);

  Calibration result;
  std::vector<float> highest = logits_of(workers, dataset, some, raster);
  result.temperature = fit_temperature(highest, some);
  result.class_accuracy = class_accuracy(highest, some, classes);
  to_probabilities(highest, classes, result.temperature);
  if (dataset.form == data::Form::strokes) {
    std::size_t row = 0;
    play(
        workers, dataset, some, raster, result.temperature,
        [&](const Played& played) {
          float* const to = highest.data() + row++ * classes;
          for (std::size_t i = 0; i < played.probabilities.size(); ++i)
            to[i % classes] = std::max(to[i % classes], played.probabilities[i]);
        },
        progress);
  }
  result.thresholds = win_thresholds(highest, some, classes, options);
  raise_above_scribbles(workers, raster, result.temperature, options.most_for_scribbles,
                        result.thresholds);
  result.false_wins = false_wins(highest, some, result.thresholds);
  return result;
}

}  // namespace report
