// Training and classifying on all cores: one thread a core, each with a net of its own (net.h) over
// its share of the batch. The threads fetch their pictures themselves, so that decoding and
// augmentation are spread over the cores too. Gradients are summed in a fixed order: the same seed,
// data and number of threads give the same weights, bit for bit.
//
//   nn::Workers workers(graph, nn::he_weights(graph, seed), {.batch = 256});
//   double loss = workers.step(256, 1e-3f, [&](std::size_t row, std::span<float> picture) {
//     draw(samples[row], picture);
//     return samples[row].label;
//   });
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "trainer/nn/adam.h"
#include "trainer/nn/graph.h"
#include "trainer/nn/net.h"

namespace nn {

// Fills the picture of a row, [channels, height, width] in 0..1, and returns its label. Called from
// several threads at once, for different rows, in no particular order.
using Source = std::function<int(std::size_t row, std::span<float> picture)>;

// Takes the logits of a row, [classes]. Called like Source.
using Sink = std::function<void(std::size_t row, int label, std::span<float> logits)>;

struct WorkerOptions {
  int batch = 256;  // the most rows of a step
  int threads = 0;  // 0: one a core
  Net::Mode mode = Net::Mode::training;
  float label_smoothing = 0;
  AdamOptions adam = {};
};

class Workers {
 public:
  // weights: parameter_count(graph) of them.
  Workers(const Graph& graph, std::vector<float> weights, const WorkerOptions& options);
  ~Workers();

  // One step of Adam on rows 0..rows-1, at most options.batch of them; their mean loss before the
  // step.
  double step(std::size_t rows, float learning_rate, const Source& source);

  // The mean gradient over rows 0..rows-1, which step() would use; no weight moves.
  std::span<const float> gradient(std::size_t rows, const Source& source);

  // Runs any number of rows through the net.
  void classify(std::size_t rows, const Source& source, const Sink& sink);

  std::span<const float> weights() const;
  int threads() const;

 private:
  struct Crew;
  std::unique_ptr<Crew> crew_;
};

}  // namespace nn
