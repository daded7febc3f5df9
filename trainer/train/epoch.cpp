#include "trainer/train/epoch.h"

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

const std::vector<data::Sample>& samples_of(const data::Dataset& dataset) {
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
  const std::vector<data::Sample>& samples = samples_of(dataset_);
  const std::size_t index = order_[row];
  const data::Sample& sample = samples[index];
  // They lie all over memory: the next ones are on their way while this one is drawn.
  if (row + 3 < order_.size()) {
    __builtin_prefetch(&samples[order_[row + 3]]);
    data::prefetch_file(dataset_, samples[order_[row + 2]]);
    data::prefetch(dataset_, samples[order_[row + 1]]);
  }
  const ink::RasterOptions raster{.side = recipe_.side};
  if (!recipe_.augment) {
    data::draw(dataset_, sample, raster, picture);
  } else {
    Random random = stream_of(recipe_.seed, view_, index);
    data::draw(dataset_, sample, raster, picture, [&](ink::Drawing drawing) {
      return data::augment(std::move(drawing), recipe_.augmentation, random);
    });
  }
  const int label = int(sample.label);
  if (recipe_.views == 0) return label;
  return {label, index * std::size_t(recipe_.views) + std::size_t(view_)};
}

}  // namespace train
