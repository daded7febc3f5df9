// A residual network of 3x3 convolutions (He et al. 2015, "Deep residual learning for image
// recognition"). Settings::width scales the channels, Settings::depth is the number of blocks of
// the two larger sizes. At width 2 and depth 2 a teacher for the others.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

constexpr ConvOptions no_bias{.bias = false};

// Two 3x3 convolutions around which the input is led, through a 1x1 where the channels change.
void block(Graph& graph, int channels, bool widens) {
  const int from = graph.last();
  const int around = widens ? graph.add({conv(channels, 1, no_bias), batch_norm()}) : from;
  const int through = graph.add(
      {conv(channels, 3, no_bias), batch_norm(), relu(), conv(channels, 3, no_bias), batch_norm()},
      from);
  graph.join(add(), {through, around});
  graph.add({relu()});
}

Graph make(const Settings& s) {
  const int blocks = s.depth > 0 ? s.depth : 1;
  Graph graph({1, s.side, s.side});
  graph.add({conv(channels(16, s), 3, no_bias), batch_norm(), relu(), max_pool(2)});
  for (int i = 0; i < blocks; ++i) block(graph, channels(32, s), i == 0);  // [N, 32, 14, 14]
  graph.add({max_pool(2)});
  for (int i = 0; i < blocks; ++i) block(graph, channels(64, s), i == 0);  // [N, 64, 7, 7]
  graph.add({max_pool(3, {.stride = 2, .padding = 1})});
  block(graph, channels(128, s), true);  // [N, 128, 4, 4]
  graph.add({dropout(0.3f), global_average_pool(), flatten(), dense(s.classes)});
  return graph;
}

}  // namespace

Architectures residual() {
  return {{"residual", "3x3 convolutions, batch norm, residual", make}};
}

}  // namespace zoo
