#include "trainer/nn/graph.h"

#include <array>
#include <cmath>

#include "engine/random.h"
#include "trainer/error.h"

namespace nn {
namespace {

bool has_weights(const Layer& layer) {
  return layer.kind == Kind::conv || layer.kind == Kind::dense;
}

// The side that a window of `kernel` leaves of `side` pixels; 0 or less where it does not fit.
int window_positions(int side, const Layer& layer) {
  const int room = side + 2 * layer.padding - layer.kernel;
  return room < 0 ? 0 : room / layer.stride + 1;
}

// What `layer` makes of `in`; a shape without channels where it does not fit.
Shape shape_after(const Layer& layer, const Shape& in) {
  switch (layer.kind) {
    case Kind::conv:
      if (in.channels % layer.groups != 0 || layer.outputs % layer.groups != 0) return {0, 0, 0};
      return {layer.outputs, window_positions(in.height, layer), window_positions(in.width, layer)};
    case Kind::max_pool:
      return {in.channels, window_positions(in.height, layer), window_positions(in.width, layer)};
    case Kind::global_average_pool:
      return {in.channels, 1, 1};
    case Kind::flatten:
      return {int(in.size()), 1, 1};
    case Kind::dense:
      return in.height == 1 && in.width == 1 ? Shape{layer.outputs, 1, 1} : Shape{0, 0, 0};
    case Kind::relu:
      return in;
  }
  return {0, 0, 0};
}

// The inputs that one output sums over.
std::size_t fan_in(const Layer& layer, const Shape& in) {
  if (layer.kind == Kind::dense) return in.size();
  return std::size_t(in.channels / layer.groups) * std::size_t(layer.kernel * layer.kernel);
}

}  // namespace

Layer conv(int channels, int kernel, const ConvOptions& options) {
  return {.kind = Kind::conv,
          .outputs = channels,
          .kernel = kernel,
          .stride = options.stride,
          .padding = options.padding < 0 ? (kernel - 1) / 2 : options.padding,
          .groups = options.groups};
}
Layer max_pool(int kernel) {
  return {.kind = Kind::max_pool, .kernel = kernel, .stride = kernel};
}
Layer global_average_pool() {
  return {.kind = Kind::global_average_pool};
}
Layer flatten() {
  return {.kind = Kind::flatten};
}
Layer dense(int units) {
  return {.kind = Kind::dense, .outputs = units};
}
Layer relu() {
  return {.kind = Kind::relu};
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 6> names = {"conv",    "max pool", "global average pool",
                                                     "flatten", "dense",    "relu"};
  return names.at(std::size_t(kind));
}

std::vector<Shape> shapes_of(const Graph& graph) {
  std::vector<Shape> shapes;
  Shape shape = graph.input;
  for (const Layer& layer : graph.layers) {
    const Shape in = shape;
    shape = shape_after(layer, in);
    if (shape.channels < 1 || shape.height < 1 || shape.width < 1)
      fail("layer {} ({}) does not fit on {}x{}x{}", shapes.size() + 1, name_of(layer.kind),
           in.channels, in.height, in.width);
    shapes.push_back(shape);
  }
  return shapes;
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
    if (!has_weights(layer)) continue;
    const auto outputs = std::size_t(layer.outputs);
    ranges[i].kernel_at = at;
    ranges[i].kernel_size = outputs * fan_in(layer, i == 0 ? graph.input : shapes[i - 1]);
    ranges[i].bias_at = at + ranges[i].kernel_size;
    ranges[i].bias_size = outputs;
    at = ranges[i].bias_at + outputs;
  }
  return ranges;
}

std::size_t parameter_count(const Graph& graph) {
  std::size_t count = 0;
  for (const WeightRange& range : weight_ranges(graph))
    count += range.kernel_size + range.bias_size;
  return count;
}

std::vector<std::int64_t> multiply_adds(const Graph& graph) {
  const std::vector<Shape> shapes = shapes_of(graph);
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::int64_t positions = std::int64_t(shapes[i].height) * shapes[i].width;
    counts.push_back(positions * std::int64_t(ranges[i].kernel_size));
  }
  return counts;
}

std::vector<float> he_weights(const Graph& graph, std::uint64_t seed) {
  Random random{seed};
  std::vector<float> weights(parameter_count(graph), 0.0f);
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const WeightRange& range = ranges[i];
    if (range.kernel_size == 0) continue;
    const bool last = i + 1 == ranges.size();
    const double fan = double(range.kernel_size) / double(range.bias_size);
    const double deviation = std::sqrt((last ? 1.0 : 2.0) / fan);
    for (std::size_t k = 0; k < range.kernel_size; ++k)
      weights[range.kernel_at + k] = float(deviation * random.normal());
  }
  return weights;
}

}  // namespace nn
