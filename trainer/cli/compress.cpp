// `inkling compress`: a trained network made smaller, and what that costs.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/compress.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/progress.h"
#include "trainer/compress/compress.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/train/run.h"

namespace cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
  std::string model, methods, config, out;
  std::vector<std::string> data;
  compression::Options compression;
  int threads = 0;
  bool as_json = false;
};

// By which the model was trained: what was test then must be test now.
train::Recipe recipe_of(const Options& options, const onnx::Model& model) {
  train::Recipe recipe =
      options.config.empty()
          ? train::recipe_beside(options.model)
          : train::read_recipe(std::string(MappedFile(options.config).text()), options.config);
  recipe.classes = model.card.classes;
  recipe.side = model.card.raster.side;
  recipe.skip_small_classes = false;
  recipe.min_per_class = 1;
  if (options.threads > 0) recipe.threads = options.threads;
  return recipe;
}

void compress_model(Options options) {
  const compression::Chain chain = compression::read_chain(options.methods);
  const MappedFile file(options.model);
  const onnx::Model before = onnx::read_model(file.bytes(), options.model);
  const train::Recipe recipe = recipe_of(options, before);
  if (options.out.empty()) {
    std::string name = fs::path(options.model).stem().string() + "-" + options.methods + ".onnx";
    std::replace(name.begin(), name.end(), ',', '-');
    options.out = (fs::path(options.model).parent_path() / name).string();
  }
  std::error_code unknown;
  if (fs::equivalent(options.model, options.out, unknown))
    fail("{}: is the model that is to be compressed; name another file with --out", options.out);
  const data::Dataset dataset = train::open_drawings(recipe, data_folders(options.data));
  expect_writable(options.out);

  watch_interrupts();
  show_tuning(options.compression.tune);
  const onnx::Model after =
      compression::compress(before, chain, recipe, dataset, options.compression);
  const std::string bytes = onnx::write_model(after.graph, after.weights, after.card, after.type);
  write_file(options.out, bytes);

  json rows = {compression::assess(before, std::string(file.text()), dataset, recipe.threads),
               compression::assess(after, bytes, dataset, recipe.threads)};
  const std::vector<double> times =
      compression::milliseconds_in_runtime({options.model, options.out}, recipe.side);
  for (std::size_t i = 0; i < times.size(); ++i) rows[i]["milliseconds"] = times[i];
  if (options.as_json) {
    const json result = {{"model", options.model},
                         {"out", options.out},
                         {"methods", options.methods},
                         {"before", rows[0]},
                         {"after", rows[1]}};
    fmt::print("{}\n", result.dump(2));
    return;
  }
  fmt::print("{}\n", compression::table(rows));
  const auto change = [&](const char* pointer) {
    const json::json_pointer at(pointer);
    return rows[1][at].get<double>() - rows[0][at].get<double>();
  };
  const double bytes_before = rows[0]["bytes"], brotli_before = rows[0]["brotli"];
  fmt::print(
      "{}: {:.1f}% of the bytes, {:.1f}% after brotli; top-1 {:+.2f}, top-5 {:+.2f} points\n",
      options.out, 100 * rows[1]["bytes"].get<double>() / bytes_before,
      100 * rows[1]["brotli"].get<double>() / brotli_before, 100 * change("/test/top1"),
      100 * change("/test/top5"));
  if (times.empty())
    fmt::print(
        "its time in ONNX Runtime Web was not measured: that needs node and, in the source folder, "
        "'npm ci'\n");
}

}  // namespace

void show_tuning(compression::TuneOptions& tune) {
  tune.interrupted = interrupted;
  tune.progress = [bar = std::shared_ptr<Bar>()](std::size_t done, std::size_t total,
                                                 double) mutable {
    if (!bar) bar = std::make_shared<Bar>("fine-tuning", total);
    bar->show(done);
    if (done == total) bar.reset();
  };
}

std::vector<report::RunResult> compressed_results(const json& models) {
  std::vector<report::RunResult> results;
  for (const json& model : models)
    if (model.contains("how"))
      results.push_back({fmt::format("{} ({})", model.at("name").get<std::string>(),
                                     model.at("seed").get<std::uint64_t>()),
                         model.at("name"), model});
  return results;
}

void add_compression_options(CLI::App& command, compression::Options& o) {
  using CLI::Range;
  const auto add = [&](const char* name, auto& target, const char* text) {
    return command.add_option(name, target, text)->group("How much")->capture_default_str();
  };
  add("--kept", o.kept, "svd: share of the file's bytes to keep")->check(Range(0.01, 1.0));
  add("--rank", o.rank, "svd: instead, the rank of every layer")->check(Range(0, 1 << 16));
  add("--energy", o.energy, "svd: instead, the share of each layer's squared singular values")
      ->check(Range(0.0, 1.0));
  add("--pruned", o.pruned, "prune: share of the weights that become 0")->check(Range(0.0, 0.999));
  command.add_flag("--weights-only", o.weights_only, "int8: activations stay float")
      ->group("How much");
  command
      .add_option("--tune-epochs", o.tune.epochs,
                  fmt::format("svd, prune: times that every drawing is seen again (default: 3, or "
                              "as many as make {} steps)",
                              compression::least_steps))
      ->group("How much")
      ->check(Range(0, 100000));
  add("--tune-lr", o.tune.learning_rate, "svd, prune: highest learning rate meanwhile")
      ->check(CLI::PositiveNumber);
}

Command add_compress(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("compress", "Makes a model smaller, and says what that costs");
  command->footer(R"(Methods, alone or as a chain with commas between them:
  fold    batch norms into the convolutions before them: every model that 'train' writes is so already
  svd     dense and 1x1 layers as products of two thinner ones, then fine-tuning
  prune   the smallest weights become 0 while fine-tuning: smaller once the server compresses it
  int8    weights and activations in eight bits; --weights-only: the weights alone. A quarter of the
          bytes, of networks below 200 kB some more: what describes the graph stays as it is

ONNX Runtime computes what the trainer's own arithmetic does of the file: each probability to 1e-4, on
average to 1e-7. In eight bits a sum that lies between two whole numbers may become either.

Printed are bytes (raw, gzip, brotli), top-1 and top-5 on the test split, and ONNX Runtime Web's time,
before and after. The config.json beside the model says how the drawings were split in training; without
it the default recipe's split is taken.

  inkling compress runs/first/model.onnx --method int8 --data quickdraw
  inkling compress runs/first/model.onnx --method svd,int8 --kept 0.4 --data quickdraw --out small.onnx)");
  const auto options = std::make_shared<Options>();
  Options& o = *options;
  command->add_option("MODEL", o.model, "An .onnx file that 'inkling train' wrote")->required();
  command->add_option("--method", o.methods, "fold, svd, prune, int8, or a chain as svd,int8")
      ->required();
  add_data_option(*command, o.data);
  command->add_option("--config", o.config, "The recipe (default: config.json beside MODEL)");
  command->add_option("--out", o.out,
                      "The file to write (default: beside MODEL, MODEL-METHOD.onnx)");
  command->add_option("--threads", o.threads, "Workers (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--json", o.as_json, "Machine-readable");
  add_compression_options(*command, o.compression);
  return [options] { compress_model(*options); };
}

}  // namespace cli
