// `inkling evaluate`: how good a model is on drawings that it has not seen, and how early it knows.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/drawings.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/measure.h"

namespace cli {
namespace {

using nlohmann::json;

struct Options {
  std::string model;
  Drawings drawings;
  bool as_json = false;
};

constexpr std::array shares = {0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0};
constexpr std::array shown_shares = {0.25, 0.5, 0.75, 1.0};

struct Findings {
  std::size_t drawings = 0;
  std::vector<std::pair<double, report::Accuracy>> by_share;  // of the ink
  double won = 0;                // share of drawings whose word passed its threshold at some share
  double median_ink = 0;         // of those: the share at which it did, in the middle
  double calibration_error = 0;  // of whole drawings
};

// Notes for each sample that is not won yet whether its word passes the card's threshold at this
// share.
void note_wins(const std::vector<float>& probabilities, const model::Card& card,
               const std::vector<data::Sample>& samples, double share,
               std::vector<std::optional<double>>& won_at) {
  const std::size_t classes = card.classes.size();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t label = samples[i].label;
    if (!won_at[i] && probabilities[i * classes + label] >= card.thresholds[label])
      won_at[i] = share;
  }
}

Findings measure(Subject& subject) {
  auto& [file, model, dataset, samples, workers] = subject;
  Findings findings{.drawings = samples.size(), .by_share = {}};
  std::vector<std::optional<double>> won_at(samples.size());
  for (const double share : shares) {
    if (dataset.form == data::Form::bitmaps && share < 1) continue;
    std::vector<float> logits =
        report::logits_of(workers, dataset, samples, model.card.raster, share);
    if (std::find(shown_shares.begin(), shown_shares.end(), share) != shown_shares.end())
      findings.by_share.emplace_back(share, report::accuracy_of(logits, samples));
    report::to_probabilities(logits, model.card.classes.size(), model.card.temperature);
    if (share >= 1)
      findings.calibration_error = report::calibration_error(report::reliability(logits, samples));
    note_wins(logits, model.card, samples, share, won_at);
  }
  std::vector<double> wins;
  for (const std::optional<double>& at : won_at)
    if (at) wins.push_back(*at);
  findings.won = double(wins.size()) / double(samples.size());
  if (!wins.empty()) {
    const auto middle = wins.begin() + std::ptrdiff_t(wins.size() / 2);
    std::nth_element(wins.begin(), middle, wins.end());
    findings.median_ink = *middle;
  }
  return findings;
}

void print_json(const Options& options, const onnx::Model& model, const Findings& findings) {
  json ink = json::array();
  for (const auto& [share, accuracy] : findings.by_share)
    ink.push_back({{"share", share},
                   {"top1", accuracy.top1},
                   {"top3", accuracy.top3},
                   {"top5", accuracy.top5}});
  const report::Accuracy& whole = findings.by_share.back().second;
  const json result = {{"model", options.model},
                       {"name", model.card.name},
                       {"split", options.drawings.split},
                       {"drawings", findings.drawings},
                       {"top1", whole.top1},
                       {"top3", whole.top3},
                       {"top5", whole.top5},
                       {"by_ink", ink},
                       {"won", findings.won},
                       {"median_ink_at_win", findings.median_ink},
                       {"calibration_error", findings.calibration_error}};
  fmt::print("{}\n", result.dump(2));
}

void print_table(const Options& options, const onnx::Model& model, const Findings& findings) {
  fmt::print("{}: {} classes, {}\n\n", model.card.name, model.card.classes.size(),
             options.drawings.describe(findings.drawings));
  fmt::print("{:>6}{:>8}{:>8}{:>8}\n", "ink", "top-1", "top-3", "top-5");
  for (const auto& [share, accuracy] : findings.by_share)
    fmt::print("{:>5.0f}%{:>7.1f}%{:>7.1f}%{:>7.1f}%\n", 100 * share, 100 * accuracy.top1,
               100 * accuracy.top3, 100 * accuracy.top5);
  fmt::print("\n{:.1f}% pass their word's threshold; in the middle at {:.0f}% of the ink\n",
             100 * findings.won, 100 * findings.median_ink);
  fmt::print("expected calibration error {:.3f}, over whole drawings, in 15 bins\n",
             findings.calibration_error);
}

void evaluate(const Options& options) {
  Subject subject = options.drawings.open(options.model);
  const Findings findings = measure(subject);
  options.as_json ? print_json(options, subject.model, findings)
                  : print_table(options, subject.model, findings);
}

}  // namespace

Command add_evaluate(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("evaluate", "Measures a model on drawings that it has not seen");
  command->footer(
      R"(Prints top-1, top-3 and top-5 accuracy when a quarter, half, three quarters and all of the ink is
drawn, the share of drawings that pass their word's threshold while they are drawn, and when.
A drawing's side of the split follows from its key, so no drawing of the test split was trained on.

  inkling evaluate runs/first/model.onnx --data quickdraw --json
  inkling evaluate runs/first/model.onnx --data quickdraw --per-class 20 --recognized)");
  const auto options = std::make_shared<Options>();
  Options& o = *options;
  command->add_option("MODEL", o.model, "An .onnx file with a card")->required();
  add_drawings_options(*command, o.drawings);
  command
      ->add_option("--form", o.drawings.form,
                   "strokes or bitmaps (default: strokes where there are both)")
      ->check(CLI::IsMember({"strokes", "bitmaps"}));
  command->add_flag("--json", o.as_json, "Machine-readable");
  return [options] { evaluate(*options); };
}

}  // namespace cli
