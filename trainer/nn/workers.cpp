#include "trainer/nn/workers.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "trainer/nn/loss.h"

namespace nn {
namespace {

// Rows that a net takes at once. A step runs a share of the batch in pieces of this size and sums
// their gradients: activations of larger pieces fall out of the core's cache.
constexpr int piece = 64;

struct Range {
  std::size_t first, last;
};

// The i-th of n nearly equal parts of 0..size-1.
Range part(std::size_t size, std::size_t i, std::size_t n) {
  return {size * i / n, size * (i + 1) / n};
}

}  // namespace

struct Workers::Crew {
  Crew(const Graph& g, std::vector<float> w, const WorkerOptions& o);
  ~Crew() { end(); }

  struct Worker {
    std::unique_ptr<Net> net;
    std::vector<float> gradient;  // of its share of the batch
    std::vector<float> piece_gradient;
    std::vector<int> labels;  // of the rows in the net
    double loss = 0;
    bool has_weights = false;  // the net holds the present weights
    std::exception_ptr error;
  };

  // Has every worker do `task` with its index and waits; rethrows the first worker's error.
  void run(const std::function<void(std::size_t)>& task);
  void live(std::size_t index);
  void create(std::size_t index);
  void end();

  void compute_gradients(std::size_t index, std::size_t rows, const Source& source);
  void fill(Worker& worker, std::size_t first, std::size_t last, const Source& source) const;
  void sum_gradients(std::size_t first, std::size_t last);

  Graph graph;
  std::size_t picture_size, classes;
  WorkerOptions options;
  int net_batch;
  std::vector<float> weights;
  Adam adam;
  std::vector<Worker> workers;

  std::mutex mutex;
  std::condition_variable wake, done;
  std::function<void(std::size_t)> task;
  std::int64_t round = 0;  // of tasks
  std::size_t busy = 0;
  bool stop = false;
  std::vector<std::jthread> threads;
};

Workers::Crew::Crew(const Graph& g, std::vector<float> w, const WorkerOptions& o)
    : graph(g),
      picture_size(g.input.size()),
      classes(std::size_t(classes_of(g))),
      options(o),
      weights(std::move(w)),
      adam(weights.size(), o.adam),
      workers(std::size_t(o.threads > 0 ? o.threads
                                        : std::max(1, int(std::thread::hardware_concurrency())))) {
  const int n_workers = int(workers.size());
  net_batch = std::clamp((o.batch + n_workers - 1) / n_workers, 1, piece);
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
  worker.net = std::make_unique<Net>(graph, net_batch, options.mode);
  worker.labels.resize(std::size_t(net_batch));
  if (options.mode != Net::Mode::training) return;
  worker.gradient.resize(weights.size());
  worker.piece_gradient.resize(weights.size());
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
    if (stop) return;
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

// Brings rows first..last-1 into the net; what room is left is filled with rows that do not count.
void Workers::Crew::fill(Worker& worker, std::size_t first, std::size_t last,
                         const Source& source) const {
  const std::span<float> input = worker.net->input();
  std::fill(worker.labels.begin(), worker.labels.end(), -1);
  for (std::size_t row = first; row < last; ++row)
    worker.labels[row - first] =
        source(row, input.subspan((row - first) * picture_size, picture_size));
}

void Workers::Crew::compute_gradients(std::size_t index, std::size_t rows, const Source& source) {
  Worker& worker = workers[index];
  worker.net->load(weights);
  worker.has_weights = true;
  worker.loss = 0;
  std::fill(worker.gradient.begin(), worker.gradient.end(), 0.0f);
  const Range share = part(rows, index, workers.size());
  const auto step = std::size_t(net_batch);
  for (std::size_t row = share.first; row < share.last; row += step) {
    fill(worker, row, std::min(row + step, share.last), source);
    worker.net->forward();
    worker.loss +=
        softmax_cross_entropy(worker.net->logits(), worker.labels, options.label_smoothing,
                              1.0f / float(rows), worker.net->logit_gradient());
    worker.net->backward(worker.piece_gradient);
    for (std::size_t i = 0; i < weights.size(); ++i) worker.gradient[i] += worker.piece_gradient[i];
  }
}

// Leaves the sum of all workers' gradients in the first worker's, always in the same order.
void Workers::Crew::sum_gradients(std::size_t first, std::size_t last) {
  float* const sum = workers[0].gradient.data();
  for (std::size_t w = 1; w < workers.size(); ++w) {
    const float* const other = workers[w].gradient.data();
    for (std::size_t i = first; i < last; ++i) sum[i] += other[i];
  }
}

Workers::Workers(const Graph& graph, std::vector<float> weights, const WorkerOptions& options)
    : crew_(std::make_unique<Crew>(graph, std::move(weights), options)) {}
Workers::~Workers() = default;

std::span<const float> Workers::gradient(std::size_t rows, const Source& source) {
  Crew& crew = *crew_;
  crew.run([&](std::size_t i) { crew.compute_gradients(i, rows, source); });
  crew.sum_gradients(0, crew.weights.size());
  return crew.workers[0].gradient;
}

double Workers::step(std::size_t rows, float learning_rate, const Source& source) {
  Crew& crew = *crew_;
  crew.run([&](std::size_t i) { crew.compute_gradients(i, rows, source); });
  ++crew.adam.steps;
  crew.run([&](std::size_t i) {
    const Range slice = part(crew.weights.size(), i, crew.workers.size());
    crew.sum_gradients(slice.first, slice.last);
    const std::span<const float> gradient = crew.workers[0].gradient;
    adam_update(crew.adam, crew.weights, slice.first,
                gradient.subspan(slice.first, slice.last - slice.first), learning_rate);
    crew.workers[i].has_weights = false;
  });
  double loss = 0;
  for (const Crew::Worker& worker : crew.workers) loss += worker.loss;
  return loss / double(rows);
}

void Workers::classify(std::size_t rows, const Source& source, const Sink& sink) {
  Crew& crew = *crew_;
  crew.run([&](std::size_t i) {
    Crew::Worker& worker = crew.workers[i];
    if (!std::exchange(worker.has_weights, true)) worker.net->load(crew.weights);
    const Range share = part(rows, i, crew.workers.size());
    const auto step = std::size_t(crew.net_batch);
    std::vector<float> logits(crew.classes);
    for (std::size_t row = share.first; row < share.last; row += step) {
      const std::size_t last = std::min(row + step, share.last);
      crew.fill(worker, row, last, source);
      worker.net->forward();
      for (std::size_t r = row; r < last; ++r) {
        const auto from = worker.net->logits().subspan((r - row) * crew.classes, crew.classes);
        std::copy(from.begin(), from.end(), logits.begin());
        sink(r, worker.labels[r - row], logits);
      }
    }
  });
}

std::span<const float> Workers::weights() const {
  return crew_->weights;
}
int Workers::threads() const {
  return int(crew_->workers.size());
}

}  // namespace nn
