// Training and classifying on all cores: one thread a core, each with a net of its own (net.h) over
// its share of the batch. The threads fetch their pictures themselves, so that decoding and
// augmentation are spread over the cores too. Gradients are summed in a fixed order: the same seed,
// data and number of threads give the same weights, bit for bit.
//
// With several ranks (ranks.h) the threads of all of them share each batch, in the order of the
// ranks: 2 ranks of 3 threads compute what one process with 6 threads does, batch norms and dropout
// too, up to the rounding of the sum over the ranks. All take the same step on their own copy of
// the weights.
//
//   nn::Workers workers(graph, nn::TrainingState(graph, nn::he_weights(graph, seed)), {});
//   nn::StepResult result = workers.step(256, 1e-3f, [&](std::size_t row, std::span<float> picture)
//   {
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
#include "trainer/nn/answers.h"
#include "trainer/nn/graph.h"
#include "trainer/nn/loss.h"
#include "trainer/nn/net.h"
#include "trainer/nn/ranks.h"

namespace nn {

// What a picture shows.
struct Lesson {
  static constexpr std::size_t never = std::size_t(-1);

  // NOLINTNEXTLINE(google-explicit-constructor): for most, a picture is its label.
  Lesson(int its_label, std::size_t repeated = never) : label(its_label), picture(repeated) {}

  int label;
  std::size_t picture;  // of WorkerOptions::answers; or it does not come again
};

// Fills the picture of a row, [channels, height, width] in 0..1. Called from several threads at
// once, for different rows, in no particular order.
using Source = std::function<Lesson(std::size_t row, std::span<float> picture)>;

// Takes the logits of a row, [classes]. Called like Source.
using Sink = std::function<void(std::size_t row, int label, std::span<float> logits)>;

// All that a step changes: what a checkpoint holds.
struct TrainingState {
  std::vector<float> weights;   // parameters and statistics, weight_count(graph)
  std::vector<float> averaged;  // their moving average; empty where none is kept
  Adam adam;                    // of the parameters

  TrainingState(const Graph& graph, std::vector<float> initial)
      : weights(std::move(initial)), adam(parameter_count(graph)) {}
};

// A trained network that the one in training learns from, beside the labels.
struct Teacher {
  Graph graph;  // folded; pictures and classes as the student's
  std::vector<float> weights;
};

struct WorkerOptions {
  int batch = 256;  // the most rows of a step
  int threads = 0;  // 0: one a core
  Precision precision = Precision::f32;
  AdamOptions adam = {};
  float label_smoothing = 0;
  std::vector<float> class_weights = {};  // [classes]; empty: 1
  // Of a moving average of the weights (Polyak, Juditsky 1992), which classify() then uses: what
  // stays of it in a step; 0: none. Early on it forgets faster.
  float average_decay = 0;
  std::uint64_t seed = 0;            // of dropout
  const Teacher* teacher = nullptr;  // must outlive the workers
  float teacher_share = 0.7f;        // of the loss
  float teacher_temperature = 2;
  // The teacher's, of the pictures that a Source tells apart; it is asked of each once. Must
  // outlive the workers; null where none comes again.
  Answers* answers = nullptr;
  Ranks ranks = {};  // who trains together; they all step() at once
};

// Of a step's rows, before the step.
struct StepResult {
  double loss = 0;                    // the mean, in nats
  double correct1 = 0, correct5 = 0;  // rows whose class was the first, or among the first five
  bool stop = false;                  // some rank wants no more steps
};

class Workers {
 public:
  // For training. state: fits the graph.
  Workers(const Graph& graph, TrainingState state, const WorkerOptions& options);

  // For classifying alone. weights: weight_count(graph) of them.
  static Workers classifier(const Graph& graph, const std::vector<float>& weights, int threads = 0);

  Workers(Workers&&) noexcept;
  ~Workers();

  // One step of Adam on rows 0..rows-1, at most options.batch of them, over all ranks. stop:
  // whether this rank wants no more steps; all hear of it.
  StepResult step(std::size_t rows, float learning_rate, const Source& source, bool stop = false);

  // From now on only the weights that `mask` has a 1 for are kept; the others are 0, and stay so.
  // mask: [weight_count(graph)].
  void prune(std::vector<float> mask);

  // The mean gradient over rows 0..rows-1, which step() would use, [parameter_count(graph)]; no
  // weight moves.
  std::span<const float> gradient(std::size_t rows, const Source& source);

  // Runs any number of rows through the net as it will be used: folded, in float, and with the
  // averaged weights where an average is kept.
  void classify(std::size_t rows, const Source& source, const Sink& sink);

  const TrainingState& state() const;
  std::span<const float> weights() const;  // those that classify() uses
  int threads() const;

  // Where the time of all steps since then goes, summed over the threads (net.h).
  void measure_time();
  std::vector<Net::LayerTime> times() const;

 private:
  struct Crew;
  explicit Workers(std::unique_ptr<Crew> crew);
  std::unique_ptr<Crew> crew_;
};

}  // namespace nn
