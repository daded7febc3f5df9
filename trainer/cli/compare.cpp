// `inkling compare`: several networks by the same recipe on the same drawings.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/compress.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/progress.h"
#include "trainer/cli/recipe.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/report/html.h"
#include "trainer/train/compare.h"
#include "trainer/zoo/zoo.h"

namespace cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
  train::Comparison comparison{
      .recipe = {},
      .nets = {"simple-cnn", "simple-k1k3", "simple-gap", "lenet", "lenet-k1k3", "lenet-gap"}};
  std::vector<std::string> data, chains;
  compression::Options compression;
  std::string out, classes_file;
};

json read_json(const fs::path& path) {
  std::ifstream file(path);
  return json::parse(file, nullptr, false);
}

// A trained network compressed by one chain into `file`, and what it is worth; what is there
// already by the same recipe and options is not done again.
json compress_one(const onnx::Model& model, const compression::Chain& chain,
                  const train::Recipe& recipe, const data::Dataset& dataset,
                  const compression::Options& options, const fs::path& file) {
  const json how = {{"recipe", train::to_json(recipe)},
                    {"drawings", train::fingerprint_text(dataset)},
                    {"options", compression::to_json(options)}};
  fs::path notes = file;
  notes.replace_extension(".json");
  json entry = read_json(notes);
  if (entry.is_object() && entry.value("how", json()) == how && fs::exists(file)) return entry;
  const std::string name = fmt::format("{} {}", recipe.arch, compression::name_of(chain));
  say(fmt::format("{}, seed {}", name, recipe.seed));
  const onnx::Model small = compression::compress(model, chain, recipe, dataset, options);
  const std::string bytes = onnx::write_model(small.graph, small.weights, small.card, small.type);
  write_file(file, bytes);
  entry = compression::assess(small, bytes, dataset, recipe.threads);
  entry["name"] = name;
  entry["seed"] = recipe.seed;
  entry["how"] = how;
  write_file(notes, entry.dump(2) + "\n");
  return entry;
}

// Every run's model and what each chain makes of it. A chain that does not fit a network is left
// out and said.
json compress_runs(const Options& options, const json& runs, const data::Dataset& dataset) {
  json models = json::array();
  for (const json& run : runs) {
    train::Recipe recipe = options.comparison.recipe;
    recipe.arch = run["net"];
    recipe.seed = run["seed"];
    const fs::path folder = train::run_folder(options.out, recipe.arch, recipe.seed);
    const fs::path original = folder / "model.onnx";
    const MappedFile file(original);
    const onnx::Model model = onnx::read_model(file.bytes(), original.string());
    std::vector<std::string> files = {original.string()};
    json own = {compression::assess(model, std::string(file.text()), dataset, recipe.threads)};
    own[0]["name"] = recipe.arch;
    own[0]["seed"] = recipe.seed;
    for (const std::string& text : options.chains) {
      std::string name = text + ".onnx";
      std::replace(name.begin(), name.end(), ',', '-');
      try {
        own.push_back(compress_one(model, compression::read_chain(text), recipe, dataset,
                                   options.compression, folder / name));
        files.push_back((folder / name).string());
      } catch (const Error& error) {
        if (interrupted()) throw;
        say(fmt::format("{} {} is left out: {}", recipe.arch, text, error.what()));
      }
    }
    const std::vector<double> times =
        compression::milliseconds_in_runtime(files, model.card.raster.side);
    for (std::size_t i = 0; i < times.size(); ++i) own[i]["milliseconds"] = times[i];
    models.insert(models.end(), own.begin(), own.end());
  }
  return models;
}

void compare_networks(Options options) {
  train::Comparison& comparison = options.comparison;
  watch_interrupts();
  for (const std::string& net : comparison.nets) {
    zoo::find(net);
    if (std::count(comparison.nets.begin(), comparison.nets.end(), net) > 1)
      fail("--nets names {} twice; for several runs of each network there is --seeds", net);
  }
  if (!options.classes_file.empty())
    comparison.recipe.classes = data::read_class_names(options.classes_file);
  const data::Dataset dataset = train::open_drawings(comparison.recipe, data_folders(options.data));
  prepare_output_folder(options.out);
  for (const std::string& chain : options.chains) compression::read_chain(chain);
  show_tuning(options.compression.tune);
  train::RunOptions run{.out = options.out};
  std::optional<Progress> progress;
  run.interrupted = interrupted;
  run.say = [&](std::string_view line) {
    progress ? progress->say(line) : say(line);
    progress.reset();
  };
  run.show = [&](std::string_view label, double share, std::size_t done, std::size_t total,
                 double loss) {
    if (!progress) progress.emplace(total, done);
    progress->show(label, share, done, loss);
  };
  constexpr std::string_view stopped = "stopped early; the same command goes on";
  const nlohmann::json runs = train::compare(comparison, dataset, run);
  if (interrupted()) {
    say(stopped);
    return;
  }
  std::string table = train::comparison_table(runs);
  json models = json::array();
  if (!options.chains.empty()) {
    try {
      models = compress_runs(options, runs, dataset);
    } catch (const Error&) {
      if (!interrupted()) throw;
      say(stopped);
      return;
    }
    table += "\n" + compression::table(models);
  }
  write_file(run.out / "table.md", table);
  write_file(run.out / "runs.json", runs.dump(2) + "\n");
  if (!models.empty()) write_file(run.out / "compressed.json", models.dump(2) + "\n");
  std::vector<report::RunResult> results;
  for (const nlohmann::json& metrics : runs) {
    const std::string net = metrics["net"];
    results.push_back(
        {fmt::format("{}-{}", net, metrics["seed"].get<std::uint64_t>()), net, metrics});
  }
  for (report::RunResult& small : compressed_results(models)) results.push_back(std::move(small));
  write_file(run.out / "report.html", report::html_report(results));
  fmt::print("\n{}\n{}\n{}\n", table, (run.out / "table.md").string(),
             (run.out / "report.html").string());
}

}  // namespace

Command add_compare(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "compare", "Trains several networks on the same drawings, and tables what came of it");
  command->footer(
      R"(Each network is trained from the same seeds into a folder of its own, OUT/NETWORK-SEED, as
'inkling train' would; table.md (parameters, bytes, multiply-adds, seconds, top-1, top-5), report.html
and runs.json are written beside them. With --compress each network is compressed too, and a second
table says what that cost; give it once for each chain of methods (see 'inkling compress --help'). Stopped, the same command goes on; what is done is not done again.

  inkling compare --recipe original --data quickdraw --out runs/original --seeds 3
  inkling compare --nets simple-cnn --compress int8 --compress svd,int8 --data quickdraw --out runs/bytes
  inkling compare --nets simple-gap,mobile,squeeze --data quickdraw --out runs/small)");
  const auto options = std::make_shared<Options>();
  Options& o = *options;
  add_data_option(*command, o.data);
  command->add_option("--out", o.out, "Folder to write into")->required();
  command->add_option("--nets", o.comparison.nets, "The networks, with commas between them")
      ->delimiter(',')
      ->capture_default_str()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--seeds", o.comparison.seeds, "How many seeds, from --seed on")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--compress", o.chains, "Compress them too; may be given several times")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_compression_options(*command, o.compression);
  add_recipe_options(*command, o.comparison.recipe, o.classes_file);
  command->remove_option(command->get_option("--arch"));
  return [options] { compare_networks(*options); };
}

}  // namespace cli
