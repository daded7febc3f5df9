// Accuracy, temperature and thresholds on logits made by hand; reports of runs made by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/random.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/synth.h"
#include "trainer/nn/workers.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/html.h"
#include "trainer/report/measure.h"
#include "trainer/report/rehearse.h"
#include "trainer/train/compare.h"
#include "trainer/zoo/zoo.h"

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

TEST_CASE("Thresholds win the most words that the false wins allow") {
  // Words 0 and 1: their own drawings reach 0.2..1; others reach up to 0.3 of word 0 and up to 0.8
  // of word 1, evenly. Word 0 can be won cheaply, word 1 costs false wins.
  constexpr std::size_t classes = 3;
  std::vector<float> highest;
  std::vector<data::Sample> samples;
  const auto add = [&](unsigned label, std::array<float, classes> p) {
    samples.push_back({.at = 0, .file = 0, .label = label & 3});
    highest.insert(highest.end(), p.begin(), p.end());
  };
  constexpr int n = 1000;
  for (int i = 0; i < n; ++i) {
    const float even = float(i) / n;
    add(0, {0.2f + 0.8f * even, 0, 0});
    add(1, {0, 0.2f + 0.8f * even, 0});
    add(2, {0.3f * even, 0.8f * even, 0.9f});
  }
  for (const double allowed : {0.002, 0.01, 0.05, 0.2}) {
    CAPTURE(allowed);
    const std::vector<float> t = report::win_thresholds(
        highest, samples, classes,
        {.false_wins = allowed, .least = 0.1f, .most = 0.95f, .borrowed = 0});

    // Half of the drawings that are not of word 0 or 1 are of word 2.
    const double false0 = 0.5 * std::max(0.0, 1 - double(t[0]) / 0.3);
    const double false1 = 0.5 * std::max(0.0, 1 - double(t[1]) / 0.8);
    CHECK((false0 + false1) / classes <= allowed + 0.002);
    CHECK(t[0] < 0.31f);
    CHECK(report::false_wins(highest, samples, t) <= allowed);
    CHECK(report::false_wins(highest, samples, t) ==
          doctest::Approx((false0 + false1) / classes).epsilon(0.02));
  }
  const std::vector<float> strict =
      report::win_thresholds(highest, samples, classes, {.false_wins = 1e-6, .borrowed = 0});
  CHECK(strict[0] == doctest::Approx(0.3).epsilon(0.03));
  CHECK(strict[1] == doctest::Approx(0.8).epsilon(0.01));
}

TEST_CASE("A rehearsal of a network that always says the same word, almost surely") {
  shapes::Folder folder;
  shapes::write_folder(folder.path, 30, 3);
  const data::Dataset dataset =
      data::open({.folders = {folder.path}, .classes = {"circle", "square", "star"}});
  std::vector<data::Sample> samples;
  for (const auto& split : dataset.samples)
    samples.insert(samples.end(), split.begin(), split.end());
  REQUIRE(samples.size() == 90);
  const nn::Graph graph({1, 28, 28}, {nn::flatten(), nn::dense(3)});
  std::vector<float> weights(nn::weight_count(graph), 0.0f);
  const std::size_t bias = nn::weight_ranges(graph)[1].bias_at;
  weights[bias] = 6, weights[bias + 1] = 3;  // circle 95%, square 5%
  nn::Workers workers = nn::Workers::classifier(graph, weights, 2);
  const model::Card card{.name = "circle",
                         .classes = dataset.classes,
                         .raster = {},
                         .class_accuracy = {},
                         .thresholds = {0.5f, 0.5f, 0.5f},
                         .trained_on = "",
                         .accuracy = "",
                         .licence = "",
                         .attribution = ""};
  const report::Rehearsal play = report::rehearse(workers, dataset, samples, card, 8);
  CHECK(play.drawings == 90);
  CHECK(play.won == doctest::Approx(1.0 / 3));
  CHECK(play.classes[0].won == 1);
  CHECK(play.classes[1].won == 0);
  CHECK(play.classes[2].won == 0);
  // Squares and stars would win the circle, if that were asked: two of three drawings, and it is
  // one of the two other words.
  CHECK(play.classes[0].false_wins == 1);
  CHECK(play.classes[1].false_wins == 0);
  CHECK(play.false_wins == doctest::Approx(1.0 / 3));
  CHECK(play.median_ink > 0);
  CHECK(play.median_ink < 0.5);
  // It is wrong about two of three drawings; what it has said once it does not say again.
  CHECK(play.wrong_labels >= doctest::Approx(2.0 / 3));
  CHECK(play.wrong_labels <= doctest::Approx(4.0 / 3));
  REQUIRE(play.by_ink.size() == report::ink_steps);
  for (const report::Accuracy& accuracy : play.by_ink) {
    CHECK(accuracy.top1 == doctest::Approx(1.0 / 3));
    CHECK(accuracy.top3 == 1);
  }
}

TEST_CASE("Scribbles pass no threshold, unless they would need more than the most") {
  const nn::Graph graph = zoo::find("simple-gap").make({.classes = 4});
  nn::Workers workers = nn::Workers::classifier(graph, nn::he_weights(graph, 3), 1);
  const ink::RasterOptions raster;
  std::vector<float> thresholds = {0.01f, 0.01f, 0.01f, 0.97f};
  constexpr float most = 0.6f;
  report::raise_above_scribbles(workers, raster, 1, most, thresholds);
  CHECK(thresholds[3] == 0.97f);
  float highest = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    workers.classify(
        1,
        [&](std::size_t, std::span<float> picture) {
          Random random{seed};
          ink::raster(data::scribble(random), raster, picture);
          // It is all over the paper.
          CHECK(std::count_if(picture.begin(), picture.end(),
                              [](float p) { return std::lround(p * 255) > 60; }) > 200);
          return 0;
        },
        [&](std::size_t, int, std::span<float> logits) {
          report::to_probabilities(logits, 4, 1);
          for (std::size_t c = 0; c < 3; ++c) {
            CHECK(thresholds[c] > std::min(logits[c], most - 0.001f));
            CHECK(thresholds[c] <= most);
            highest = std::max(highest, logits[c]);
          }
        });
  CHECK(highest > 0.25f);
}

TEST_CASE("A word's accuracy is the share of its drawings whose first guess it is") {
  const std::vector<float> logits = {2, 1, 0, 0, 1, 2, 5, 1, 0, 0, 3, 1};
  std::vector<data::Sample> samples;
  for (const unsigned label : {0u, 0u, 0u, 1u})
    samples.push_back({.at = 0, .file = 0, .label = label & 3});
  const std::vector<float> accuracy = report::class_accuracy(logits, samples, 3);
  CHECK(accuracy == std::vector<float>{0.667f, 1, 0.75f});  // of the last no drawing is there
  CHECK(report::class_accuracy({}, {}, 2) == std::vector<float>{0, 0});
}

namespace {

// As a run's metrics.json has it, of a comparison.
nlohmann::json metrics_of(const char* net, int seed, double top1) {
  nlohmann::json history = nlohmann::json::array();
  for (int epoch = 1; epoch <= 3; ++epoch)
    history.push_back({{"epoch", epoch},
                       {"loss", 1.0 / epoch},
                       {"validation_loss", 1.1 / epoch},
                       {"train_top1", top1},
                       {"top1", top1},
                       {"train_top5", 0.9},
                       {"top5", 0.9}});
  return {{"net", net},
          {"seed", seed},
          {"parameters", 1234567},
          {"bytes", 40000 + 1000 * int(net[0])},
          {"multiply_adds", 98765},
          {"seconds", 10 + seed},
          {"history", history},
          {"recipe", {{"arch", net}, {"augment", false}}},
          {"test", {{"top1", top1}, {"top5", 0.9}}}};
}

}  // namespace

TEST_CASE("A comparison's tables: a family in each, the spread over the seeds") {
  const nlohmann::json runs = {
      metrics_of("lenet-gap", 1, 0.70),  metrics_of("mobile", 1, 0.90),
      metrics_of("simple-gap", 1, 0.80), metrics_of("lenet-gap", 2, 0.72),
      metrics_of("squeeze", 1, 0.85),    metrics_of("simple-cnn", 1, 0.88)};
  const std::string heading =
      "| network | parameters | .onnx bytes | multiply-adds | seconds | top-1 | top-5 |\n"
      "|---|---:|---:|---:|---:|---:|---:|\n";
  CHECK(
      train::comparison_table(runs) ==
      heading + "| simple-gap | 1,234,567 | 155,000 | 98,765 | 11.0 | 80.00% | 90.00% |\n" +
          "| simple-cnn | 1,234,567 | 155,000 | 98,765 | 11.0 | 88.00% | 90.00% |\n\n" + heading +
          "| lenet-gap | 1,234,567 | 148,000 | 98,765 | 11.5 | 71.00% ± 1.41 | 90.00% ± 0.00 |\n" +
          "| mobile | 1,234,567 | 149,000 | 98,765 | 11.0 | 90.00% | 90.00% |\n" +
          "| squeeze | 1,234,567 | 155,000 | 98,765 | 11.0 | 85.00% | 90.00% |\n");
}

TEST_CASE("A report tells twelve networks apart, and how they were trained") {
  std::vector<report::RunResult> runs;
  for (const char* net : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"})
    runs.push_back({net, net, metrics_of(net, 1, 0.8)});
  const std::string page = report::html_report(runs);
  std::set<std::string> keys;
  for (std::size_t at = page.find("<li><svg"); at != page.npos; at = page.find("<li><svg", at + 1))
    keys.insert(page.substr(at, page.find("</svg>", at) - at));
  CHECK(keys.size() == 12);
  CHECK(page.find("augmented") == std::string::npos);
  CHECK(page.find("add to the loss") == std::string::npos);
  CHECK(page.find("Bitmaps do not tell") != std::string::npos);
  runs[3].metrics["recipe"] = {{"augment", true}, {"label_smoothing", 0.05}};
  const std::string mixed = report::html_report(runs);
  CHECK(mixed.find("training, where that was so on augmented drawings, with what smoothed") !=
        std::string::npos);
  CHECK(mixed.find("±") == std::string::npos);
  for (report::RunResult& run : runs) run.metrics["recipe"]["augment"] = true;
  CHECK(report::html_report(runs).find("dotted: training, on augmented drawings.") !=
        std::string::npos);
  runs.push_back({"a-2", "a", metrics_of("a", 2, 0.84)});
  CHECK(report::html_report(runs).find("a, mean of 2 ± standard deviation</td>"
                                       "<td>82.00% ± 2.83</td><td>90.00% ± 0.00</td>") !=
        std::string::npos);
}

TEST_CASE("Reliability: confidence beside accuracy, and their distance") {
  // Two classes; at confidence 0.75 three of four are right, at 0.95 one of two.
  std::vector<float> probabilities;
  std::vector<data::Sample> samples;
  const auto add = [&](float first, unsigned label) {
    probabilities.insert(probabilities.end(), {first, 1 - first});
    samples.push_back({.at = 0, .file = 0, .label = label & 1});
  };
  for (const unsigned label : {0u, 0u, 0u, 1u}) add(0.75f, label);
  for (const unsigned label : {0u, 1u}) add(0.95f, label);
  const std::vector<report::ReliabilityBin> bins = report::reliability(probabilities, samples);
  CHECK(bins.size() == 15);
  CHECK(bins[11].drawings == 4);
  CHECK(bins[11].accuracy == doctest::Approx(0.75));
  CHECK(bins[14].confidence == doctest::Approx(0.95));
  CHECK(report::calibration_error(bins) == doctest::Approx(0.45 * 2 / 6));
}
