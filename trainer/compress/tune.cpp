#include "trainer/compress/tune.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "trainer/error.h"
#include "trainer/nn/adam.h"
#include "trainer/nn/workers.h"
#include "trainer/train/epoch.h"

namespace compression {

std::vector<float> magnitude_mask(const nn::Graph& graph, const std::vector<float>& weights,
                                  double share) {
  std::vector<float> sizes;
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  for (const nn::WeightRange& range : ranges)
    for (std::size_t i = 0; i < range.kernel_size; ++i)
      sizes.push_back(std::abs(weights[range.kernel_at + i]));
  std::vector<float> mask(weights.size(), 1.0f);
  const auto goes = std::size_t(std::llround(share * double(sizes.size())));
  if (goes == 0) return mask;
  std::nth_element(sizes.begin(), sizes.begin() + std::ptrdiff_t(goes - 1), sizes.end());
  const float threshold = sizes[goes - 1];
  for (const nn::WeightRange& range : ranges)
    for (std::size_t i = 0; i < range.kernel_size; ++i)
      if (std::abs(weights[range.kernel_at + i]) <= threshold) mask[range.kernel_at + i] = 0;
  return mask;
}

std::vector<float> tune(const nn::Graph& graph, std::vector<float> weights,
                        const train::Recipe& recipe, const data::Dataset& dataset,
                        const TuneOptions& options) {
  nn::Workers workers(graph, nn::TrainingState(graph, std::move(weights)),
                      {.batch = recipe.batch,
                       .threads = recipe.threads,
                       .precision = recipe.precision.value_or(nn::fastest_precision()),
                       .adam = {.weight_decay = recipe.weight_decay},
                       .label_smoothing = recipe.label_smoothing,
                       .seed = recipe.seed});
  const auto batch = std::size_t(recipe.batch);
  const std::size_t rows = dataset.samples[std::size_t(data::Split::train)].size();
  const auto steps_an_epoch = std::int64_t((rows + batch - 1) / batch);
  const int epochs = options.epochs.value_or(
      std::max(3, int((least_steps + steps_an_epoch - 1) / steps_an_epoch)));
  const std::int64_t steps = steps_an_epoch * epochs;
  std::int64_t step = 0;
  const std::int64_t prune_until = steps * 2 / 3;
  const std::int64_t prune_every = std::clamp<std::int64_t>(prune_until / 40, 1, 16);
  const auto prune = [&](double share) {
    const std::span<const float> now = workers.weights();
    workers.prune(magnitude_mask(graph, {now.begin(), now.end()}, share));
  };
  for (int number = 0; number < epochs; ++number) {
    const train::Epoch epoch(recipe, dataset, number);
    double loss = 0;
    for (std::size_t row = 0; row < rows; row += batch, ++step) {
      if (options.interrupted()) fail("interrupted: nothing was written");
      if (options.pruned > 0 && step < prune_until && step % prune_every == 0) {
        const double left = 1 - double(step) / double(prune_until);
        prune(options.pruned * (1 - left * left * left));
      }
      if (options.pruned > 0 && step == prune_until) prune(options.pruned);
      const std::size_t count = std::min(batch, rows - row);
      const float rate = nn::learning_rate_at(nn::Schedule::cosine, options.learning_rate, step,
                                              steps, std::int64_t{0});
      loss += double(count) * workers
                                  .step(count, rate,
                                        [&](std::size_t i, std::span<float> picture) {
                                          return epoch.draw(row + i, picture);
                                        })
                                  .loss;
      if (!std::isfinite(loss)) fail("the fine-tuning has diverged; try a smaller --tune-lr");
      if (options.progress)
        options.progress(std::size_t(number) * rows + row + count, rows * std::size_t(epochs),
                         loss / double(row + count));
    }
  }
  if (options.pruned > 0 && prune_until >= steps) prune(options.pruned);
  const std::span<const float> result = workers.weights();
  return {result.begin(), result.end()};
}

}  // namespace compression
