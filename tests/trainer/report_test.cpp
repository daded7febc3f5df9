// Accuracy, temperature and thresholds on logits made by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/random.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/measure.h"

TEST_CASE("Top-1, 3 and 5 count the classes that are more probable than the right one") {
  const std::vector<float> logits = {9, 1, 1, 1, 1, 1,   // the right one is first
                                     1, 3, 2, 0, 0, 0,   // third
                                     1, 2, 3, 4, 5, 0};  // fifth
  const std::vector<data::Sample> samples(3, data::Sample{});
  const report::Accuracy accuracy = report::accuracy_of(logits, samples);
  CHECK(accuracy.top1 == doctest::Approx(1.0 / 3));
  CHECK(accuracy.top3 == doctest::Approx(2.0 / 3));
  CHECK(accuracy.top5 == doctest::Approx(1));
}

TEST_CASE("The temperature of logits that are too sure is found again") {
  // Labels drawn from softmax(z), logits reported as 2 z: the right temperature is 2.
  Random random{1};
  constexpr std::size_t classes = 4;
  std::vector<float> logits;
  std::vector<data::Sample> samples;
  for (int i = 0; i < 4000; ++i) {
    std::vector<float> p(classes);
    for (float& value : p) value = float(random.normal());
    for (const float value : p) logits.push_back(2 * value);
    report::to_probabilities(p, classes, 1);
    double at = random.uniform();
    std::uint32_t label = 0;
    while (label + 1 < classes && at >= double(p[label])) at -= double(p[label++]);
    samples.push_back({.at = 0, .file = 0, .label = label & 0xfff});
  }
  CHECK(report::fit_temperature(logits, samples) == doctest::Approx(2).epsilon(0.1));
}

TEST_CASE("A threshold lets through the chosen share of other words' drawings, each word alike") {
  // Class 0's probability on the drawings of words 1 and 2 is spread evenly over 0..1; word 2 has
  // ten times as many drawings, all of them low.
  constexpr std::size_t classes = 3;
  std::vector<float> highest;
  std::vector<data::Sample> samples;
  for (int i = 0; i < 1000; ++i) {
    samples.push_back({.at = 0, .file = 0, .label = 1});
    highest.insert(highest.end(), {float(i) / 1000, 0.9f, 0});
  }
  for (int i = 0; i < 10000; ++i) {
    samples.push_back({.at = 0, .file = 0, .label = 2});
    highest.insert(highest.end(), {0, 0, 0.9f});
  }
  const auto thresholds = report::win_thresholds(highest, samples, classes,
                                                 {.false_wins = 0.25, .least = 0.1f, .most = 0.9f});
  CHECK(thresholds[0] == doctest::Approx(0.5).epsilon(0.01));
  CHECK(thresholds[1] == doctest::Approx(0.1));
}
