// What the ranks of a training run pay for their sum over the gradients, beside the step itself:
// run it under mpirun with --bind-to core, one rank a core. docs/scaling.md reckons with its
// numbers.
//
//   mpirun -np 2 --mca btl tcp,self bench_allreduce      loopback, as over a network
//   mpirun -np 2 --mca btl vader,self bench_allreduce    shared memory
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "trainer/nn/ranks.h"
#include "trainer/nn/workers.h"
#include "trainer/zoo/zoo.h"

namespace {

// Microseconds that a call takes: the least and the median of many.
struct Times {
  double least, median;
};
Times time(int repeats, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const Clock::time_point begin = Clock::now();
    call();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return {times.front(), times[times.size() / 2]};
}

}  // namespace

int main() {
  const nn::Ranks ranks = nn::Ranks::join({});
  const auto sum = [&](const char* what, std::size_t floats) {
    std::vector<float> values(floats, 0.0f);
    const Times t = time(300, [&] { ranks.sum(values); });
    if (ranks.leads())
      std::printf("%-12s sum of %8zu bytes over %d ranks: median %7.0f us, least %7.0f us\n", what,
                  4 * floats, ranks.count(), t.median, t.least);
  };
  sum("nothing", 1);
  for (const std::string name : {"simple-cnn", "mobile"})
    sum(name.c_str(), nn::weight_count(zoo::find(name).make({.classes = 100})));
  sum("mobile x4", nn::weight_count(zoo::find("mobile").make({.classes = 100, .width = 4})));
  // The step of one rank, alone: 128 drawings, as of a batch of 256 on two machines of one core.
  for (const std::string name : {"simple-cnn", "mobile"}) {
    const nn::Graph graph = zoo::find(name).make({.classes = 100});
    nn::Workers workers(graph, nn::TrainingState(graph, nn::he_weights(graph, 1)),
                        {.batch = 128, .threads = 1});
    const nn::Source source = [](std::size_t row, std::span<float> picture) {
      std::fill(picture.begin(), picture.end(), float(row % 7) / 7);
      return int(row % 100);
    };
    const Times t = time(60, [&] { workers.step(128, 1e-3f, source); });
    if (ranks.leads())
      std::printf("%-12s step on 128 drawings, one thread: median %7.0f us, least %7.0f us\n",
                  name.c_str(), t.median, t.least);
  }
}
