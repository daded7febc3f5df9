// A network as plain data: a chain of layers over pictures, and one flat array with all of its
// weights.
//
//   nn::Graph graph{{1, 28, 28}, {nn::conv(16, 3), nn::relu(), nn::max_pool(2), nn::flatten(),
//                                 nn::dense(345)}};
//   std::vector<float> weights = nn::he_weights(graph, seed);
//
// The last layer's outputs are logits. The weights stand in the order of the layers, each layer's
// kernel (conv: [outputs, inputs / groups, kernel, kernel], dense: [outputs, inputs]) before its
// bias [outputs].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nn {

enum class Kind { conv, max_pool, global_average_pool, flatten, dense, relu };

struct Layer {
  Kind kind;
  int outputs = 0;  // conv: channels; dense: units
  int kernel = 1;   // conv, max_pool: side
  int stride = 1;   // conv, max_pool
  int padding = 0;  // conv: rows and columns of zeros on each side
  int groups = 1;   // conv

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
};

// The layers. An odd convolution is padded so that the picture keeps its size, unless told
// otherwise.
struct ConvOptions {
  int stride = 1;
  int padding = -1;  // -1: (kernel - 1) / 2, which keeps the size of the picture
  int groups = 1;
};
Layer conv(int channels, int kernel, const ConvOptions& options = {});
Layer max_pool(
    int kernel);  // stride = kernel; what is left over at the right and the bottom is dropped
Layer global_average_pool();
Layer flatten();
Layer dense(int units);
Layer relu();

std::string_view name_of(Kind kind);

// What comes out of each layer. Fails, naming the layer, where a layer does not fit on what it is
// given.
std::vector<Shape> shapes_of(const Graph& graph);

int classes_of(const Graph& graph);

// Where a layer's weights stand in the flat array; layers without weights have none.
struct WeightRange {
  std::size_t kernel_at = 0;
  std::size_t kernel_size = 0;
  std::size_t bias_at = 0;
  std::size_t bias_size = 0;
};
std::vector<WeightRange> weight_ranges(const Graph& graph);
std::size_t parameter_count(const Graph& graph);

// Multiplications with an addition for one picture, by layer; convolutions count their padding too.
std::vector<std::int64_t> multiply_adds(const Graph& graph);

// Kernels from a normal distribution with variance 2 / fan-in, biases 0 (He et al. 2015, "Delving
// deep into rectifiers"); the last dense layer, which no ReLU follows, with variance 1 / fan-in.
std::vector<float> he_weights(const Graph& graph, std::uint64_t seed);

}  // namespace nn
