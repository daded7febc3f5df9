#include "trainer/nn/graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/random.h"
#include "trainer/error.h"

namespace nn {
namespace {

constexpr Shape no_shape{0, 0, 0};

// What a layer may make of one picture, in numbers, and the weights that it may have: sizes are
// computed without a thought of overflow.
constexpr double largest_map = 1 << 28, most_weights = 1 << 30;

// The rows (or columns) that a window leaves of `side` pixels; 0 where it does not fit.
int window_positions(int side, int kernel, int padding, int stride) {
  const int room = side + 2 * padding - kernel;
  return room < 0 ? 0 : room / stride + 1;
}

Shape windowed(const Layer& layer, const Shape& in, int channels) {
  return {
      channels,
      window_positions(in.height, layer.kernel.rows, layer.padding.rows, layer.stride),
      window_positions(in.width, layer.kernel.columns, layer.padding.columns, layer.stride),
  };
}

Shape concatenated(const std::vector<Shape>& inputs) {
  const Shape& first = inputs.front();
  double channels = 0;
  for (const Shape& in : inputs) {
    if (in.height != first.height || in.width != first.width) return no_shape;
    channels += in.channels;
  }
  return channels <= largest_map ? Shape{int(channels), first.height, first.width} : no_shape;
}

// What `layer` makes of its inputs; no_shape where it does not fit.
Shape shape_after(const Layer& layer, const std::vector<Shape>& inputs) {
  const Shape& in = inputs.front();
  switch (layer.kind) {
    case Kind::conv:
      if (in.channels % layer.groups != 0 || layer.outputs % layer.groups != 0) return no_shape;
      return windowed(layer, in, layer.outputs);
    case Kind::max_pool:
    case Kind::average_pool:
      // Else there are windows over nothing but padding.
      if (layer.padding.rows >= layer.kernel.rows || layer.padding.columns >= layer.kernel.columns)
        return no_shape;
      return windowed(layer, in, in.channels);
    case Kind::global_average_pool:
      return {in.channels, 1, 1};
    case Kind::flatten:
      return {int(in.size()), 1, 1};
    case Kind::dense:
      return in.height == 1 && in.width == 1 ? Shape{layer.outputs, 1, 1} : no_shape;
    case Kind::add:
      return std::count(inputs.begin(), inputs.end(), in) == std::ssize(inputs) ? in : no_shape;
    case Kind::concatenate:
      return concatenated(inputs);
    case Kind::batch_norm:
    case Kind::relu:
    case Kind::relu6:
    case Kind::leaky_relu:
    case Kind::dropout:
    case Kind::quantize:
      return in;
  }
  return no_shape;
}

bool has_kernel(Kind kind) {
  return kind == Kind::conv || kind == Kind::dense;
}

// The inputs that one output sums over.
std::size_t fan_in(const Layer& layer, const Shape& in) {
  if (layer.kind == Kind::dense) return in.size();
  return std::size_t(in.channels / layer.groups) * std::size_t(layer.kernel.rows) *
         std::size_t(layer.kernel.columns);
}

// Calls set(layer, range, fan_in) for each layer with a kernel, and makes batch norms the identity.
template <class Set>
std::vector<float> initial_weights(const Graph& graph, Set set) {
  std::vector<float> weights(weight_count(graph), 0.0f);
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  const std::vector<Shape> shapes = shapes_of(graph);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const WeightRange& range = ranges[i];
    if (graph.layers[i].kind == Kind::batch_norm) {
      std::fill_n(weights.begin() + std::ptrdiff_t(range.kernel_at), range.kernel_size, 1.0f);
      const std::size_t channels = range.statistics_size / 2;
      std::fill_n(weights.begin() + std::ptrdiff_t(range.statistics_at + channels), channels, 1.0f);
    } else if (range.kernel_size > 0) {
      const std::span<float> kernel(weights.data() + range.kernel_at, range.kernel_size);
      set(i, kernel, double(fan_in(graph.layers[i], input_shape(graph, shapes, i))));
    }
  }
  return weights;
}

// Does an activation read what layer i makes, perhaps after batch norms, pools and sums?
bool activation_follows(const Graph& graph, const std::vector<std::vector<int>>& readers,
                        std::size_t i) {
  for (const int reader : readers[i + 1]) {
    const Kind kind = graph.layers[std::size_t(reader)].kind;
    if (is_activation(kind)) return true;
    if (!has_kernel(kind) && activation_follows(graph, readers, std::size_t(reader))) return true;
  }
  return false;
}

// What a batch norm does to channel c: y = scale x + shift.
struct Affine {
  std::vector<double> scale, shift;
};

Affine affine_of(const WeightRange& range, const std::vector<float>& weights) {
  const std::size_t channels = range.kernel_size;
  Affine affine{std::vector<double>(channels), std::vector<double>(channels)};
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = double(weights[range.statistics_at + c]);
    const double variance = double(weights[range.statistics_at + channels + c]);
    const double deviation = std::sqrt(variance + double(batch_norm_epsilon));
    affine.scale[c] = double(weights[range.kernel_at + c]) / deviation;
    affine.shift[c] = double(weights[range.bias_at + c]) - mean * affine.scale[c];
  }
  return affine;
}

}  // namespace

int Graph::add(std::initializer_list<Layer> chain, int from) {
  for (const Layer& layer : chain) from = join(layer, {from});
  return from;
}

int Graph::join(Layer layer, std::vector<int> from) {
  layer.inputs = std::move(from);
  layers.push_back(std::move(layer));
  return last();
}

Layer conv(int channels, Size kernel, const ConvOptions& options) {
  const Size same{(kernel.rows - 1) / 2, (kernel.columns - 1) / 2};
  return {.kind = Kind::conv,
          .outputs = channels,
          .kernel = kernel,
          .stride = options.stride,
          .padding = options.padding == same_padding ? same : options.padding,
          .groups = options.groups,
          .bias = options.bias};
}
Layer dense(int units) {
  return {.kind = Kind::dense, .outputs = units};
}
Layer batch_norm() {
  return {.kind = Kind::batch_norm};
}
namespace {
Layer pool(Kind kind, int kernel, const PoolOptions& options) {
  return {.kind = kind,
          .kernel = kernel,
          .stride = options.stride > 0 ? options.stride : kernel,
          .padding = options.padding};
}
}  // namespace
Layer max_pool(int kernel, const PoolOptions& options) {
  return pool(Kind::max_pool, kernel, options);
}
Layer average_pool(int kernel, const PoolOptions& options) {
  return pool(Kind::average_pool, kernel, options);
}
Layer global_average_pool() {
  return {.kind = Kind::global_average_pool};
}
Layer flatten() {
  return {.kind = Kind::flatten};
}
Layer relu() {
  return {.kind = Kind::relu};
}
Layer relu6() {
  return {.kind = Kind::relu6};
}
Layer leaky_relu(float slope) {
  return {.kind = Kind::leaky_relu, .value = slope};
}
Layer dropout(float share) {
  return {.kind = Kind::dropout, .value = share};
}
Layer add() {
  return {.kind = Kind::add};
}
Layer concatenate() {
  return {.kind = Kind::concatenate};
}

Layer quantize(float scale, int zero_point) {
  return {.kind = Kind::quantize, .value = scale, .zero_point = zero_point};
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 14> names = {
      "conv", "dense", "batch norm", "max pool", "average pool", "global average pool", "flatten",
      "relu", "relu6", "leaky relu", "dropout",  "add",          "concatenate",         "quantize"};
  return names.at(std::size_t(kind));
}

bool is_activation(Kind kind) {
  return kind == Kind::relu || kind == Kind::relu6 || kind == Kind::leaky_relu;
}

std::vector<Shape> shapes_of(const Graph& graph) {
  std::vector<Shape> shapes;
  std::vector<Shape> inputs;
  for (const Layer& layer : graph.layers) {
    inputs.clear();
    for (const int from : layer.inputs) {
      if (from < picture || from >= int(shapes.size()))
        fail("layer {} ({}) reads layer {}, which does not come before it", shapes.size() + 1,
             name_of(layer.kind), from + 1);
      inputs.push_back(from == picture ? graph.input : shapes[std::size_t(from)]);
    }
    const bool joins = layer.kind == Kind::add || layer.kind == Kind::concatenate;
    if (inputs.empty() || (inputs.size() > 1 && !joins))
      fail("layer {} ({}) has {} inputs", shapes.size() + 1, name_of(layer.kind), inputs.size());
    const Shape shape = shape_after(layer, inputs);
    if (shape.channels < 1 || shape.height < 1 || shape.width < 1)
      fail("layer {} ({}) does not fit on {}x{}x{}", shapes.size() + 1, name_of(layer.kind),
           inputs[0].channels, inputs[0].height, inputs[0].width);
    if (double(shape.channels) * shape.height * shape.width > largest_map)
      fail("layer {} ({}) makes {}x{}x{} of one picture, which is too large", shapes.size() + 1,
           name_of(layer.kind), shape.channels, shape.height, shape.width);
    shapes.push_back(shape);
  }
  return shapes;
}

const Shape& input_shape(const Graph& graph, const std::vector<Shape>& shapes, std::size_t layer) {
  const int from = graph.layers[layer].inputs.front();
  return from == picture ? graph.input : shapes[std::size_t(from)];
}

std::vector<std::vector<int>> readers_of(const Graph& graph) {
  std::vector<std::vector<int>> readers(graph.layers.size() + 1);
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
    for (const int from : graph.layers[i].inputs) readers[std::size_t(from + 1)].push_back(int(i));
  return readers;
}

int classes_of(const Graph& graph) {
  return shapes_of(graph).back().channels;
}

std::vector<WeightRange> weight_ranges(const Graph& graph) {
  const std::vector<Shape> shapes = shapes_of(graph);
  std::vector<WeightRange> ranges(graph.layers.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Layer& layer = graph.layers[i];
    WeightRange& range = ranges[i];
    if (layer.kind == Kind::batch_norm) {
      range.kernel_size = range.bias_size = std::size_t(shapes[i].channels);
    } else if (has_kernel(layer.kind)) {
      const auto outputs = std::size_t(layer.outputs);
      const std::size_t inputs = fan_in(layer, input_shape(graph, shapes, i));
      if (double(outputs) * double(inputs) > most_weights)
        fail("layer {} ({}) has too many weights, {} x {}", i + 1, name_of(layer.kind), outputs,
             inputs);
      range.kernel_size = outputs * inputs;
      range.bias_size = layer.bias ? outputs : 0;
    }
    range.kernel_at = at;
    range.bias_at = at + range.kernel_size;
    at = range.bias_at + range.bias_size;
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].statistics_at = at;
    if (graph.layers[i].kind != Kind::batch_norm) continue;
    ranges[i].statistics_size = 2 * ranges[i].kernel_size;
    at += ranges[i].statistics_size;
  }
  return ranges;
}

std::size_t parameter_count(const Graph& graph) {
  std::size_t count = 0;
  for (const WeightRange& range : weight_ranges(graph))
    count += range.kernel_size + range.bias_size;
  return count;
}

std::size_t weight_count(const Graph& graph) {
  std::size_t count = 0;
  for (const WeightRange& range : weight_ranges(graph))
    count += range.kernel_size + range.bias_size + range.statistics_size;
  return count;
}

std::vector<std::int64_t> multiply_adds(const Graph& graph) {
  const std::vector<Shape> shapes = shapes_of(graph);
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::int64_t positions = std::int64_t(shapes[i].height) * shapes[i].width;
    const bool counted = has_kernel(graph.layers[i].kind);
    counts.push_back(counted ? positions * std::int64_t(ranges[i].kernel_size) : 0);
  }
  return counts;
}

std::int64_t multiply_add_count(const Graph& graph) {
  const std::vector<std::int64_t> counts = multiply_adds(graph);
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::vector<float> he_weights(const Graph& graph, std::uint64_t seed) {
  Random random{seed};
  const std::vector<std::vector<int>> readers = readers_of(graph);
  return initial_weights(graph, [&](std::size_t layer, std::span<float> kernel, double inputs) {
    const double gain = activation_follows(graph, readers, layer) ? 2 : 1;
    const double deviation = std::sqrt(gain / inputs);
    for (float& weight : kernel) weight = float(deviation * random.normal());
  });
}

std::vector<float> glorot_weights(const Graph& graph, std::uint64_t seed) {
  Random random{seed};
  return initial_weights(graph, [&](std::size_t i, std::span<float> kernel, double inputs) {
    const Layer& layer = graph.layers[i];
    // Of a convolution each input feeds as many products as the kernel has places.
    const double places = double(layer.kernel.rows) * layer.kernel.columns;
    const double outputs = double(layer.outputs) / layer.groups * places;
    const double a = std::sqrt(6 / (inputs + outputs));
    for (float& weight : kernel) weight = float(random.uniform(-a, a));
  });
}

Folded fold(const Graph& graph, const std::vector<float>& weights) {
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  const std::vector<std::vector<int>> readers = readers_of(graph);
  const std::vector<Shape> shapes = shapes_of(graph);
  Folded folded{Graph(graph.input), {}};
  std::vector<int> place(graph.layers.size() + 1, picture);  // in the new graph, of layer i - 1
  // The new layers' own weights: graph and array are put together at the end.
  std::vector<std::vector<float>> parts;

  const auto append = [&](Layer layer, std::vector<float> part) {
    for (int& from : layer.inputs) from = place[std::size_t(from + 1)];
    folded.graph.layers.push_back(std::move(layer));
    parts.push_back(std::move(part));
    return folded.graph.last();
  };
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    const WeightRange& range = ranges[i];
    const auto from = std::size_t(layer.inputs.front() + 1);
    if (layer.kind == Kind::dropout) {
      place[i + 1] = place[from];
      continue;
    }
    if (layer.kind != Kind::batch_norm) {
      const auto begin = weights.begin() + std::ptrdiff_t(range.kernel_at);
      const auto size = std::ptrdiff_t(range.kernel_size + range.bias_size);
      place[i + 1] = append(layer, {begin, begin + size});
      continue;
    }
    const Affine affine = affine_of(range, weights);
    const std::size_t channels = affine.scale.size();
    const bool into_previous =
        from > 0 && has_kernel(graph.layers[from - 1].kind) && readers[from].size() == 1;
    if (!into_previous) {
      std::vector<float> part(affine.scale.begin(), affine.scale.end());
      part.insert(part.end(), affine.shift.begin(), affine.shift.end());
      Layer scale = conv(int(channels), 1, {.groups = int(channels)});
      scale.inputs = layer.inputs;
      place[i + 1] = append(scale, std::move(part));
      continue;
    }
    place[i + 1] = place[from];
    Layer& target = folded.graph.layers[std::size_t(place[from])];
    std::vector<float>& part = parts[std::size_t(place[from])];
    if (!target.bias) part.resize(part.size() + channels, 0.0f);
    target.bias = true;
    const std::size_t inputs = part.size() / channels - 1;
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t k = 0; k < inputs; ++k) {
        float& weight = part[c * inputs + k];
        weight = float(double(weight) * affine.scale[c]);
      }
      float& bias = part[channels * inputs + c];
      bias = float(double(bias) * affine.scale[c] + affine.shift[c]);
    }
  }
  for (const std::vector<float>& part : parts)
    folded.weights.insert(folded.weights.end(), part.begin(), part.end());
  return folded;
}

}  // namespace nn
