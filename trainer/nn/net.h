// One worker's network: the layers of a graph compiled into oneDNN primitives, and the loops of
// kernels.h, for a fixed number of pictures. It belongs to one thread; workers.h runs several.
//
//   Net net(graph, 64, {.mode = Net::Mode::training});
//   net.load(weights);                       // once a step
//   fill(net.input());                       // [N, C, H, W]
//   net.forward(seed);                       // fills net.logits(), [N, classes]
//   loss(net.logits(), labels, net.logit_gradient());
//   net.backward();                          // adds to the gradient of the weights
//   net.store(gradient);                     // d loss / d weights, in the order of the weights
//
// Between load() and store() there may be any number of passes: their gradients are summed in the
// layouts in which they are computed.
//
// An activation is computed inside the layer before it; before a max-pool of 2, together with it.
// The input gradient of what reads the picture is not computed. With bf16, activations and what is
// multiplied are rounded to bf16; sums, the first layer, weights and gradients outside stay float.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "trainer/nn/graph.h"

namespace nn {

enum class Precision { f32, bf16 };

// Whether the processor multiplies bf16 (AVX512_BF16, AMX): elsewhere it is slower than f32 by far.
bool multiplies_bf16();

// Whether it does so in tiles (AMX): fastest by far, and the better the more there is to a call.
bool has_tiles();

// bf16 where the processor multiplies it, else f32.
Precision fastest_precision();

class Net {
 public:
  enum class Mode { inference, training };
  struct Options {
    Mode mode = Mode::training;
    Precision precision = Precision::f32;
  };

  // Fails where the graph's shapes do not fit. batch >= 1. For inference, fold() the graph first.
  Net(const Graph& graph, int batch, const Options& options);
  ~Net();

  int batch() const;

  // weight_count(graph) of them. Forgets the gradient.
  void load(std::span<const float> weights);
  std::span<float> input();               // [N, channels, height, width]
  std::span<const float> logits() const;  // [N, classes]
  std::span<float> logit_gradient();      // [N, classes]; Mode::training only

  // The seed decides what dropout drops in this pass.
  void forward(std::uint64_t seed = 0);

  // Mode::training only. share: what this pass counts in the mean of the batch norms' statistics.
  void backward(float share = 1);

  // The sum over the passes since load(), weight_count(graph) numbers. In place of a batch norm's
  // statistics stand the passes' own, weighted by their shares: the mean, and the variance with
  // N - 1.
  void store(std::span<float> gradient) const;

  // Where the time goes: seconds of the thread since measure_time(), by layer (with what was fused
  // into it).
  struct LayerTime {
    int layer;
    double forward = 0, backward = 0;
  };
  void measure_time();
  std::vector<LayerTime> times() const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

// Keeps oneDNN from starting threads of its own in the calling thread, and makes numbers too small
// for a normal float count as zero (they would be slow). Call at the start of each thread that runs
// a Net.
void begin_worker_thread();

}  // namespace nn
