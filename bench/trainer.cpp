// The trainer's speed: whole training steps (forward, backward, Adam) on one fixed batch of noise,
// in images per CPU-second, in GFLOP/s, and as a share of what one core can do, measured in the
// same run. Counted are the nominal multiply-adds: the network's own, three times (forward, and
// backward to the weights and to the inputs; the first layer has no input gradient), padding
// included.
//
//   bench_trainer [architecture...] [--classes 100] [--batch 256] [--threads 1] [--seconds 4]
//                 [--f32] [--bf16] [--layers] [--scaling] [--data FOLDER]
//
//   --bf16      where the processor multiplies it; without either, what is the fastest here
//   --layers    by layer, with what was fused into it
//   --scaling   two workers beside one, in turns
//   --data      drawings of the folder, augmented, beside one batch of them, in turns, per
//   CPU-second
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "bench/peak.h"
#include "engine/random.h"
#include "trainer/nn/workers.h"
#include "trainer/train/epoch.h"
#include "trainer/train/run.h"
#include "trainer/zoo/zoo.h"

namespace {

// Seconds of processor time that this process has used, all threads together.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Options {
  std::vector<std::string> architectures;
  int classes = 100;
  int batch = 256;
  int threads = 1;
  double seconds = 4;
  float learning_rate = 1e-3f;
  nn::Precision precision = nn::fastest_precision();
  bool layers = false, scaling = false;
  std::string data;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return i + 1 < argc ? argv[++i] : "0"; };
    if (argument == "--help" || argument == "-h") {
      std::puts(
          "bench_trainer [architecture...] [--classes 100] [--batch 256] [--threads 1] "
          "[--seconds 4]\n"
          "              [--f32] [--bf16] [--layers] [--scaling] [--data FOLDER]\n\n"
          "Whole training steps on one fixed batch: images per CPU-second, GFLOP/s, and the share\n"
          "of this core's peak. What each option does stands at the top of bench/trainer.cpp.");
      std::exit(0);
    }
    if (argument == "--classes")
      options.classes = std::atoi(value());
    else if (argument == "--batch")
      options.batch = std::atoi(value());
    else if (argument == "--threads")
      options.threads = std::atoi(value());
    else if (argument == "--seconds")
      options.seconds = std::atof(value());
    else if (argument == "--f32")
      options.precision = nn::Precision::f32;
    else if (argument == "--bf16")
      options.precision = nn::multiplies_bf16() ? nn::Precision::bf16 : nn::Precision::f32;
    else if (argument == "--layers")
      options.layers = true;
    else if (argument == "--scaling")
      options.scaling = true;
    else if (argument == "--data")
      options.data = value();
    else
      options.architectures.push_back(argument);
  }
  if (options.architectures.empty())
    options.architectures = {"simple-cnn", "simple-gap", "lenet", "mobile"};
  return options;
}

// Operations of a training step for one picture, by layer.
std::vector<double> training_operations(const nn::Graph& graph) {
  std::vector<double> operations;
  for (const std::int64_t count : nn::multiply_adds(graph))
    operations.push_back(2.0 * 3 * double(count));
  for (std::size_t i = 0; i < operations.size(); ++i)
    if (graph.layers[i].inputs.front() == nn::picture) operations[i] *= 2.0 / 3;
  return operations;
}

// A network in training on pictures of its own.
class Trainer {
 public:
  Trainer(const nn::Graph& graph, const Options& options, int threads)
      : options_(options),
        workers_(graph, nn::TrainingState(graph, nn::he_weights(graph, 1)),
                 {.batch = options.batch, .threads = threads, .precision = options.precision}) {}

  struct Rate {
    double per_cpu_second, per_second;
    double images;
  };
  // Steps on `source`, whose rows are counted on from batch to batch.
  Rate run(double seconds, const nn::Source& source) {
    const auto batch = std::size_t(options_.batch);
    const auto step = [&] {
      const std::size_t first = row_;
      row_ += batch;
      workers_.step(batch, options_.learning_rate, [&](std::size_t row, std::span<float> picture) {
        return source(first + row, picture);
      });
    };
    for (int i = 0; i < 5; ++i) step();
    if (options_.layers) workers_.measure_time();
    const std::size_t first = row_;
    const double wall = wall_seconds(), cpu = cpu_seconds();
    while (wall_seconds() - wall < seconds) step();
    const auto images = double(row_ - first);
    return {images / (cpu_seconds() - cpu), images / (wall_seconds() - wall), images};
  }

  const nn::Workers& workers() const { return workers_; }

 private:
  Options options_;
  nn::Workers workers_;
  std::size_t row_ = 0;
};

constexpr std::size_t pixels = 28 * 28;

// Eight batches of noise, as the comparison in compare_pytorch has them too.
nn::Source noise(const Options& options) {
  const std::size_t rows = 8 * std::size_t(options.batch);
  Random random{1};
  const auto values = std::make_shared<std::vector<float>>(rows * pixels);
  for (float& value : *values) value = float(random.uniform());
  const auto classes = std::size_t(options.classes);
  return [=](std::size_t row, std::span<float> picture) {
    const auto from = values->begin() + std::ptrdiff_t(row % rows * pixels);
    std::copy(from, from + pixels, picture.begin());
    return int(row % rows * 7919 % classes);
  };
}

nn::Graph make(const std::string& architecture, const Options& options) {
  return zoo::find(architecture).make({.classes = options.classes});
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print_layers(const nn::Graph& graph, const Trainer& trainer, double images, double peak) {
  const std::vector<double> operations = training_operations(graph);
  std::printf("  %-24s%10s%10s%10s%8s\n", "layer", "forward", "backward", "GFLOP/s", "of peak");
  for (const nn::Net::LayerTime& time : trainer.workers().times()) {
    if (time.forward + time.backward == 0) continue;
    const auto layer = std::size_t(time.layer);
    const double seconds = (time.forward + time.backward) / images;
    const std::string name(nn::name_of(graph.layers[layer].kind));
    std::printf("  %-24s%7.2f us%7.2f us", (std::to_string(layer + 1) + " " + name).c_str(),
                1e6 * time.forward / images, 1e6 * time.backward / images);
    if (operations[layer] > 0)
      std::printf("%10.0f%7.0f%%", 1e-9 * operations[layer] / seconds,
                  1e-7 * operations[layer] / seconds / peak);
    std::printf("\n");
  }
}

void measure(const std::string& architecture, const Options& options) {
  const nn::Graph graph = make(architecture, options);
  const bool half = options.precision == nn::Precision::bf16;
  const double before = half ? bench::peak_bf16() : bench::peak_f32();
  Trainer trainer(graph, options, options.threads);
  const Trainer::Rate rate = trainer.run(options.seconds, noise(options));
  // Shared machines change their pace: the peak is that around the run.
  const double peak = (before + (half ? bench::peak_bf16() : bench::peak_f32())) / 2;
  double operations = 0;
  for (const double count : training_operations(graph)) operations += count;
  const double speed = 1e-9 * operations * rate.per_cpu_second;
  std::printf(
      "%s %s: %.0f images per CPU-second, %.0f per second on %d threads, %.0f GFLOP/s, "
      "%.0f%% of %.0f\n",
      architecture.c_str(), half ? "bf16" : "f32", rate.per_cpu_second, rate.per_second,
      trainer.workers().threads(), speed, 100 * speed / peak, peak);
  if (options.layers) print_layers(graph, trainer, rate.images, peak);
}

// Runs two trainers in turns; prints the median of the ratios of their rates.
void compare(const char* what, Trainer& one, const nn::Source& one_source, Trainer& other,
             const nn::Source& other_source, double seconds, double Trainer::Rate::* rate) {
  // Short ones: a shared machine changes its pace within seconds.
  std::vector<double> ratios;
  for (int pair = 0; pair < 31; ++pair) {
    const double first = one.run(seconds / 16, one_source).*rate;
    ratios.push_back(other.run(seconds / 16, other_source).*rate / first);
  }
  std::printf("%s: %.3f times (median of %zu pairs)\n", what, median(ratios), ratios.size());
}

void compare_scaling(const std::string& architecture, const Options& options) {
  const nn::Graph graph = make(architecture, options);
  Trainer one(graph, options, 1), two(graph, options, 2);
  compare((architecture + ", two workers beside one").c_str(), one, noise(options), two,
          noise(options), options.seconds, &Trainer::Rate::per_second);
}

// On a shared machine no two cores are alike: what is compared runs on the same one.
void stay_on_this_core() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(std::size_t(sched_getcpu()), &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

void compare_data(const std::string& architecture, Options options) {
  if (options.threads == 1) stay_on_this_core();
  const train::Recipe recipe;
  const data::Dataset dataset = train::open_drawings(recipe, {options.data});
  options.classes = int(dataset.classes.size());
  const train::Epoch epoch(recipe, dataset, 1);
  const nn::Source drawings = [&](std::size_t row, std::span<float> picture) {
    return epoch.draw(row % epoch.size(), picture);
  };
  // The batch is of drawings too, and none is learned: a net is faster or slower on noise, and on a
  // batch that it knows by heart.
  options.learning_rate = 0;
  const auto rows = std::size_t(options.batch);
  std::vector<float> pictures(rows * pixels);
  std::vector<nn::Lesson> lessons;
  for (std::size_t row = 0; row < rows; ++row)
    lessons.push_back(drawings(row, std::span(pictures).subspan(row * pixels, pixels)));
  const nn::Source batch = [&](std::size_t row, std::span<float> picture) {
    std::copy_n(&pictures[row % rows * pixels], pixels, picture.begin());
    return lessons[row % rows];
  };
  const nn::Graph graph = make(architecture, options);
  Trainer fixed(graph, options, options.threads), real(graph, options, options.threads);
  compare((architecture + ", augmented drawings beside one batch").c_str(), fixed, batch, real,
          drawings, options.seconds, &Trainer::Rate::per_cpu_second);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    for (const std::string& architecture : options.architectures) {
      if (options.scaling)
        compare_scaling(architecture, options);
      else if (!options.data.empty())
        compare_data(architecture, options);
      else
        measure(architecture, options);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_trainer: %s\n", error.what());
    return 2;
  }
}
