// The drawings that a model is measured on, as the commands that measure take them: --data,
// --split, and which of the split's drawings.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "trainer/data/dataset.h"

namespace cli {

struct Drawings {
  std::vector<std::string> folders = {};
  std::string form = {};  // strokes, bitmaps; empty: strokes where there are both
  std::string split = "test";
  int max_per_class = 1000;
  data::Selection selection = {};

  // Those of the classes that a model knows. Fails where a class has none.
  data::Dataset open(const std::vector<std::string>& classes) const;

  // Fails where none is left.
  std::vector<data::Sample> choose(const data::Dataset& dataset) const;

  // "17966 drawings (test split)"
  std::string describe(std::size_t drawings) const;
};

// The options for all of it but the form, with the defaults that stand in `drawings`.
void add_drawings_options(CLI::App& command, Drawings& drawings);

}  // namespace cli
