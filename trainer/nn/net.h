// One worker's network: the layers of a graph compiled into oneDNN primitives for a fixed number of
// pictures. It belongs to one thread; workers.h runs several.
//
//   Net net(graph, 64, Net::Mode::training);
//   net.load(weights);                       // once a step: the weights, in each primitive's own
//   layout fill(net.input());                       // [N, C, H, W] net.forward(); // fills
//   net.logits(), [N, classes] loss(net.logits(), labels, net.logit_gradient());
//   net.backward(gradient);                  // d loss / d weights, in the order of the weights
//
// ReLU is computed inside the layer before it, or after the pool that follows it (where there are a
// quarter of the numbers; the two commute). The first layer's input gradient is not computed.
#pragma once

#include <memory>
#include <span>

#include "trainer/nn/graph.h"

namespace nn {

class Net {
 public:
  enum class Mode { inference, training };

  // Fails where the graph's shapes do not fit. batch >= 1.
  Net(const Graph& graph, int batch, Mode mode);
  ~Net();

  int batch() const;

  void load(std::span<const float> weights);
  std::span<float> input();               // [N, channels, height, width]
  std::span<const float> logits() const;  // [N, classes]
  std::span<float> logit_gradient();      // [N, classes]; Mode::training only
  void forward();
  void backward(std::span<float> gradient);  // Mode::training only

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

// Keeps oneDNN from starting threads of its own in the calling thread, and makes numbers too small
// for a normal float count as zero (they would be slow). Call at the start of each thread that runs
// a Net.
void begin_worker_thread();

}  // namespace nn
