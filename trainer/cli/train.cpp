// `inkling train`: from a folder of drawings to a model that drops into the page.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "trainer/cli/cli.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/progress.h"
#include "trainer/cli/recipe.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/nn/ranks.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/run.h"
#include "trainer/zoo/zoo.h"

namespace cli {
namespace {

struct Options {
  train::Recipe recipe;
  std::string classes_file;
  std::vector<std::string> data;
  std::string out, name;
  double checkpoint_every = 60;
  std::string logs;
  bool no_logs = false;
  bool resume = false;
};

std::string logs_in(const std::string& out) {
  return (std::filesystem::path(out) / "logs").string();
}

// What to train, and how.
struct Plan {
  train::Recipe recipe;
  std::vector<std::string> data;
  std::string name = {}, logs = {};  // no logs where they are empty
};

// An unfinished run goes on as it was started, but for what is told anew.
Plan plan_of(const train::Checkpoint& checkpoint, const Options& options, const CLI::App& command,
             const nn::Ranks& ranks) {
  const std::string path = train::checkpoint_path(options.out).string();
  Plan plan{.recipe = train::read_recipe(checkpoint.recipe.dump(), path),
            .data = options.data,
            .name = options.name,
            .logs = options.logs};
  expect_no_other(command, options.classes_file, plan.recipe, options.out);
  try {
    const nlohmann::json& then = checkpoint.command;
    if (plan.data.empty()) plan.data = then.value("data", plan.data);
    if (plan.name.empty()) plan.name = then.value("name", "");
    if (plan.logs.empty()) plan.logs = then.value("logs", logs_in(options.out));
    // A process that trained alone had all cores; ranks share them.
    if (!ranks.alone() && then.value("ranks", 1) == 1 && command.count("--threads") == 0)
      plan.recipe.threads = 0;
  } catch (const nlohmann::json::exception&) {
    fail("{}: is no checkpoint, or is damaged; remove it and train anew", path);
  }
  if (options.no_logs) plan.logs.clear();
  return plan;
}

// By the options or the checkpoint; none where that is done already.
std::optional<Plan> choose_plan(const Options& options, const CLI::App& command,
                                const nn::Ranks& ranks) {
  train::Recipe recipe = options.recipe;
  const std::filesystem::path out = options.out, checkpoint = train::checkpoint_path(out);
  if (options.resume) {
    if (std::filesystem::exists(checkpoint))
      return plan_of(train::read_checkpoint(checkpoint), options, command, ranks);
    if (std::filesystem::exists(out / "metrics.json")) return {};
    fail("{}: there is no checkpoint to go on from; train without --resume", options.out);
  }
  // One that has learned nothing yet is not in the way.
  const auto has_learned = [&] {
    try {
      return train::read_checkpoint(checkpoint).steps > 0;
    } catch (const Error&) {
      fail("{}: is damaged; remove it, or name another folder", checkpoint.string());
    }
  };
  if (std::filesystem::exists(checkpoint) && has_learned())
    fail("{}: an unfinished run is there; go on with --resume, or name another folder",
         options.out);
  if (!options.classes_file.empty()) recipe.classes = data::read_class_names(options.classes_file);
  zoo::find(recipe.arch);
  return Plan{.recipe = recipe,
              .data = options.data,
              .name = options.name,
              .logs = options.no_logs        ? ""
                      : options.logs.empty() ? logs_in(options.out)
                                             : options.logs};
}

// Rank 0's choice, for all: the files that it comes from may be on its machine alone.
std::optional<Plan> choose_together(const nn::Ranks& ranks, const Options& options,
                                    const CLI::App& command) {
  std::optional<Plan> plan;
  std::string text;
  ranks.together([&] {
    if (!ranks.leads()) return;
    plan = choose_plan(options, command, ranks);
    if (!plan) return;
    plan->recipe = train::decided_here(plan->recipe, ranks);
    text = nlohmann::json{{"recipe", train::to_json(plan->recipe)}, {"data", plan->data}}.dump();
  });
  ranks.broadcast(text);
  if (!ranks.leads() && !text.empty()) {
    const auto told = nlohmann::json::parse(text);
    plan = Plan{.recipe = train::read_recipe(told["recipe"].dump(), "the recipe of rank 0"),
                .data = options.data.empty() ? told["data"] : nlohmann::json(options.data)};
  }
  return plan;
}

void train_network(const nn::Ranks& ranks, const Options& options, const CLI::App& command) {
  const std::optional<Plan> plan = choose_together(ranks, options, command);
  if (!plan) {
    if (ranks.leads())
      say(fmt::format("{}: this run is done; for another one name another folder", options.out));
    return;
  }
  train::RunOptions run{.out = options.out,
                        .resume = options.resume,
                        .checkpoint_every = options.checkpoint_every,
                        .name = plan->name,
                        .logs = plan->logs,
                        .ranks = ranks};

  if (ranks.leads() && !options.resume && std::filesystem::exists(run.out / "metrics.json"))
    say(fmt::format("{}: this run takes the place of the one that is there", options.out));
  std::optional<data::Dataset> dataset;
  ranks.together([&] { dataset = train::open_drawings(plan->recipe, data_folders(plan->data)); });
  std::optional<Progress> progress;
  run.interrupted = interrupted;
  if (ranks.leads()) {
    run.say = [&](std::string_view line) { progress ? progress->say(line) : say(line); };
    run.show = [&](std::string_view label, double share, std::size_t done, std::size_t total,
                   double loss) {
      if (!progress) progress.emplace(total, done);
      progress->show(label, share, done, loss);
    };
  }
  train::run(plan->recipe, *dataset, run);
  if (!ranks.leads()) return;
  const std::string model = (run.out / "model.onnx").string();
  say(
      fmt::format("to play with it: drop it on the page (with the stock runtime, 2 MB more), or "
                  "./play --model {}",
                  model));
  say(fmt::format("for the page's small runtime: node tools/convert.mjs {} dist/models/NAME.ort",
                  model));
}

// Where another rank has died.
void give_up(const std::string& line) {
  if (!line.empty()) fmt::print(stderr, "inkling: {}\n", line);
  std::_Exit(2);
}

void train_as_ranks(const Options& options, const CLI::App& command) {
  watch_interrupts();
  try {
    const nn::Ranks ranks = nn::Ranks::join({told_to_end, give_up});
    try {
      train_network(ranks, options, command);
    } catch (const Error& error) {
      if (ranks.leads()) throw;
      fail("{}: {}", ranks.name(ranks.rank()), error.what());
    }
  } catch (const nn::SaidElsewhere&) {
    return;
  }
}

}  // namespace

Command add_train(CLI::App& program) {
  CLI::App* command = program.add_subcommand("train", "Trains a network and writes it as .onnx");
  command->footer(R"(Writes into the folder given with --out:
  model.onnx        the network with its card; drop it on the page, or ./play --model model.onnx
  class_names.txt   the words, in the order of the network's outputs
  metrics.json      how the training went, and what the network scored
  config.json       all that decided it; train the same again with --config
  checkpoint        while it is not done: go on with --resume, even if it was killed
  logs              curves, histograms and misread drawings: tensorboard --logdir runs

Ctrl-C saves what there is and ends; a second one ends at once.
The same seed, data and number of threads give the same network, bit for bit.

Under mpirun several processes, on this machine or others, share each batch; docs/scaling.md tells more.

  inkling train --arch simple-cnn --data quickdraw --out runs/first --epochs 8
  inkling train --resume --out runs/first
  inkling train --recipe original --data quickdraw --out runs/original
  mpirun -H one,two -N 1 --bind-to none inkling train --data /data/quickdraw --out runs/both)");
  const auto options = std::make_shared<Options>();
  Options& o = *options;
  add_data_option(*command, o.data);
  command->add_option("--out", o.out, "Folder to write into")->required();
  command->add_flag("--resume", o.resume, "Go on with the unfinished run in --out");
  command->add_option("--name", o.name, "The model's name in its card (default: the network's)");
  command
      ->add_option("--checkpoint-every", o.checkpoint_every,
                   "Seconds between checkpoints, beside those of each epoch")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_option("--logdir", o.logs,
                      "Folder for TensorBoard's event files (default: logs/ in --out)");
  command->add_flag("--no-logs", o.no_logs, "Write no event files");
  add_recipe_options(*command, o.recipe, o.classes_file);
  return [options, command] { train_as_ranks(*options, *command); };
}

}  // namespace cli
