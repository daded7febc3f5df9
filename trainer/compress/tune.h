// Training on, after a network was made smaller.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/nn/graph.h"
#include "trainer/train/recipe.h"

namespace compression {

struct TuneOptions {
  // None: three, or as many as make least_steps. Of few drawings, three are too few to learn anew
  // what a low rank has forgotten.
  std::optional<int> epochs = {};
  float learning_rate = 1e-3f;  // at first; falls as a cosine
  // The share of all kernels' weights that are 0 in the end: the smallest ones, taken away little
  // by little over the first two thirds of the steps (Zhu, Gupta 2017, "To prune, or not to
  // prune").
  double pruned = 0;
  std::function<void(std::size_t done, std::size_t total, double loss)> progress = {};
  std::function<bool()> interrupted = [] { return false; };
};

inline constexpr std::int64_t least_steps = 1000;

// The weights after some epochs of `recipe` on the training drawings. Fails where it was
// interrupted.
std::vector<float> tune(const nn::Graph& graph, std::vector<float> weights,
                        const train::Recipe& recipe, const data::Dataset& dataset,
                        const TuneOptions& options);

// 1 for the weights that stay where `share` of all kernels' weights, the smallest, go; biases stay.
std::vector<float> magnitude_mask(const nn::Graph& graph, const std::vector<float>& weights,
                                  double share);

}  // namespace compression
