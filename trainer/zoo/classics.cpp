// The large networks that the small ones descend from, for counting. Each as its paper or its
// best-known implementation describes it, for 1,000 classes of colour pictures.
#include <array>

#include "trainer/zoo/zoo.h"

namespace zoo {

using namespace nn;

namespace {

const Shape imagenet{3, 224, 224};

Graph alexnet() {
  return {imagenet,
          {conv(64, 11, {.stride = 4, .padding = 2}),
           relu(),
           max_pool(3, {.stride = 2}),
           conv(192, 5),
           relu(),
           max_pool(3, {.stride = 2}),  //
           conv(384, 3),
           relu(),
           conv(256, 3),
           relu(),
           conv(256, 3),
           relu(),  //
           max_pool(3, {.stride = 2}),
           flatten(),  //
           dropout(0.5f),
           dense(4096),
           relu(),
           dropout(0.5f),
           dense(4096),
           relu(),
           dense(1000)}};
}

Graph vgg16() {
  Graph graph(imagenet);
  constexpr std::array<std::array<int, 2>, 5> stages = {
      {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}};
  for (const auto& [channels, repeats] : stages) {
    for (int i = 0; i < repeats; ++i) graph.add({conv(channels, 3), relu()});
    graph.add({max_pool(2)});
  }
  graph.add({flatten(), dense(4096), relu(), dropout(0.5f), dense(4096), relu(), dropout(0.5f),
             dense(1000)});
  return graph;
}

// 1x1; 1x1 and 3x3; 1x1 and 5x5; pool and 1x1, side by side.
void inception_v1(Graph& graph, int ones, int threes_in, int threes, int fives_in, int fives,
                  int pooled) {
  const int from = graph.last();
  const int a = graph.add({conv(ones, 1), relu()}, from);
  const int b = graph.add({conv(threes_in, 1), relu(), conv(threes, 3), relu()}, from);
  const int c = graph.add({conv(fives_in, 1), relu(), conv(fives, 5), relu()}, from);
  const int d =
      graph.add({max_pool(3, {.stride = 1, .padding = 1}), conv(pooled, 1), relu()}, from);
  graph.join(concatenate(), {a, b, c, d});
}

Graph googlenet() {
  const PoolOptions half{.stride = 2, .padding = 1};
  Graph graph(imagenet);
  graph.add({conv(64, 7, {.stride = 2}), relu(), max_pool(3, half), conv(64, 1), relu(),
             conv(192, 3), relu(), max_pool(3, half)});
  inception_v1(graph, 64, 96, 128, 16, 32, 32);
  inception_v1(graph, 128, 128, 192, 32, 96, 64);
  graph.add({max_pool(3, half)});
  inception_v1(graph, 192, 96, 208, 16, 48, 64);
  inception_v1(graph, 160, 112, 224, 24, 64, 64);
  inception_v1(graph, 128, 128, 256, 24, 64, 64);
  inception_v1(graph, 112, 144, 288, 32, 64, 64);
  inception_v1(graph, 256, 160, 320, 32, 128, 128);
  graph.add({max_pool(3, half)});
  inception_v1(graph, 256, 160, 320, 32, 128, 128);
  inception_v1(graph, 384, 192, 384, 48, 128, 128);
  graph.add({global_average_pool(), flatten(), dropout(0.4f), dense(1000)});
  return graph;
}

// Inception-v3's unit: convolution, batch norm, ReLU; the index of its last layer.
int unit(Graph& graph, int from, int channels, Size kernel, ConvOptions options = {}) {
  options.bias = false;
  return graph.add({conv(channels, kernel, options), batch_norm(), relu()}, from);
}

int pooled_unit(Graph& graph, int from, int channels) {
  return unit(graph, graph.add({average_pool(3, {.stride = 1, .padding = 1})}, from), channels, 1);
}

void inception_35(Graph& g, int pooled) {
  const int from = g.last();
  const int a = unit(g, from, 64, 1);
  const int b = unit(g, unit(g, from, 48, 1), 64, 5);
  const int c = unit(g, unit(g, unit(g, from, 64, 1), 96, 3), 96, 3);
  g.join(concatenate(), {a, b, c, pooled_unit(g, from, pooled)});
}

void inception_17(Graph& g, int n) {
  const int from = g.last();
  const int a = unit(g, from, 192, 1);
  const int b = unit(g, unit(g, unit(g, from, n, 1), n, {1, 7}), 192, {7, 1});
  int c = unit(g, from, n, 1);
  for (const Size kernel : {Size{7, 1}, Size{1, 7}, Size{7, 1}}) c = unit(g, c, n, kernel);
  c = unit(g, c, 192, {1, 7});
  g.join(concatenate(), {a, b, c, pooled_unit(g, from, 192)});
}

void inception_8(Graph& g) {
  const int from = g.last();
  const int a = unit(g, from, 320, 1);
  const int b = unit(g, from, 384, 1);
  const int c = unit(g, unit(g, from, 448, 1), 384, 3);
  const int left = unit(g, b, 384, {1, 3}), right = unit(g, b, 384, {3, 1});
  const int low = unit(g, c, 384, {1, 3}), high = unit(g, c, 384, {3, 1});
  g.join(concatenate(), {a, left, right, low, high, pooled_unit(g, from, 192)});
}

Graph inception_v3() {
  const ConvOptions valid{.padding = 0}, half{.stride = 2, .padding = 0};
  Graph g({3, 299, 299});
  int x = unit(g, picture, 32, 3, half);
  x = unit(g, unit(g, x, 32, 3, valid), 64, 3);
  x = unit(g, g.add({max_pool(3, {.stride = 2})}, x), 80, 1, valid);
  unit(g, x, 192, 3, valid);
  g.add({max_pool(3, {.stride = 2})});
  for (const int pooled : {32, 64, 64}) inception_35(g, pooled);

  int from = g.last();
  const int a = unit(g, from, 384, 3, half);
  const int b = unit(g, unit(g, unit(g, from, 64, 1), 96, 3), 96, 3, half);
  g.join(concatenate(), {a, b, g.add({max_pool(3, {.stride = 2})}, from)});
  for (const int n : {128, 160, 160, 192}) inception_17(g, n);

  from = g.last();
  const int c = unit(g, unit(g, from, 192, 1), 320, 3, half);
  int d = unit(g, unit(g, unit(g, from, 192, 1), 192, {1, 7}), 192, {7, 1});
  d = unit(g, d, 192, 3, half);
  g.join(concatenate(), {c, d, g.add({max_pool(3, {.stride = 2})}, from)});
  inception_8(g);
  inception_8(g);
  g.add({global_average_pool(), flatten(), dropout(0.5f), dense(1000)});
  return g;
}

void fire(Graph& graph, int squeeze, int expand) {
  const int narrow = graph.add({conv(squeeze, 1), relu()});
  const int ones = graph.add({conv(expand, 1), relu()}, narrow);
  const int threes = graph.add({conv(expand, 3), relu()}, narrow);
  graph.join(concatenate(), {ones, threes});
}

Graph squeezenet() {
  Graph graph(imagenet);
  graph.add({conv(96, 7, {.stride = 2, .padding = 0}), relu(), max_pool(3, {.stride = 2})});
  for (const int squeeze : {16, 16, 32}) fire(graph, squeeze, 4 * squeeze);
  graph.add({max_pool(3, {.stride = 2})});
  for (const int squeeze : {32, 48, 48, 64}) fire(graph, squeeze, 4 * squeeze);
  graph.add({max_pool(3, {.stride = 2})});
  fire(graph, 64, 256);
  graph.add({dropout(0.5f), conv(1000, 1), relu(), global_average_pool(), flatten()});
  return graph;
}

// Expansion, depthwise convolution, projection; with the input added where shapes agree.
void inverted_residual(Graph& graph, int inputs, int outputs, int expansion, int stride) {
  const int before = graph.last();
  const int hidden = inputs * expansion;
  if (expansion > 1) graph.add({conv(hidden, 1, {.bias = false}), batch_norm(), relu6()});
  const ConvOptions by_channel{.stride = stride, .groups = hidden, .bias = false};
  const int after = graph.add({conv(hidden, 3, by_channel), batch_norm(), relu6(),
                               conv(outputs, 1, {.bias = false}), batch_norm()});
  if (stride == 1 && inputs == outputs) graph.join(add(), {after, before});
}

Graph mobilenet_v2() {
  struct Stage {
    int expansion, channels, repeats, stride;
  };
  constexpr std::array<Stage, 7> stages = {{{1, 16, 1, 1},
                                            {6, 24, 2, 2},
                                            {6, 32, 3, 2},
                                            {6, 64, 4, 2},
                                            {6, 96, 3, 1},
                                            {6, 160, 3, 2},
                                            {6, 320, 1, 1}}};
  Graph graph(imagenet);
  graph.add({conv(32, 3, {.stride = 2, .bias = false}), batch_norm(), relu6()});
  int channels = 32;
  for (const Stage& stage : stages)
    for (int i = 0; i < stage.repeats; ++i) {
      inverted_residual(graph, channels, stage.channels, stage.expansion,
                        i == 0 ? stage.stride : 1);
      channels = stage.channels;
    }
  graph.add({conv(1280, 1, {.bias = false}), batch_norm(), relu6(), global_average_pool(),
             flatten(), dropout(0.2f), dense(1000)});
  return graph;
}

constexpr Classic all[] = {
    {"AlexNet", "one tower, as torchvision has it (Krizhevsky 2014, \"One weird trick\")", 61.1,
     alexnet},
    {"VGG16", "configuration D, no batch norm (Simonyan, Zisserman 2014)", 138.4, vgg16},
    {"GoogLeNet", "without auxiliary heads or batch norm (Szegedy et al. 2014)", 6.8, googlenet},
    {"Inception-v3", "without the auxiliary head (Szegedy et al. 2015)", 23.8, inception_v3},
    {"SqueezeNet 1.0", "without bypass (Iandola et al. 2016)", 1.25, squeezenet},
    {"MobileNetV2", "width 1 (Sandler et al. 2018)", 3.5, mobilenet_v2},
};

}  // namespace

std::span<const Classic> classics() {
  return all;
}

}  // namespace zoo
