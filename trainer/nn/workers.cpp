#include "trainer/nn/workers.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/random.h"
#include "trainer/nn/kernels.h"

namespace nn {
namespace {

// Rows that a net takes at once. A step runs a share of the batch in pieces of this size and sums
// their gradients: activations of larger pieces fall out of the core's cache (without tiles,
// simple-cnn is 2% faster in pieces of 32 than of 64, and 6% than of 256). Tiles want larger ones
// (with them it is 8% slower, lenet 15%), as long as the activations are few: nin is 13% faster in
// pieces of 32 there too. A batch norm's statistics are those of a piece, and want more rows: after
// five epochs, mobile's top-1 is 51.8% of pieces of 64, 50.8% of 32, 49.7% of 16. Such a net has
// its own way to stay in the cache.
int piece_of(const Graph& graph, Precision precision) {
  const bool normalises =
      std::any_of(graph.layers.begin(), graph.layers.end(),
                  [](const Layer& layer) { return layer.kind == Kind::batch_norm; });
  constexpr std::size_t few = 100'000;  // numbers; deep-cnn has 70 thousand, squeeze 198
  std::size_t activations = 0;
  for (const Shape& shape : shapes_of(graph)) activations += shape.size();
  const bool by_tiles = precision == Precision::bf16 && has_tiles();
  return normalises || (by_tiles && activations <= few) ? 64 : 32;
}

// What stays of a batch norm's running statistics in a step.
constexpr float statistics_decay = 0.9f;

// What goes with the gradient from rank to rank: loss, correct1, correct5, stop.
constexpr std::size_t notes = 4;

struct Range {
  std::size_t first, last;
};

// The i-th of n nearly equal parts of 0..size-1.
Range part(std::size_t size, std::size_t i, std::size_t n) {
  return {size * i / n, size * (i + 1) / n};
}

// Those that a rank works with.
std::size_t threads_of(const WorkerOptions& options, int rank) {
  if (options.threads > 0) return std::size_t(options.threads);
  return std::size_t(options.ranks.cores(rank));
}

// Counts the rows whose label is the most likely class, or among the first five.
void count_correct(std::span<const float> logits, std::span<const int> labels, StepResult& result) {
  const std::size_t classes = logits.size() / labels.size();
  for (std::size_t n = 0; n < labels.size(); ++n) {
    if (labels[n] < 0) continue;
    const std::span<const float> row = logits.subspan(n * classes, classes);
    const float own = row[std::size_t(labels[n])];
    int better = 0;
    for (const float z : row) better += z > own;
    result.correct1 += better < 1;
    result.correct5 += better < 5;
  }
}

}  // namespace

struct Workers::Crew {
  Crew(const Graph& g, TrainingState s, const WorkerOptions& o, Net::Mode m);
  ~Crew() { end(); }

  struct Worker {
    std::unique_ptr<Net> net;         // for training
    std::unique_ptr<Net> classifier;  // of the folded graph; made when it is needed
    std::unique_ptr<Net> teacher;
    std::vector<float> gradient;  // of its share of the batch; then the statistics; then the notes
    std::vector<int> labels;      // of the rows in the net
    std::vector<std::size_t> pictures;  // as a Source tells them apart
    std::vector<float> taught;          // the teacher's logits, [net_batch, classes]
    StepResult result;                  // sums over its share
    bool classifier_is_current = false;
    std::exception_ptr error;
  };

  // Has every worker do `task` with its index and waits; rethrows the first worker's error.
  void run(const std::function<void(std::size_t)>& task);
  void live(std::size_t index);
  void create(std::size_t index);
  void end();

  std::span<const float> ask_teacher(Worker& worker, std::size_t count);
  void compute_gradients(std::size_t index, std::size_t rows, const Source& source);
  void sum_gradients(std::size_t first, std::size_t last);
  StepResult result_of(std::size_t rows) const;
  void sum_over_ranks(StepResult& result);
  void update(std::size_t first, std::size_t last, float learning_rate);
  void classify_share(Worker& worker, const Range& share, const Source& source, const Sink& sink);
  const std::vector<float>& used_weights() const {
    return state.averaged.empty() ? state.weights : state.averaged;
  }

  Graph graph;
  std::size_t picture_size, classes, parameters;
  TrainingState state;
  WorkerOptions options;
  Net::Mode mode;
  int net_batch;
  std::size_t first_worker = 0, all_workers = 0;  // over all ranks: this rank's first; how many
  std::vector<float> mask;                        // of weights that are kept; empty: all
  Folded folded;                                  // as classify() uses it; made anew after a step
  bool folded_is_current = false;
  std::vector<Worker> workers;

  std::mutex mutex;
  std::condition_variable wake, done;
  std::function<void(std::size_t)> task;
  std::int64_t round = 0;  // of tasks
  std::size_t busy = 0;
  bool stop = false;
  std::vector<std::jthread> threads;
};

Workers::Crew::Crew(const Graph& g, TrainingState s, const WorkerOptions& o, Net::Mode m)
    : graph(g),
      picture_size(g.input.size()),
      classes(std::size_t(classes_of(g))),
      parameters(parameter_count(g)),
      state(std::move(s)),
      options(o),
      mode(m),
      workers(threads_of(o, o.ranks.rank())) {
  if (options.average_decay > 0 && state.averaged.empty()) state.averaged = state.weights;
  for (int rank = 0; rank < o.ranks.count(); ++rank) {
    if (rank == o.ranks.rank()) first_worker = all_workers;
    all_workers += o.ranks.alone() ? workers.size() : threads_of(o, rank);
  }
  const int n_workers = int(all_workers);
  net_batch = std::clamp((o.batch + n_workers - 1) / n_workers, 1, piece_of(graph, o.precision));
  for (std::size_t i = 0; i < workers.size(); ++i) threads.emplace_back([this, i] { live(i); });
  // Nets are created in their own threads: oneDNN keeps state by thread.
  try {
    run([this](std::size_t i) { create(i); });
  } catch (...) {
    end();
    throw;
  }
}

void Workers::Crew::create(std::size_t index) {
  begin_worker_thread();
  Worker& worker = workers[index];
  worker.labels.resize(std::size_t(net_batch));
  if (mode != Net::Mode::training) return;
  worker.net = std::make_unique<Net>(graph, net_batch,
                                     Net::Options{.mode = mode, .precision = options.precision});
  worker.gradient.resize(state.weights.size() + notes);
  if (!options.teacher) return;
  worker.teacher = std::make_unique<Net>(
      options.teacher->graph, net_batch,
      Net::Options{.mode = Net::Mode::inference, .precision = options.precision});
  worker.teacher->load(options.teacher->weights);
  worker.pictures.resize(worker.labels.size());
  worker.taught.resize(worker.labels.size() * classes);
}

void Workers::Crew::end() {
  const std::scoped_lock lock(mutex);
  stop = true;
  wake.notify_all();
}

void Workers::Crew::live(std::size_t index) {
  std::int64_t seen = 0;
  for (;;) {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return stop || round != seen; });
    if (stop) break;
    seen = round;
    lock.unlock();
    try {
      task(index);
    } catch (...) {
      workers[index].error = std::current_exception();
    }
    lock.lock();
    if (--busy == 0) done.notify_one();
  }
}

void Workers::Crew::run(const std::function<void(std::size_t)>& new_task) {
  std::unique_lock lock(mutex);
  task = new_task;
  ++round;
  busy = workers.size();
  wake.notify_all();
  done.wait(lock, [&] { return busy == 0; });
  std::exception_ptr first;
  for (Worker& worker : workers)
    if (std::exception_ptr error = std::exchange(worker.error, nullptr); error && !first)
      first = error;
  if (first) std::rethrow_exception(first);
}

// What the teacher thinks of the first `count` rows in the worker's net, [net_batch, classes]. Of
// pictures that come again it is what was kept even where they are new: a run that was resumed must
// learn the same.
std::span<const float> Workers::Crew::ask_teacher(Worker& worker, std::size_t count) {
  const auto pictures = std::span(worker.pictures).first(count);
  const bool known = std::all_of(pictures.begin(), pictures.end(), [&](std::size_t index) {
    return index != Lesson::never && options.answers->has(index);
  });
  if (!known) {
    const std::span<const float> input = worker.net->input();
    std::copy(input.begin(), input.end(), worker.teacher->input().begin());
    worker.teacher->forward();
    const std::span<const float> logits = worker.teacher->logits();
    std::copy(logits.begin(), logits.end(), worker.taught.begin());
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (pictures[i] == Lesson::never) continue;
    const auto row = std::span(worker.taught).subspan(i * classes, classes);
    if (!options.answers->has(pictures[i])) options.answers->keep(pictures[i], row);
    options.answers->recall(pictures[i], row);
  }
  return worker.taught;
}

void Workers::Crew::compute_gradients(std::size_t index, std::size_t rows, const Source& source) {
  Worker& worker = workers[index];
  Net& net = *worker.net;
  net.load(state.weights);
  worker.result = {};
  const LossOptions loss = {.smoothing = options.label_smoothing,
                            .class_weights = options.class_weights,
                            .teacher_share = options.teacher_share,
                            .teacher_temperature = options.teacher_temperature};
  const Range share = part(rows, first_worker + index, all_workers);
  const std::span<float> input = net.input();
  for (std::size_t row = share.first; row < share.last; row += std::size_t(net_batch)) {
    const std::size_t count = std::min(std::size_t(net_batch), share.last - row);
    std::fill(worker.labels.begin(), worker.labels.end(), -1);
    for (std::size_t i = 0; i < count; ++i) {
      const Lesson lesson = source(row + i, input.subspan(i * picture_size, picture_size));
      worker.labels[i] = lesson.label;
      if (worker.teacher) worker.pictures[i] = lesson.picture;
    }
    // The room that is left does not count, but batch norms see it: it repeats the rows.
    for (std::size_t i = count; i < worker.labels.size(); ++i)
      std::copy_n(input.data() + i % count * picture_size, picture_size,
                  input.data() + i * picture_size);
    const std::span<const float> teacher =
        worker.teacher ? ask_teacher(worker, count) : std::span<const float>();
    net.forward(mix_bits(options.seed + mix_bits(std::uint64_t(state.adam.steps))) + row);
    count_correct(net.logits(), worker.labels, worker.result);
    worker.result.loss += softmax_cross_entropy(net.logits(), worker.labels, teacher, loss,
                                                1.0f / float(rows), net.logit_gradient());
    net.backward(float(count) / float(rows));
  }
  net.store(std::span(worker.gradient).first(state.weights.size()));
}

// Leaves the sum of all workers' gradients in the first worker's, always in the same order.
void Workers::Crew::sum_gradients(std::size_t first, std::size_t last) {
  for (std::size_t w = 1; w < workers.size(); ++w)
    kernels().floats.add(last - first, false, workers[0].gradient.data() + first,
                         workers[w].gradient.data() + first, workers[0].gradient.data() + first);
}

// Over this rank's workers.
StepResult Workers::Crew::result_of(std::size_t rows) const {
  StepResult total;
  for (const Worker& worker : workers) {
    total.loss += worker.result.loss / double(rows);
    total.correct1 += worker.result.correct1;
    total.correct5 += worker.result.correct5;
  }
  return total;
}

// Of the first worker's gradient and of what is told of the step: one message for all, since the
// time of a small one is in its way, not in its bytes.
void Workers::Crew::sum_over_ranks(StepResult& result) {
  std::vector<float>& gradient = workers[0].gradient;
  const std::span<float> note = std::span(gradient).last(notes);
  note[0] = float(result.loss);
  note[1] = float(result.correct1);
  note[2] = float(result.correct5);
  note[3] = result.stop ? 1.0f : 0.0f;
  options.ranks.sum(gradient);
  result = {.loss = double(note[0]),
            .correct1 = double(note[1]),
            .correct5 = double(note[2]),
            .stop = note[3] > 0};
}

// Moves the weights first..last-1, parameters and statistics, by the first worker's gradient.
void Workers::Crew::update(std::size_t first, std::size_t last, float learning_rate) {
  const std::vector<float>& gradient = workers[0].gradient;
  const std::size_t end = std::clamp(parameters, first, last);
  adam_update(state.adam, options.adam, state.weights, first,
              std::span(gradient).subspan(first, end - first), learning_rate);
  for (std::size_t i = end; i < last; ++i)
    state.weights[i] += (1 - statistics_decay) * (gradient[i] - state.weights[i]);
  if (!mask.empty())
    for (std::size_t i = first; i < last; ++i) state.weights[i] *= mask[i];
  if (state.averaged.empty()) return;
  const auto steps = float(state.adam.steps);
  const float moves = 1 - std::min(options.average_decay, (1 + steps) / (10 + steps));
  for (std::size_t i = first; i < last; ++i)
    state.averaged[i] += moves * (state.weights[i] - state.averaged[i]);
}

void Workers::Crew::classify_share(Worker& worker, const Range& share, const Source& source,
                                   const Sink& sink) {
  if (!worker.classifier)
    worker.classifier = std::make_unique<Net>(
        folded.graph, net_batch,
        Net::Options{.mode = Net::Mode::inference, .precision = Precision::f32});
  Net& net = *worker.classifier;
  if (!std::exchange(worker.classifier_is_current, true)) net.load(folded.weights);
  std::vector<float> logits(classes);
  for (std::size_t row = share.first; row < share.last; row += std::size_t(net_batch)) {
    const std::size_t count = std::min(std::size_t(net_batch), share.last - row);
    for (std::size_t i = 0; i < count; ++i)
      worker.labels[i] = source(row + i, net.input().subspan(i * picture_size, picture_size)).label;
    net.forward();
    for (std::size_t i = 0; i < count; ++i) {
      const auto from = net.logits().subspan(i * classes, classes);
      std::copy(from.begin(), from.end(), logits.begin());
      sink(row + i, worker.labels[i], logits);
    }
  }
}

Workers::Workers(std::unique_ptr<Crew> crew) : crew_(std::move(crew)) {}
Workers::Workers(const Graph& graph, TrainingState state, const WorkerOptions& options)
    : crew_(std::make_unique<Crew>(graph, std::move(state), options, Net::Mode::training)) {}
Workers Workers::classifier(const Graph& graph, const std::vector<float>& weights, int threads) {
  const WorkerOptions options{.threads = threads};
  return Workers(
      std::make_unique<Crew>(graph, TrainingState(graph, weights), options, Net::Mode::inference));
}
Workers::Workers(Workers&&) noexcept = default;
Workers::~Workers() = default;

std::span<const float> Workers::gradient(std::size_t rows, const Source& source) {
  Crew& crew = *crew_;
  crew.run([&](std::size_t i) { crew.compute_gradients(i, rows, source); });
  crew.sum_gradients(0, crew.state.weights.size());
  crew.options.ranks.sum(crew.workers[0].gradient);
  return std::span(crew.workers[0].gradient).first(crew.parameters);
}

StepResult Workers::step(std::size_t rows, float learning_rate, const Source& source, bool stop) {
  Crew& crew = *crew_;
  const std::size_t size = crew.state.weights.size(), workers = crew.workers.size();
  const bool alone = crew.options.ranks.alone();
  crew.run([&](std::size_t i) { crew.compute_gradients(i, rows, source); });
  StepResult result = crew.result_of(rows);
  result.stop = stop;
  if (!alone) {
    crew.run([&](std::size_t i) {
      const Range slice = part(size, i, workers);
      crew.sum_gradients(slice.first, slice.last);
    });
    crew.sum_over_ranks(result);
  }
  ++crew.state.adam.steps;
  crew.folded_is_current = false;
  crew.run([&](std::size_t i) {
    const Range slice = part(size, i, workers);
    if (alone) crew.sum_gradients(slice.first, slice.last);
    crew.update(slice.first, slice.last, learning_rate);
  });
  return result;
}

void Workers::prune(std::vector<float> mask) {
  Crew& crew = *crew_;
  crew.mask = std::move(mask);
  for (std::vector<float>* weights : {&crew.state.weights, &crew.state.averaged})
    for (std::size_t i = 0; i < weights->size(); ++i) (*weights)[i] *= crew.mask[i];
  crew.folded_is_current = false;
}

void Workers::classify(std::size_t rows, const Source& source, const Sink& sink) {
  Crew& crew = *crew_;
  if (!std::exchange(crew.folded_is_current, true)) {
    crew.folded = fold(crew.graph, crew.used_weights());
    for (Crew::Worker& worker : crew.workers) worker.classifier_is_current = false;
  }
  crew.run([&](std::size_t i) {
    crew.classify_share(crew.workers[i], part(rows, i, crew.workers.size()), source, sink);
  });
}

const TrainingState& Workers::state() const {
  return crew_->state;
}
std::span<const float> Workers::weights() const {
  return crew_->used_weights();
}
int Workers::threads() const {
  return int(crew_->workers.size());
}

void Workers::measure_time() {
  for (const Crew::Worker& worker : crew_->workers) worker.net->measure_time();
}

std::vector<Net::LayerTime> Workers::times() const {
  std::vector<Net::LayerTime> total;
  for (const Crew::Worker& worker : crew_->workers) {
    const std::vector<Net::LayerTime> times = worker.net->times();
    if (total.empty()) {
      total = times;
      continue;
    }
    for (std::size_t i = 0; i < total.size(); ++i) {
      total[i].forward += times[i].forward;
      total[i].backward += times[i].backward;
    }
  }
  return total;
}

}  // namespace nn
