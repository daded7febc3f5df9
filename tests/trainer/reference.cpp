#include "tests/trainer/reference.h"

#include <algorithm>

namespace reference {
namespace {

using nn::Kind;
using nn::Layer;
using nn::Shape;

// Where [n, c, y, x] stands in [N, C, H, W].
std::size_t at(const Shape& s, int n, int c, int y, int x) {
  return std::size_t(((n * s.channels + c) * s.height + y) * s.width + x);
}

// Calls visit(output, input, kernel) for every product that a convolution sums; indices into the
// flat arrays.
template <class Visit>
void for_each_product(const Layer& l, const Shape& in, const Shape& out, int batch, Visit visit) {
  const int inputs = in.channels / l.groups, outputs = l.outputs / l.groups;
  for (int n = 0; n < batch; ++n)
    for (int o = 0; o < out.channels; ++o)
      for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x)
          for (int i = 0; i < inputs; ++i)
            for (int v = 0; v < l.kernel; ++v)
              for (int u = 0; u < l.kernel; ++u) {
                const int row = y * l.stride + v - l.padding, column = x * l.stride + u - l.padding;
                if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
                visit(at(out, n, o, y, x), at(in, n, o / outputs * inputs + i, row, column),
                      std::size_t(((o * inputs + i) * l.kernel + v) * l.kernel + u));
              }
}

// A dense layer is a convolution of 1x1 over as many channels as it has inputs.
Layer as_conv(const Layer& layer) {
  return layer.kind == Kind::dense ? nn::conv(layer.outputs, 1) : layer;
}

// Calls visit(output, input) with where the largest of each window stands.
template <class Visit>
void for_each_maximum(const Layer& l, const Shape& in, const Shape& out, int batch,
                      const std::vector<double>& x, Visit visit) {
  for (int n = 0; n < batch; ++n)
    for (int c = 0; c < out.channels; ++c)
      for (int row = 0; row < out.height; ++row)
        for (int column = 0; column < out.width; ++column) {
          std::size_t best = at(in, n, c, row * l.stride, column * l.stride);
          for (int v = 0; v < l.kernel; ++v)
            for (int u = 0; u < l.kernel; ++u) {
              const std::size_t here = at(in, n, c, row * l.stride + v, column * l.stride + u);
              if (x[here] > x[best]) best = here;
            }
          visit(at(out, n, c, row, column), best);
        }
}

std::vector<double> layer_forward(const Layer& l, const Shape& in, const Shape& out, int batch,
                                  const nn::WeightRange& range, std::span<const float> weights,
                                  const std::vector<double>& x) {
  std::vector<double> y(out.size() * std::size_t(batch), 0.0);
  const std::size_t plane = std::size_t(out.height * out.width);
  switch (l.kind) {
    case Kind::conv:
    case Kind::dense:
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = double(weights[range.bias_at + i / plane % std::size_t(out.channels)]);
      for_each_product(as_conv(l), in, out, batch,
                       [&](std::size_t o, std::size_t i, std::size_t k) {
                         y[o] += double(weights[range.kernel_at + k]) * x[i];
                       });
      break;
    case Kind::max_pool:
      for_each_maximum(l, in, out, batch, x, [&](std::size_t o, std::size_t i) { y[o] = x[i]; });
      break;
    case Kind::global_average_pool: {
      const auto pixels = std::size_t(in.height * in.width);
      for (std::size_t i = 0; i < x.size(); ++i) y[i / pixels] += x[i] / double(pixels);
      break;
    }
    case Kind::relu:
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::max(x[i], 0.0);
      break;
    case Kind::flatten:
      y = x;
      break;
  }
  return y;
}

// Takes the gradient at the layer's output, adds to that of its weights, returns that at its input.
std::vector<double> layer_backward(const Layer& l, const Shape& in, const Shape& out, int batch,
                                   const nn::WeightRange& range, std::span<const float> weights,
                                   const std::vector<double>& x, const std::vector<double>& dy,
                                   std::vector<double>& weight_gradient) {
  std::vector<double> dx(x.size(), 0.0);
  const std::size_t plane = std::size_t(out.height * out.width);
  switch (l.kind) {
    case Kind::conv:
    case Kind::dense:
      for (std::size_t i = 0; i < dy.size(); ++i)
        weight_gradient[range.bias_at + i / plane % std::size_t(out.channels)] += dy[i];
      for_each_product(as_conv(l), in, out, batch,
                       [&](std::size_t o, std::size_t i, std::size_t k) {
                         weight_gradient[range.kernel_at + k] += dy[o] * x[i];
                         dx[i] += dy[o] * double(weights[range.kernel_at + k]);
                       });
      break;
    case Kind::max_pool:
      for_each_maximum(l, in, out, batch, x, [&](std::size_t o, std::size_t i) { dx[i] += dy[o]; });
      break;
    case Kind::global_average_pool: {
      const auto pixels = std::size_t(in.height * in.width);
      for (std::size_t i = 0; i < x.size(); ++i) dx[i] = dy[i / pixels] / double(pixels);
      break;
    }
    case Kind::relu:
      for (std::size_t i = 0; i < x.size(); ++i) dx[i] = x[i] > 0 ? dy[i] : 0;
      break;
    case Kind::flatten:
      dx = dy;
      break;
  }
  return dx;
}

}  // namespace

Values forward(const nn::Graph& graph, std::span<const float> weights, std::span<const float> input,
               int batch) {
  const std::vector<Shape> shapes = nn::shapes_of(graph);
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  Values values = {std::vector<double>(input.begin(), input.end())};
  for (std::size_t i = 0; i < shapes.size(); ++i)
    values.push_back(layer_forward(graph.layers[i], i == 0 ? graph.input : shapes[i - 1], shapes[i],
                                   batch, ranges[i], weights, values.back()));
  return values;
}

std::vector<double> backward(const nn::Graph& graph, std::span<const float> weights,
                             const Values& values, std::span<const float> output_gradient,
                             int batch) {
  const std::vector<Shape> shapes = nn::shapes_of(graph);
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  std::vector<double> weight_gradient(weights.size(), 0.0);
  std::vector<double> gradient(output_gradient.begin(), output_gradient.end());
  for (std::size_t i = shapes.size(); i-- > 0;)
    gradient = layer_backward(graph.layers[i], i == 0 ? graph.input : shapes[i - 1], shapes[i],
                              batch, ranges[i], weights, values[i], gradient, weight_gradient);
  return weight_gradient;
}

}  // namespace reference
