// The trainer's speed: whole training steps (forward, backward, Adam) on one fixed batch of noise,
// in images per CPU-second.
//
//   bench_trainer [architecture] [--classes 100] [--batch 256] [--threads 1] [--seconds 4]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "engine/random.h"
#include "trainer/nn/workers.h"
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
  std::string architecture = "simple-cnn";
  int classes = 100;
  int batch = 256;
  int threads = 1;
  double seconds = 4;
  nn::Precision precision = nn::fastest_precision();
  bool layers = false;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return std::atof(i + 1 < argc ? argv[++i] : "0"); };
    if (argument == "--classes")
      options.classes = int(value());
    else if (argument == "--batch")
      options.batch = int(value());
    else if (argument == "--threads")
      options.threads = int(value());
    else if (argument == "--f32")
      options.precision = nn::Precision::f32;
    else if (argument == "--layers")
      options.layers = true;
    else if (argument == "--seconds")
      options.seconds = value();
    else
      options.architecture = argument;
  }
  return options;
}

// Eight batches of noise, as the comparison in compare_pytorch has them too.
std::vector<float> noise(std::size_t size) {
  Random random{1};
  std::vector<float> values(size);
  for (float& value : values) value = float(random.uniform());
  return values;
}

void measure(const Options& options) {
  constexpr int side = 28;
  constexpr std::size_t batches = 8, pixels = side * side;
  const auto batch = std::size_t(options.batch);
  const nn::Graph graph = zoo::find(options.architecture).make({.classes = options.classes});
  const std::vector<float> pictures = noise(batches * batch * pixels);
  nn::Workers workers(
      graph, nn::TrainingState(graph, nn::he_weights(graph, 1)),
      {.batch = options.batch, .threads = options.threads, .precision = options.precision});

  std::size_t steps = 0;
  const auto step = [&] {
    const std::size_t at = steps++ % batches * batch;
    workers.step(batch, 1e-3f, [&](std::size_t row, std::span<float> picture) {
      const auto from = pictures.begin() + std::ptrdiff_t((at + row) * pixels);
      std::copy(from, from + pixels, picture.begin());
      return int((at + row) * 7919 % std::size_t(options.classes));
    });
  };
  for (int i = 0; i < 5; ++i) step();

  if (options.layers) workers.measure_time();
  steps = 0;
  const double wall = wall_seconds(), cpu = cpu_seconds();
  while (wall_seconds() - wall < options.seconds) step();
  const double images = double(steps * batch);
  std::printf("%s %.0f images per CPU-second, %.0f per second on %d threads\n",
              options.architecture.c_str(), images / (cpu_seconds() - cpu),
              images / (wall_seconds() - wall), workers.threads());
  if (!options.layers) return;
  for (const nn::Net::LayerTime& time : workers.times())
    if (time.forward > 0)
      std::printf("  %2d %-20s %7.2f %7.2f us\n", time.layer,
                  std::string(nn::name_of(graph.layers[std::size_t(time.layer)].kind)).c_str(),
                  1e6 * time.forward / images, 1e6 * time.backward / images);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    measure(parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_trainer: %s\n", error.what());
    return 2;
  }
}
