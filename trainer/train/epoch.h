// One pass over the training drawings of a recipe: their order, and what augmentation makes of
// each. The same recipe, epoch and drawings give the same pictures, whatever the threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"
#include "trainer/train/recipe.h"

namespace train {

class Epoch {
 public:
  // recipe and dataset must outlive it.
  Epoch(const Recipe& recipe, const data::Dataset& dataset, int number);

  // How many pictures come again from epoch to epoch; 0 where all are new.
  static std::size_t pictures(const Recipe& recipe, const data::Dataset& dataset);

  std::size_t size() const { return order_.size(); }

  // Fills the picture of the row'th drawing, [side * side]. The pictures of the recipe's views are
  // told apart by numbers below pictures(recipe, dataset).
  nn::Lesson draw(std::size_t row, std::span<float> picture) const;

 private:
  const Recipe& recipe_;
  const data::Dataset& dataset_;
  int view_;  // the epoch that the pictures are of
  std::vector<std::uint32_t> order_;
};

}  // namespace train
