// A network as plain data: layers over pictures, each fed by earlier ones, and one flat array with
// all of its weights.
//
//   nn::Graph graph{{1, 28, 28}, {nn::conv(16, 3), nn::relu(), nn::max_pool(2), nn::flatten(),
//                                 nn::dense(345)}};
//   std::vector<float> weights = nn::he_weights(graph, seed);
//
// A chain is a list of layers; branches are made by naming where a layer's inputs come from:
//
//   const int trunk = graph.add({nn::conv(16, 3), nn::relu()});
//   const int left = graph.add({nn::conv(8, 1)}, trunk), right = graph.add({nn::conv(8, 3)},
//   trunk); graph.join(nn::concatenate(), {left, right});
//
// The last layer's outputs are logits; the softmax after them is the loss's, or the model file's.
//
// The weights stand in the order of the layers: first every layer's parameters, each layer's kernel
// before its bias, then every batch norm's statistics, which are measured and not trained.
//   conv        kernel [outputs, inputs / groups, rows, columns], bias [outputs]
//   dense       kernel [outputs, inputs], bias [outputs]
//   batch norm  kernel (gamma) [channels], bias (beta) [channels]; statistics: mean and variance,
//               [2, channels]
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace nn {

enum class Kind {
  conv,
  dense,
  batch_norm,
  max_pool,
  average_pool,
  global_average_pool,
  flatten,
  relu,
  relu6,
  leaky_relu,
  dropout,
  add,
  concatenate,
  quantize
};

// Rows and columns; one number means a square.
struct Size {
  int rows = 0;
  int columns = 0;

  constexpr Size(int side) : rows(side), columns(side) {}
  constexpr Size(int n_rows, int n_columns) : rows(n_rows), columns(n_columns) {}
  bool operator==(const Size&) const = default;
};

// Where a layer's input comes from: the index of an earlier layer, or the picture.
inline constexpr int picture = -1;

struct Layer {
  Kind kind;
  int outputs = 0;     // conv: channels; dense: units
  Size kernel = 1;     // conv, pools
  int stride = 1;      // conv, pools
  Size padding = 0;    // conv, pools: rows and columns of nothing on each side
  int groups = 1;      // conv
  bool bias = true;    // conv, dense
  float value = 0;     // leaky_relu: slope below 0; dropout: share of numbers that are dropped;
                       // quantize: the scale
  int zero_point = 0;  // quantize
  std::vector<int> inputs = {};

  bool operator==(const Layer&) const = default;
};

// One picture or feature map, [channels, height, width]; vectors are [channels, 1, 1].
struct Shape {
  int channels = 1;
  int height = 1;
  int width = 1;

  std::size_t size() const {
    return std::size_t(channels) * std::size_t(height) * std::size_t(width);
  }
  bool operator==(const Shape&) const = default;
};

struct Graph {
  Shape input;
  std::vector<Layer> layers;

  Graph() = default;
  explicit Graph(const Shape& pictures) : input(pictures) {}
  Graph(const Shape& pictures, std::initializer_list<Layer> chain) : input(pictures) { add(chain); }

  int last() const { return int(layers.size()) - 1; }

  // Adds a chain of layers behind layer `from` (or the last one); the index of its last layer.
  int add(std::initializer_list<Layer> chain, int from);
  int add(std::initializer_list<Layer> chain) { return add(chain, last()); }

  // Adds a layer with several inputs; its index.
  int join(Layer layer, std::vector<int> from);

  bool operator==(const Graph&) const = default;
};

// The layers. An odd convolution is padded so that the picture keeps its size, unless told
// otherwise.
inline constexpr Size same_padding{-1, -1};
struct ConvOptions {
  int stride = 1;
  Size padding = same_padding;  // (kernel - 1) / 2, which keeps the size of the picture
  int groups = 1;
  bool bias = true;
};
Layer conv(int channels, Size kernel, const ConvOptions& options = {});
Layer dense(int units);
Layer batch_norm();

// What is left over at the right and the bottom is dropped.
struct PoolOptions {
  int stride = 0;  // 0: the kernel's side
  int padding = 0;
};
Layer max_pool(int kernel, const PoolOptions& options = {});
Layer average_pool(int kernel, const PoolOptions& options = {});  // padding does not count
Layer global_average_pool();
Layer flatten();
Layer relu();
Layer relu6();                  // min(max(x, 0), 6)
Layer leaky_relu(float slope);  // x < 0: slope x
Layer dropout(float share);     // in training; the rest grows by 1 / (1 - share)
Layer add();                    // inputs of one shape
Layer concatenate();            // along the channels

// Rounds to the numbers that a byte can stand for: scale (q - zero_point), q in 0..255 (ONNX's
// QuantizeLinear and DequantizeLinear). In training the gradient passes where nothing was cut off
// (Bengio, Leonard, Courville 2013).
Layer quantize(float scale, int zero_point);

std::string_view name_of(Kind kind);
bool is_activation(Kind kind);  // relu, relu6, leaky_relu

// What comes out of each layer. Fails, naming the layer, where a layer does not fit on what it is
// given.
std::vector<Shape> shapes_of(const Graph& graph);

// What goes into a layer (its first input): shapes[...] or the picture.
const Shape& input_shape(const Graph& graph, const std::vector<Shape>& shapes, std::size_t layer);

// The layers that read each layer's output; entry 0 is for the picture, entry i + 1 for layer i.
std::vector<std::vector<int>> readers_of(const Graph& graph);

int classes_of(const Graph& graph);

// Where a layer's weights stand in the flat array; sizes are 0 where a layer has none.
struct WeightRange {
  std::size_t kernel_at = 0;
  std::size_t kernel_size = 0;
  std::size_t bias_at = 0;
  std::size_t bias_size = 0;
  std::size_t statistics_at = 0;  // batch norm: mean [channels], then variance [channels]
  std::size_t statistics_size = 0;
};
std::vector<WeightRange> weight_ranges(const Graph& graph);
std::size_t parameter_count(const Graph& graph);
std::size_t weight_count(const Graph& graph);  // parameters and statistics

// Multiplications with an addition for one picture, by layer; convolutions count their padding too.
std::vector<std::int64_t> multiply_adds(const Graph& graph);
std::int64_t multiply_add_count(const Graph& graph);  // of all layers

// Kernels from a normal distribution with variance 2 / fan-in, biases 0 (He et al. 2015, "Delving
// deep into rectifiers"); a layer that no activation follows with variance 1 / fan-in. Batch norms
// begin as the identity.
std::vector<float> he_weights(const Graph& graph, std::uint64_t seed);

// Kernels evenly from -a..a with a = sqrt(6 / (fan-in + fan-out)) (Glorot, Bengio 2010,
// "Understanding the difficulty of training deep feedforward neural networks"), as Keras begins.
std::vector<float> glorot_weights(const Graph& graph, std::uint64_t seed);

// The same network without batch norms and dropout, for use: a batch norm becomes part of the
// convolution or dense layer before it, or a 1x1 convolution by channel where there is none.
struct Folded {
  Graph graph;
  std::vector<float> weights;
};
Folded fold(const Graph& graph, const std::vector<float>& weights);

inline constexpr float batch_norm_epsilon = 1e-5f;  // added to the variance

}  // namespace nn
