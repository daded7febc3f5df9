// Depthwise-separable convolutions (Howard et al. 2017, "MobileNets") with residual connections
// (He et al. 2015): 108,516 parameters at 100 classes. Settings::width scales the channels,
// Settings::depth is the number of residual blocks.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

// A 3x3 convolution of each channel by itself, then a 1x1 convolution across them.
void separable(Graph& graph, int inputs, int outputs, bool residual) {
  const ConvOptions no_bias{.bias = false};
  const int before = graph.last();
  const int after = graph.add({conv(inputs, 3, {.groups = inputs, .bias = false}), batch_norm(),
                               relu(), conv(outputs, 1, no_bias), batch_norm()});
  if (residual) graph.join(add(), {after, before});
  graph.add({relu()});
}

Graph make(const Settings& s) {
  const int blocks = s.depth > 0 ? s.depth : 2;
  Graph graph({1, s.side, s.side});
  graph.add({conv(channels(32, s), 3, {.bias = false}), batch_norm(), relu(), max_pool(2)});
  separable(graph, channels(32, s), channels(64, s), false);  // [N, 64, 14, 14]
  graph.add({max_pool(2)});
  separable(graph, channels(64, s), channels(128, s), false);  // [N, 128, 7, 7]
  for (int i = 0; i < blocks; ++i) separable(graph, channels(128, s), channels(128, s), true);
  separable(graph, channels(128, s), channels(256, s), false);  // [N, 256, 7, 7]
  graph.add({global_average_pool(), flatten(), dense(s.classes)});
  return graph;
}

}  // namespace

Architectures mobile() {
  return {{"mobile", "depthwise-separable, batch norm, residual", make}};
}

}  // namespace zoo
