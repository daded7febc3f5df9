// `inkling simulate` and `inkling calibrate`: play rehearsed with real drawings, and what the game
// needs to know of a network so that its wins are honest.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/drawings.h"
#include "trainer/cli/progress.h"
#include "trainer/data/dataset.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/onnx/onnx.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/rehearse.h"

namespace cli {
namespace {

using nlohmann::json;

struct Options {
  std::string model, out;
  Drawings drawings{.form = "strokes"};
  double seconds = 8;
  double false_wins = 0.01;
  bool as_json = false;
  bool accuracy_only = false;
};

// A bar on standard error, so that --json stays clean.
std::function<void(std::size_t)> bar(std::size_t total) {
  const auto progress = std::make_shared<Bar>("playing", total);
  return [progress](std::size_t done) { progress->show(done); };
}

void print_json(const Options& options, const model::Card& card, const report::Rehearsal& r) {
  json by_ink = json::array(), words = json::array();
  for (std::size_t i = 0; i < r.by_ink.size(); ++i)
    by_ink.push_back({{"share", double(i + 1) / report::ink_steps},
                      {"top1", r.by_ink[i].top1},
                      {"top3", r.by_ink[i].top3},
                      {"top5", r.by_ink[i].top5}});
  for (std::size_t c = 0; c < r.classes.size(); ++c)
    words.push_back({{"word", card.classes[c]},
                     {"drawings", r.classes[c].drawings},
                     {"won", r.classes[c].won},
                     {"false_wins", r.classes[c].false_wins}});
  const json result = {{"model", options.model},
                       {"name", card.name},
                       {"split", options.drawings.split},
                       {"drawings", r.drawings},
                       {"seconds_a_drawing", options.seconds},
                       {"won", r.won},
                       {"median_ink_at_win", r.median_ink},
                       {"wrong_labels", r.wrong_labels},
                       {"false_wins", r.false_wins},
                       {"by_ink", by_ink},
                       {"words", words}};
  fmt::print("{}\n", result.dump(2));
}

// The words that are worst at something, five of them.
template <class Value>
std::string worst(const model::Card& card, const report::Rehearsal& r, bool highest, Value value) {
  std::vector<std::size_t> order(r.classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t c) { return r.classes[c].drawings == 0; });
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = value(r.classes[a]), y = value(r.classes[b]);
    if (x == y) return a < b;
    return highest ? x > y : x < y;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, order.size()); ++i)
    text += fmt::format("{}{} {:.1f}%", i == 0 ? "" : ", ", card.classes[order[i]],
                        100 * value(r.classes[order[i]]));
  return text;
}

void print_table(const Options& options, const model::Card& card, const report::Rehearsal& r) {
  fmt::print("{}: {} classes, {}, {:g} seconds each\n\n", card.name, card.classes.size(),
             options.drawings.describe(r.drawings), options.seconds);
  fmt::print("won           {:6.1f}%   in the middle at {:.0f}% of the ink\n", 100 * r.won,
             100 * r.median_ink);
  fmt::print("false wins    {:6.2f}%   of drawings played while another word is asked\n",
             100 * r.false_wins);
  fmt::print("wrong labels  {:6.1f}    said before the win, or the end\n\n", r.wrong_labels);
  fmt::print("{:>6}{:>8}{:>8}{:>8}\n", "ink", "top-1", "top-3", "top-5");
  for (std::size_t i = 1; i < r.by_ink.size(); i += 2)
    fmt::print("{:>5.0f}%{:>7.1f}%{:>7.1f}%{:>7.1f}%\n", 100.0 * double(i + 1) / report::ink_steps,
               100 * r.by_ink[i].top1, 100 * r.by_ink[i].top3, 100 * r.by_ink[i].top5);
  fmt::print("\nwon least            {}\n",
             worst(card, r, false, [](const auto& c) { return c.won; }));
  fmt::print("won falsely most     {}\n",
             worst(card, r, true, [](const auto& c) { return c.false_wins; }));
}

void simulate(const Options& options) {
  auto [file, model, dataset, samples, workers] = options.drawings.open(options.model);
  const report::Rehearsal rehearsal =
      report::rehearse(workers, dataset, samples, model.card, options.seconds, bar(samples.size()));
  options.as_json ? print_json(options, model.card, rehearsal)
                  : print_table(options, model.card, rehearsal);
}

void calibrate(const Options& options) {
  const std::string out = options.out.empty() ? options.model : options.out;
  const auto range_of = [](const std::vector<float>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return fmt::format("{:.2f} to {:.2f}", *low, *high);
  };
  auto [file, model, dataset, samples, workers] = options.drawings.open(options.model);
  expect_writable(out);
  const auto write = [&] {
    write_file(out, onnx::replace_card(file.bytes(), model.card, options.model));
  };
  if (options.accuracy_only) {
    model.card.class_accuracy =
        report::class_accuracy(workers, dataset, samples, model.card.raster);
    write();
    fmt::print("{}: accuracy of the words {}, from {}\n", out, range_of(model.card.class_accuracy),
               options.drawings.describe(samples.size()));
    return;
  }
  const report::ThresholdOptions wanted{.false_wins = options.false_wins};
  const report::Calibration calibration =
      report::calibrate(workers, dataset, samples, model.card.raster, wanted, bar(samples.size()));
  model.card.temperature = calibration.temperature;
  model.card.class_accuracy = calibration.class_accuracy;
  model.card.thresholds = calibration.thresholds;
  write();
  fmt::print("{}: temperature {:.3f}, thresholds {}, false wins {:.3g}%, from {}\n", out,
             calibration.temperature, range_of(calibration.thresholds),
             100 * calibration.false_wins, options.drawings.describe(samples.size()));
  if (calibration.false_wins > 1.1 * wanted.false_wins)
    say(
        fmt::format("more false wins than the {:.3g}% that were asked for: they would want "
                    "thresholds above {}, where honest drawings wait for ever; a network that was "
                    "trained longer, on more drawings or on unfinished ones, has fewer",
                    100 * wanted.false_wins, wanted.most));
}

// "1%" or "0.01".
double read_share(const std::string& text) {
  std::size_t end = 0;
  double value = -1;
  try {
    value = std::stod(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  if (end > 0 && text.substr(end) == "%") {
    value /= 100;
    ++end;
  }
  if (end == 0 || end != text.size() || !(value > 0 && value < 1))
    throw CLI::ValidationError("--false-wins", "'" + text + "' is no share such as 1% or 0.01");
  return value;
}

void add_common(CLI::App& command, Options& o) {
  command.add_option("MODEL", o.model, "An .onnx file with a card")->required();
  add_drawings_options(command, o.drawings);
}

}  // namespace

Command add_simulate(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "simulate", "Plays drawings through the game's guesser: how many win, when, and falsely");
  command->footer(
      R"(Each drawing is drawn in steps of 5% of its ink, and the network's probabilities go through the
game's own guesser. Said are: the share won, the share of the ink in the middle of the wins, the wrong
labels said before, and the false wins: how often a drawing would have won another word that was asked.

  inkling simulate runs/first/model.onnx --data quickdraw)");
  const auto options = std::make_shared<Options>();
  add_common(*command, *options);
  command
      ->add_option("--seconds", options->seconds,
                   "How long a drawing takes: the guesser says nothing too fast")
      ->capture_default_str()
      ->check(CLI::Range(0.5, 20.0));
  command->add_flag("--json", options->as_json, "Machine-readable, with every word");
  return [options] { simulate(*options); };
}

Command add_calibrate(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "calibrate", "Sets a model's temperature and the probabilities from which words are won");
  command->footer(
      R"(The thresholds let as many drawings as possible win their word, while a drawing wins another one no
more often than --false-wins. They come from the validation split, on which nothing was trained (the
config.json beside the model says how that was made; of bitmaps it is another one than of strokes); only
the card changes. 'inkling train' does the same at 1%. With them goes how well each word is recognised,
by which the game tells easy words from hard ones; --accuracy-only measures that and leaves the rest.

  inkling calibrate runs/first/model.onnx --data quickdraw --false-wins 0.5%)");
  const auto options = std::make_shared<Options>();
  options->drawings.split = "validation";
  add_common(*command, *options);
  command->add_option("--out", options->out, "The file to write (default: MODEL itself)");
  command->add_option_function<std::string>(
      "--false-wins",
      [options](const std::string& text) { options->false_wins = read_share(text); },
      "How often a drawing may win another word, as 1% or 0.01 (default: 1%)");
  command->add_flag("--accuracy-only", options->accuracy_only,
                    "Only how well each word is recognised: temperature and thresholds stay");
  return [options] { calibrate(*options); };
}

}  // namespace cli
