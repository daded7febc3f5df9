// `inkling report`: one page about any number of runs and models.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/compress.h"
#include "trainer/cli/drawings.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/nn/workers.h"
#include "trainer/onnx/onnx.h"
#include "trainer/report/examine.h"
#include "trainer/report/html.h"
#include "trainer/report/measure.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/run.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json metrics_of(const train::Checkpoint& checkpoint) {
  return {{"recipe", checkpoint.recipe}, {"history", checkpoint.history}};
}

// The metrics of a run's folder, of an unfinished one what its checkpoint tells; null where the
// folder is none.
json metrics_of(const fs::path& folder) {
  const bool unfinished = fs::exists(train::checkpoint_path(folder));
  if (std::ifstream file(folder / "metrics.json"); file) {
    json metrics = json::parse(file, nullptr, false);
    // A finished run with a checkpoint is another one's, that takes its place.
    if (unfinished && metrics.is_object() && !metrics.value("interrupted", false))
      return metrics_of(train::read_checkpoint(train::checkpoint_path(folder)));
    if (!metrics.is_object() || !metrics.contains("history"))
      fail("{}: is not what 'inkling train' writes; train the run again",
           (folder / "metrics.json").string());
    return metrics;
  }
  if (!unfinished) return {};
  return metrics_of(train::read_checkpoint(train::checkpoint_path(folder)));
}

// The models that a comparison has compressed.
std::vector<report::RunResult> compressed_in(const fs::path& folder) {
  const fs::path path = folder / "compressed.json";
  if (!fs::exists(path)) return {};
  const json models = json::parse(MappedFile(path).text(), nullptr, false);
  try {
    return compressed_results(models);
  } catch (const json::exception&) {
    fail("{}: is not what 'inkling compare' writes; compare again", path.string());
  }
}

// The run of a folder, or those of its subfolders.
std::vector<report::RunResult> runs_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) fail("{}: there is no such run or model", folder.string());
  const auto name_of = [](const fs::path& path) {
    return fs::absolute(path).lexically_normal().filename().string();
  };
  if (json metrics = metrics_of(folder); !metrics.is_null()) {
    const std::string name =
        name_of(folder).empty() ? name_of(folder.parent_path()) : name_of(folder);
    return {{name, name, std::move(metrics)}};
  }
  std::vector<fs::path> inner;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) inner.push_back(entry.path());
  std::sort(inner.begin(), inner.end());
  std::vector<report::RunResult> runs;
  for (const fs::path& path : inner) {
    json metrics = metrics_of(path);
    if (metrics.is_null()) continue;
    // A comparison's runs are NETWORK-SEED.
    const std::string name = name_of(path), arch = metrics["recipe"].value("arch", ""),
                      seed = fmt::format("-{}", metrics["recipe"].value("seed", std::uint64_t{0}));
    runs.push_back({name, name == arch + seed ? arch : name, std::move(metrics)});
  }
  for (report::RunResult& small : compressed_in(folder)) runs.push_back(std::move(small));
  if (runs.empty())
    fail("{}: holds no run; name the folder that 'inkling train --out' was given", folder.string());
  return runs;
}

struct Options {
  std::vector<std::string> runs;
  std::string out = "report.html", svg;
  Drawings drawings;
};

// A model without its run: measured here and now.
report::RunResult measure(const fs::path& file, const Options& options) {
  auto [bytes, model, dataset, samples, workers] = options.drawings.open(file.string());
  const report::Measurement test = report::measure(workers, dataset, samples, model.card.raster);
  json metrics = {{"classes", model.card.classes.size()},
                  {"parameters", nn::parameter_count(model.graph)},
                  {"multiply_adds", nn::multiply_add_count(model.graph)},
                  {"bytes", bytes.bytes().size()},
                  {"test", report::to_json(test.accuracy)},
                  {"examined", report::examine(workers, dataset, samples, model.card.raster,
                                               model.card.temperature)}};
  std::string name = file.stem().string();
  if (name == "model") name = fs::absolute(file).parent_path().filename().string();
  return {name, name, std::move(metrics)};
}

bool can_be_shown(const report::RunResult& run) {
  try {
    report::html_report({run});
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

// Names the run whose metrics are not as they should be.
std::string page_of(const std::vector<report::RunResult>& runs) {
  try {
    return report::html_report(runs);
  } catch (const json::exception&) {
    const auto odd = std::find_if_not(runs.begin(), runs.end(), can_be_shown);
    if (odd == runs.end()) throw;
    fail("{}: its metrics.json is not what 'inkling train' writes; train the run again", odd->name);
  }
}

void write_report(const Options& options) {
  expect_writable(options.out);
  std::vector<report::RunResult> runs;
  for (const fs::path path : options.runs) {
    if (fs::is_regular_file(path)) {
      runs.push_back(measure(path, options));
      continue;
    }
    for (report::RunResult& run : runs_in(path)) runs.push_back(std::move(run));
  }
  write_file(options.out, page_of(runs));
  fmt::print("{}: {} run{}\n", options.out, runs.size(), runs.size() == 1 ? "" : "s");
  if (options.svg.empty()) return;
  fs::create_directories(options.svg);
  for (const report::Plot& plot : report::plots(runs)) {
    const fs::path file = fs::path(options.svg) / (plot.name + ".svg");
    write_file(file, plot.svg);
    fmt::print("{}\n", file.string());
  }
}

}  // namespace

Command add_report(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "report", "One page about runs and models: curves, accuracy, confusions");
  command->footer(
      R"(RUN is a folder of 'inkling train', finished or not, or one with several in it, as 'inkling compare'
makes; or a model, MODEL.onnx, which is then measured as 'inkling evaluate' does. The page is one file
that needs no other: curves of all runs, accuracy against bytes and against the share of ink drawn,
reliability, and for each run its hardest and easiest words and its worst confusions.

  inkling report runs/first runs/second --out report.html
  inkling report runs/first/model.onnx small.onnx --data quickdraw --svg plots)");
  const auto options = std::make_shared<Options>();
  command->add_option("RUN", options->runs, "Folders of runs, or models")->required();
  command->add_option("--out", options->out, "The file to write")->capture_default_str();
  command->add_option("--svg", options->svg, "Also a folder for the plots, each a file of its own");
  add_drawings_options(*command, options->drawings);
  return [options] { write_report(*options); };
}

}  // namespace cli
