// A comparison: several networks, each trained by the same recipe on the same drawings from several
// seeds, and the table of what came of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "trainer/train/run.h"

namespace train {

struct Comparison {
  Recipe recipe;                  // its arch and seed are set by each run
  std::vector<std::string> nets;  // names of the zoo
  int seeds = 1;                  // recipe.seed, recipe.seed + 1, ...
};

// Where one of the runs goes: OUT/NET-SEED.
std::filesystem::path run_folder(const std::filesystem::path& out, const std::string& net,
                                 std::uint64_t seed);

// Trains them all into folders below options.out. What is already done there by the same recipe is
// not done again, an unfinished run goes on: a comparison that was stopped can be started again.
// Returns their metrics, an entry a run with "net" and "seed", network by network; none where it
// was interrupted.
nlohmann::json compare(const Comparison& comparison, const data::Dataset& dataset,
                       const RunOptions& options);

// Tables in Markdown, one for each family (simple-*, lenet*) and one for the networks that are
// alone in theirs, a row a network in the order in which they come: parameters, bytes,
// multiply-adds, seconds, top-1 and top-5 in percent, with their standard deviation over the seeds
// where there are several.
std::string comparison_table(const nlohmann::json& runs);

}  // namespace train
