// A run's state on disk, so that one that was killed goes on as if it never had been: a file that
// is written aside and renamed, with a checksum.
//
// Layout, little-endian: "INKLING1", the header's length (u64), the header (JSON: the recipe, where
// the run stood, its history), the state's arrays (float32, of the sizes that the header says), and
// the FNV-1a hash (u64) of all before it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "trainer/nn/workers.h"

namespace train {

struct Checkpoint {
  nlohmann::json recipe;       // as config.json
  nlohmann::json command;      // what else it was started with, so that --resume needs no more
  std::uint64_t drawings = 0;  // a fingerprint of the data set (run.cpp)
  int epoch = 0;               // that is being trained
  std::uint64_t rows = 0;      // of it that are done
  double loss_sum = 0;         // over these rows
  double correct1 = 0, correct5 = 0;
  double seconds = 0;      // that the run has taken
  nlohmann::json history;  // an array with an entry for each epoch that is done
  double best_loss = 0;    // on validation, and the weights that had it; empty: none yet
  std::vector<float> best_weights;
  std::vector<float> weights, averaged, adam_mean, adam_variance;
  std::int64_t steps = 0;
};

void write_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);

// Fails, naming the file, on one that is no checkpoint or is damaged.
Checkpoint read_checkpoint(const std::filesystem::path& path);

// The same from its bytes.
Checkpoint parse_checkpoint(std::string_view bytes, const std::filesystem::path& path);

}  // namespace train
