// Everything that decides what a training run computes: the same recipe on the same drawings gives
// the same weights, bit for bit. A run writes its recipe beside its model, as JSON, and one can be
// read from such a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/nn/adam.h"
#include "trainer/nn/net.h"
#include "trainer/nn/ranks.h"

namespace train {

enum class Initialisation { he, glorot };

inline constexpr std::uint64_t largest_seed = 18'000'000'000'000'000'000u;

struct Recipe {
  // The network (zoo/zoo.h).
  std::string arch = "simple-cnn";
  double width = 1;
  int depth = 0;
  int side = 28;  // of the pictures; bitmaps are 28
  Initialisation initialisation = Initialisation::he;

  // The drawings (data/dataset.h).
  std::vector<std::string> classes = {};  // empty: all of the folder
  std::optional<data::Form> form = {};    // strokes where there are both
  int max_per_class = 1000;               // of each folder; 0: all
  int min_per_class = 10;
  bool skip_small_classes = false;  // leaves out classes with fewer than min_per_class
  bool unrecognized = false;        // takes drawings that the game did not recognise too
  double test_share = 0.1;
  double validation_share = 0.05;
  bool augment = true;
  data::Augmentation augmentation = {};
  // Different pictures of a drawing, after which they come again, so that a teacher is asked of
  // each once; 0: a new one at every epoch.
  int views = 0;

  // The training (nn/adam.h, nn/loss.h, nn/workers.h).
  int epochs = 8;
  int batch = 256;
  nn::Schedule schedule = nn::Schedule::cosine;
  int warm_up = 200;  // steps, at most a tenth of all
  float learning_rate = 2e-3f;
  float weight_decay = 0.01f;
  float label_smoothing = 0.05f;
  bool balanced = false;     // the rarer a class, the more its drawings count
  float average_decay = 0;   // of a moving average of the weights; 0: none
  int patience = 0;          // epochs without a better validation loss before stopping; 0: all
  std::string teacher = {};  // a model (.onnx) to learn from, beside the labels
  float teacher_share = 0.7f;
  float teacher_temperature = 2;
  std::uint64_t seed = 1;

  // The machine: these change the last bits of the weights.
  std::optional<nn::Precision> precision = {};  // the fastest
  int threads = 0;                              // 0: one a core
};

// The defaults; or the study that this trainer grew from ("original"): bitmaps, at most 4,000 a
// class and no class with fewer than 1,000, 20% for the test and 20% of the rest for validation,
// batch 256, Adam at 1e-3, Glorot's weights, no augmentation, 10 epochs. Fails on other names.
Recipe recipe_of(const std::string& name);

// The recipe with what this machine decides where it is left open: the precision, and for ranks
// that are one the number of threads.
Recipe decided_here(Recipe recipe, const nn::Ranks& ranks);

nlohmann::json to_json(const Recipe& recipe);

// Entries that are missing keep what `recipe` has. Fails, naming `path`, on what is no JSON, an
// entry that is not known, and a value of the wrong kind or out of range.
Recipe read_recipe(const std::string& text, const std::string& path, Recipe recipe = {});

// By which a model was trained, as the metrics.json beside it tells, which comes and goes with it,
// else the config.json; the defaults where there is neither, or only a page's config.json.
Recipe recipe_beside(const std::filesystem::path& model);

}  // namespace train
