// SqueezeNet's fire modules (Iandola et al. 2016): a 1x1 convolution squeezes the channels, 1x1 and
// 3x3 convolutions side by side expand them. Downsampling comes late, so that most layers see large
// maps.
#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

void fire(Graph& graph, int squeeze, int expand) {
  const int narrow = graph.add({conv(squeeze, 1), relu()});
  const int ones = graph.add({conv(expand, 1), relu()}, narrow);
  const int threes = graph.add({conv(expand, 3), relu()}, narrow);
  graph.join(concatenate(), {ones, threes});
}

Graph make(const Settings& s) {
  Graph graph({1, s.side, s.side});
  graph.add({conv(32, 3), relu(), max_pool(2)});  // [N, 32, 14, 14]
  fire(graph, 16, 32);
  fire(graph, 16, 32);       // [N, 64, 14, 14]
  graph.add({max_pool(2)});  // [N, 64, 7, 7]
  fire(graph, 32, 48);
  fire(graph, 32, 64);  // [N, 128, 7, 7]
  graph.add({dropout(0.1f), conv(s.classes, 1), global_average_pool(), flatten()});
  return graph;
}

}  // namespace

Architectures squeeze() {
  return {{"squeeze", "SqueezeNet's fire modules, late downsampling", make}};
}

}  // namespace zoo
