// `inkling train`: from a folder of drawings to a model that drops into the page.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "trainer/cli/cli.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/progress.h"
#include "trainer/cli/recipe.h"
#include "trainer/error.h"
#include "trainer/file.h"
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

void train_network(Options options) {
  train::RunOptions run{.out = options.out,
                        .resume = options.resume,
                        .checkpoint_every = options.checkpoint_every,
                        .name = options.name};
  if (!options.no_logs)
    run.logs = options.logs.empty() ? run.out / "logs" : std::filesystem::path(options.logs);
  const std::filesystem::path checkpoint = train::checkpoint_path(options.out);
  if (options.resume) {
    if (!std::filesystem::exists(checkpoint)) {
      if (std::filesystem::exists(run.out / "metrics.json")) {
        fmt::print("{}: this run is done\n", options.out);
        return;
      }
      fail("{}: there is no checkpoint to go on from; train without --resume", options.out);
    }
    options.recipe =
        train::read_recipe(train::read_checkpoint(checkpoint).recipe.dump(), checkpoint.string());
  } else {
    if (std::filesystem::exists(checkpoint))
      fail("{}: an unfinished run is there; go on with --resume, or name another folder",
           options.out);
    if (!options.classes_file.empty())
      options.recipe.classes = data::read_class_names(options.classes_file);
    zoo::find(options.recipe.arch);
  }

  const data::Dataset dataset = train::open_drawings(options.recipe, data_folders(options.data));
  watch_interrupts();
  std::optional<Progress> progress;
  run.interrupted = interrupted;
  run.say = [&](std::string_view line) { progress ? progress->say(line) : say(line); };
  run.show = [&](std::string_view label, double share, std::size_t done, std::size_t total,
                 double loss) {
    if (!progress) progress.emplace(total, done);
    progress->show(label, share, done, loss);
  };
  train::run(options.recipe, dataset, run);
}

}  // namespace

Command add_train(CLI::App& program) {
  CLI::App* command = program.add_subcommand("train", "Trains a network and writes it as .onnx");
  command->footer(R"(Writes into the folder given with --out:
  model.onnx        the network with its card; open the page with ?model=... or drop it there
  class_names.txt   the words, in the order of the network's outputs
  metrics.json      how the training went, and what the network scored
  config.json       all that decided it; train the same again with --config
  checkpoint        while it is not done: go on with --resume, even if it was killed
  logs              curves, histograms and misread drawings: tensorboard --logdir runs

Ctrl-C saves what there is and ends; a second one ends at once.
The same seed, data and number of threads give the same network, bit for bit.

  inkling train --arch simple-cnn --data quickdraw --out runs/first --epochs 8
  inkling train --resume --data quickdraw --out runs/first
  inkling train --recipe original --data quickdraw --out runs/original)");
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
  return [options] { train_network(*options); };
}

}  // namespace cli
