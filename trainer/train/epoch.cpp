#include "trainer/train/epoch.h"

#include <algorithm>
#include <utility>

#include "engine/random.h"
#include "trainer/data/augment.h"

namespace train {
namespace {

// A number of its own for each sample of each epoch, so that what augmentation does to it depends
// on neither threads nor order.
Random stream_of(std::uint64_t seed, int epoch, std::size_t index) {
  return Random{mix_bits(mix_bits(seed + std::uint64_t(epoch) * 0x9e3779b97f4a7c15u) + index)};
}

const data::Samples& samples_of(const data::Dataset& dataset) {
  return dataset.samples[std::size_t(data::Split::train)];
}

}  // namespace

std::size_t Epoch::pictures(const Recipe& recipe, const data::Dataset& dataset) {
  return samples_of(dataset).size() * std::size_t(recipe.views);
}

Epoch::Epoch(const Recipe& recipe, const data::Dataset& dataset, int number)
    : recipe_(recipe),
      dataset_(dataset),
      view_(recipe.views > 0 ? number % recipe.views : number),
      order_(samples_of(dataset).size()) {
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = std::uint32_t(i);
  Random random = stream_of(recipe.seed, number, ~std::size_t{0});
  random.shuffle(std::span(order_));
}

nn::Lesson Epoch::draw(std::size_t row, std::span<float> picture) const {
  const data::Samples& samples = samples_of(dataset_);
  const std::size_t index = order_[row];
  const data::Sample& sample = samples[index];
  // They lie all over memory: it is waited for many at once.
  constexpr std::size_t at_once = 16;
  if (row % at_once == 0) {
    const std::size_t end = std::min(row + at_once, order_.size());
    for (std::size_t i = row; i < end; ++i) data::prefetch(dataset_, samples[order_[i]]);
  }
  const ink::RasterOptions raster{.side = recipe_.side};
  if (!recipe_.augment) {
    data::draw(dataset_, sample, raster, picture);
  } else {
    Random random = stream_of(recipe_.seed, view_, index);
    data::draw(dataset_, sample, raster, picture, [&](ink::Polylines lines) {
      return data::augment(std::move(lines), recipe_.augmentation, random);
    });
  }
  const int label = int(sample.label);
  if (recipe_.views == 0) return label;
  return {label, index * std::size_t(recipe_.views) + std::size_t(view_)};
}

}  // namespace train
