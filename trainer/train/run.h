// A training run: drawings to weights, by a recipe, with checkpoints on the way and a model at the
// end. What it writes into its folder:
//
//   config.json      the recipe
//   checkpoint       where it stands, each epoch and every now and then; gone once it is done
//   model.onnx       the network with its card
//   class_names.txt  the words, in the order of the network's outputs
//   metrics.json     how the training went, and what the network scored
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/nn/answers.h"
#include "trainer/nn/ranks.h"
#include "trainer/train/recipe.h"

namespace train {

struct RunOptions {
  std::filesystem::path out;
  bool resume = false;           // go on from the folder's checkpoint
  double checkpoint_every = 60;  // seconds, beside those of each epoch
  std::string name = {};         // in the card; the network's where it is empty
  // TensorBoard's event files (report/events.h) go into its train/ and validation/; empty: none.
  std::filesystem::path logs = {};
  // What the recipe's teacher thinks of the drawings' pictures (Recipe::views), for runs that
  // differ in the network alone: the first one asks, the others know. Empty at first; null: the
  // run's own.
  nn::Answers* answers = nullptr;
  // Who trains together. Rank 0 alone writes and tells; the folder need not be there for the
  // others.
  nn::Ranks ranks = {};

  // What the run tells while it runs, and asks.
  std::function<void(std::string_view line)> say = [](std::string_view) {};
  // label: what is being done; share: of it, 0..1; done of total: drawings of the whole run.
  std::function<void(std::string_view label, double share, std::size_t done, std::size_t total,
                     double loss)>
      show = [](std::string_view, double, std::size_t, std::size_t, double) {};
  std::function<bool()> interrupted = [] { return false; };
};

// The drawings of a recipe. Fails where they are too few to learn from, and as data::open does.
data::Dataset open_drawings(const Recipe& recipe,
                            const std::vector<std::filesystem::path>& folders);

// Runs the recipe on its drawings; returns metrics.json. Where `interrupted` says so, it saves
// what there is and returns. Fails where the folder cannot be written, another run is writing into
// it, and where `resume` finds a checkpoint of another recipe or other drawings. Of several ranks,
// all with the same recipe, only rank 0 returns metrics; it fails too where their drawings, or in
// the end of an epoch their weights, are not the same.
nlohmann::json run(const Recipe& recipe, const data::Dataset& dataset, const RunOptions& options);

// Tells data sets apart: a run goes on with the drawings that it began with.
std::uint64_t drawings_fingerprint(const data::Dataset& dataset);
std::string fingerprint_text(const data::Dataset& dataset);  // 16 hexadecimal digits

// The checkpoint's place in a run's folder.
std::filesystem::path checkpoint_path(const std::filesystem::path& out);

}  // namespace train
