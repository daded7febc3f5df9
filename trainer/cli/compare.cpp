// `inkling compare`: several networks by the same recipe on the same drawings.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trainer/cli/cli.h"
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

struct Options {
  train::Comparison comparison{
      .recipe = {},
      .nets = {"simple-cnn", "simple-k1k3", "simple-gap", "lenet", "lenet-k1k3", "lenet-gap"}};
  std::vector<std::string> data;
  std::string out, classes_file;
};

void compare_networks(Options options) {
  train::Comparison& comparison = options.comparison;
  for (const std::string& net : comparison.nets) zoo::find(net);
  if (!options.classes_file.empty())
    comparison.recipe.classes = data::read_class_names(options.classes_file);
  const data::Dataset dataset = train::open_drawings(comparison.recipe, data_folders(options.data));
  prepare_output_folder(options.out);
  watch_interrupts();
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
  const nlohmann::json runs = train::compare(comparison, dataset, run);
  if (interrupted()) {
    say("stopped early; the same command goes on");
    return;
  }
  const std::string table = train::comparison_table(runs);
  write_file(run.out / "table.md", table);
  write_file(run.out / "runs.json", runs.dump(2) + "\n");
  std::vector<report::RunResult> results;
  for (const nlohmann::json& metrics : runs) {
    const std::string net = metrics["net"];
    results.push_back(
        {fmt::format("{}-{}", net, metrics["seed"].get<std::uint64_t>()), net, metrics});
  }
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
and runs.json are written beside them. Stopped, the same command goes on; what is done is not done again.

  inkling compare --recipe original --data quickdraw --out runs/original --seeds 3
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
  add_recipe_options(*command, o.comparison.recipe, o.classes_file);
  command->remove_option(command->get_option("--arch"));
  return [options] { compare_networks(*options); };
}

}  // namespace cli
