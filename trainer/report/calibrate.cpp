#include "trainer/report/calibrate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/model/scores.h"

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
  std::vector<double> weight(classes, 0);  // of one drawing of a word
  for (const data::Sample& sample : samples) weight[sample.label] += 1;
  for (double& count : weight) count = count > 0 ? 1 / count : 0;

  std::vector<float> thresholds(classes);
  std::vector<std::pair<float, double>> others;  // probability, weight of the drawing
  for (std::size_t c = 0; c < classes; ++c) {
    others.clear();
    double total = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (samples[i].label == c) continue;
      others.emplace_back(highest[i * classes + c], weight[samples[i].label]);
      total += others.back().second;
    }
    std::sort(others.rbegin(), others.rend());
    double passed = 0;
    float threshold = options.least;
    for (const auto& [probability, w] : others) {
      passed += w;
      if (passed > options.false_wins * total) {
        threshold = probability;
        break;
      }
    }
    thresholds[c] = std::clamp(threshold, options.least, options.most);
  }
  return thresholds;
}

}  // namespace report
