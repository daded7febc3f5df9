// A model and the drawings that it is measured on, as the commands that measure take them: MODEL,
// --data, --split, which of the split's drawings, --threads.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/file.h"
#include "trainer/nn/workers.h"
#include "trainer/onnx/onnx.h"

namespace cli {

// A model at work on drawings.
struct Subject {
  MappedFile file;
  onnx::Model model;
  data::Dataset dataset;              // of the classes that it knows
  std::vector<data::Sample> samples;  // at least one
  nn::Workers workers;
};

struct Drawings {
  std::vector<std::string> folders = {};
  std::string form = {};  // strokes, bitmaps; empty: strokes where there are both
  std::string split = "test";
  int max_per_class = 1000;
  data::Selection selection = {};
  int threads = 0;  // 0: one a core

  // Fails on a file that is no model, a class of it without drawings, and where no drawing is left.
  Subject open(const std::string& path) const;

  // "17966 drawings (test split)"
  std::string describe(std::size_t drawings) const;
};

// The options for all of it but the form, with the defaults that stand in `drawings`.
void add_drawings_options(CLI::App& command, Drawings& drawings);

}  // namespace cli
