// Pairs of 3x3 convolutions with batch norm, and a depthwise-separable one at the end, where a full
// one would cost most of the weights: in eight bits dense convolutions are the faster ones, weight
// by weight. The models that ship are this (docs/model.md). Settings::width scales the channels,
// Settings::depth is the number of convolutions of each of the three larger sizes.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

Graph make(const Settings& s) {
  constexpr ConvOptions no_bias{.bias = false};
  const int convolutions = s.depth > 0 ? s.depth : 2;
  Graph graph({1, s.side, s.side});
  const auto add = [&](int channels) {
    graph.add({conv(channels, 3, no_bias), batch_norm(), relu()});
  };
  for (const int size : {16, 32, 64}) {  // at [N, 16, 28, 28], [N, 32, 14, 14], [N, 64, 7, 7]
    if (size > 16) graph.add({max_pool(2)});
    for (int i = 0; i < convolutions; ++i) add(channels(size, s));
  }
  graph.add({max_pool(3, {.stride = 2, .padding = 1})});
  const int wide = channels(160, s);
  add(wide);  // [N, 160, 4, 4]
  graph.add({conv(wide, 3, {.groups = wide, .bias = false}), batch_norm(), relu()});
  graph.add({conv(channels(256, s), 1, no_bias), batch_norm(), relu()});
  graph.add({global_average_pool(), flatten(), dense(s.classes)});
  return graph;
}

}  // namespace

Architectures compact() {
  return {{"compact", "pairs of 3x3 convolutions, batch norm, a separable end", make}};
}

}  // namespace zoo
