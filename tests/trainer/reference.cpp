#include "tests/trainer/reference.h"

#include <algorithm>
#include <cmath>

namespace reference {
namespace {

using nn::Kind;
using nn::Layer;
using nn::Shape;
using Numbers = std::vector<double>;

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
            for (int v = 0; v < l.kernel.rows; ++v)
              for (int u = 0; u < l.kernel.columns; ++u) {
                const int row = y * l.stride + v - l.padding.rows;
                const int column = x * l.stride + u - l.padding.columns;
                if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
                const int place = ((o * inputs + i) * l.kernel.rows + v) * l.kernel.columns + u;
                visit(at(out, n, o, y, x), at(in, n, o / outputs * inputs + i, row, column),
                      std::size_t(place));
              }
}

// A dense layer is a convolution of 1x1 over as many channels as it has inputs.
Layer as_conv(const Layer& layer) {
  return layer.kind == Kind::dense ? nn::conv(layer.outputs, 1) : layer;
}

// Calls visit(output, the inputs of its window).
template <class Visit>
void for_each_window(const Layer& l, const Shape& in, const Shape& out, int batch, Visit visit) {
  const bool whole = l.kind == Kind::global_average_pool;
  const int rows = whole ? in.height : l.kernel.rows, columns = whole ? in.width : l.kernel.columns;
  std::vector<std::size_t> window;
  for (int n = 0; n < batch; ++n)
    for (int c = 0; c < out.channels; ++c)
      for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
          window.clear();
          for (int v = 0; v < rows; ++v)
            for (int u = 0; u < columns; ++u) {
              const int row = y * l.stride + v - l.padding.rows;
              const int column = x * l.stride + u - l.padding.columns;
              if (row >= 0 && row < in.height && column >= 0 && column < in.width)
                window.push_back(at(in, n, c, row, column));
            }
          visit(at(out, n, c, y, x), window);
        }
}

std::size_t largest_of(const std::vector<std::size_t>& window, const Numbers& x) {
  return *std::max_element(window.begin(), window.end(),
                           [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
}

// The mean and the variance (over N, not N - 1) of each channel.
struct Moments {
  Numbers mean, variance;
  double count;
};
Moments moments_of(const Shape& shape, int batch, const Numbers& x) {
  const auto channels = std::size_t(shape.channels), plane = shape.size() / channels;
  Moments m{Numbers(channels, 0.0), Numbers(channels, 0.0), double(plane) * batch};
  for (std::size_t i = 0; i < x.size(); ++i) m.mean[i / plane % channels] += x[i] / m.count;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double distance = x[i] - m.mean[i / plane % channels];
    m.variance[i / plane % channels] += distance * distance / m.count;
  }
  return m;
}

double activation(const Layer& l, double x) {
  if (l.kind == Kind::relu6) return std::clamp(x, 0.0, 6.0);
  return x > 0 ? x : double(l.value) * x;
}
double activation_slope(const Layer& l, double x) {
  if (l.kind == Kind::relu6) return x > 0 && x < 6 ? 1 : 0;
  return x > 0 ? 1 : double(l.value);
}

// What the functions below need to know of a layer.
struct Place {
  const Layer& layer;
  std::vector<Shape> in;
  Shape out;
  int batch;
  nn::WeightRange range;
  std::span<const double> weights;
};

Numbers layer_forward(const Place& p, const std::vector<const Numbers*>& inputs) {
  const Layer& l = p.layer;
  const Numbers& x = *inputs[0];
  Numbers y(p.out.size() * std::size_t(p.batch), 0.0);
  const auto channels = std::size_t(p.out.channels), plane = p.out.size() / channels;
  const auto weight = [&](std::size_t i) { return p.weights[i]; };
  switch (l.kind) {
    case Kind::conv:
    case Kind::dense:
      if (l.bias)
        for (std::size_t i = 0; i < y.size(); ++i)
          y[i] = weight(p.range.bias_at + i / plane % channels);
      for_each_product(as_conv(l), p.in[0], p.out, p.batch,
                       [&](std::size_t o, std::size_t i, std::size_t k) {
                         y[o] += weight(p.range.kernel_at + k) * x[i];
                       });
      break;
    case Kind::batch_norm: {
      const Moments m = moments_of(p.out, p.batch, x);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t c = i / plane % channels;
        const double scale = weight(p.range.kernel_at + c) /
                             std::sqrt(m.variance[c] + double(nn::batch_norm_epsilon));
        y[i] = scale * (x[i] - m.mean[c]) + weight(p.range.bias_at + c);
      }
      break;
    }
    case Kind::max_pool:
      for_each_window(l, p.in[0], p.out, p.batch,
                      [&](std::size_t o, const auto& window) { y[o] = x[largest_of(window, x)]; });
      break;
    case Kind::average_pool:
    case Kind::global_average_pool:
      for_each_window(l, p.in[0], p.out, p.batch, [&](std::size_t o, const auto& window) {
        for (const std::size_t i : window) y[o] += x[i] / double(window.size());
      });
      break;
    case Kind::relu:
    case Kind::relu6:
    case Kind::leaky_relu:
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = activation(l, x[i]);
      break;
    case Kind::add:
      for (const Numbers* input : inputs)
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += (*input)[i];
      break;
    case Kind::concatenate: {
      std::size_t before = 0;
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        const std::size_t size = p.in[k].size();
        for (std::size_t i = 0; i < inputs[k]->size(); ++i)
          y[i / size * p.out.size() + before + i % size] = (*inputs[k])[i];
        before += size;
      }
      break;
    }
    case Kind::quantize:
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = std::nearbyint(std::clamp(x[i] / double(l.value), double(-l.zero_point),
                                         double(255 - l.zero_point))) *
               double(l.value);
      break;
    case Kind::flatten:
    case Kind::dropout:  // random: tested apart
      y = x;
      break;
  }
  return y;
}

// The gradients at the inputs; that of the weights is added to weight_gradient.
std::vector<Numbers> layer_backward(const Place& p, const std::vector<const Numbers*>& inputs,
                                    const Numbers& dy, Numbers& weight_gradient) {
  const Layer& l = p.layer;
  const Numbers& x = *inputs[0];
  Numbers dx(x.size(), 0.0);
  const auto channels = std::size_t(p.out.channels), plane = p.out.size() / channels;
  switch (l.kind) {
    case Kind::conv:
    case Kind::dense:
      if (l.bias)
        for (std::size_t i = 0; i < dy.size(); ++i)
          weight_gradient[p.range.bias_at + i / plane % channels] += dy[i];
      for_each_product(as_conv(l), p.in[0], p.out, p.batch,
                       [&](std::size_t o, std::size_t i, std::size_t k) {
                         weight_gradient[p.range.kernel_at + k] += dy[o] * x[i];
                         dx[i] += dy[o] * p.weights[p.range.kernel_at + k];
                       });
      break;
    case Kind::batch_norm: {
      const Moments m = moments_of(p.out, p.batch, x);
      Numbers sum(channels, 0.0), product(channels, 0.0);
      const auto normal = [&](std::size_t i, std::size_t c) {
        return (x[i] - m.mean[c]) / std::sqrt(m.variance[c] + double(nn::batch_norm_epsilon));
      };
      for (std::size_t i = 0; i < dy.size(); ++i) {
        const std::size_t c = i / plane % channels;
        sum[c] += dy[i];
        product[c] += dy[i] * normal(i, c);
      }
      for (std::size_t i = 0; i < dy.size(); ++i) {
        const std::size_t c = i / plane % channels;
        const double scale = p.weights[p.range.kernel_at + c] /
                             std::sqrt(m.variance[c] + double(nn::batch_norm_epsilon));
        dx[i] = scale * (dy[i] - sum[c] / m.count - normal(i, c) * product[c] / m.count);
      }
      for (std::size_t c = 0; c < channels; ++c) {
        weight_gradient[p.range.kernel_at + c] += product[c];
        weight_gradient[p.range.bias_at + c] += sum[c];
        weight_gradient[p.range.statistics_at + c] = m.mean[c];
        weight_gradient[p.range.statistics_at + channels + c] =
            m.variance[c] * m.count / (m.count - 1);
      }
      break;
    }
    case Kind::max_pool:
      for_each_window(l, p.in[0], p.out, p.batch, [&](std::size_t o, const auto& window) {
        dx[largest_of(window, x)] += dy[o];
      });
      break;
    case Kind::average_pool:
    case Kind::global_average_pool:
      for_each_window(l, p.in[0], p.out, p.batch, [&](std::size_t o, const auto& window) {
        for (const std::size_t i : window) dx[i] += dy[o] / double(window.size());
      });
      break;
    case Kind::relu:
    case Kind::relu6:
    case Kind::leaky_relu:
      for (std::size_t i = 0; i < x.size(); ++i) dx[i] = activation_slope(l, x[i]) * dy[i];
      break;
    case Kind::add:
      return std::vector<Numbers>(inputs.size(), dy);
    case Kind::concatenate: {
      std::vector<Numbers> parts;
      std::size_t before = 0;
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        const std::size_t size = p.in[k].size();
        Numbers& part = parts.emplace_back(inputs[k]->size());
        for (std::size_t i = 0; i < part.size(); ++i)
          part[i] = dy[i / size * p.out.size() + before + i % size];
        before += size;
      }
      return parts;
    }
    case Kind::quantize:  // as if nothing had been rounded
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double q = x[i] / double(l.value) + l.zero_point;
        dx[i] = q >= 0 && q <= 255 ? dy[i] : 0;
      }
      break;
    case Kind::flatten:
    case Kind::dropout:
      dx = dy;
      break;
  }
  return {dx};
}

// Calls visit(place, inputs, layer index) for each layer; last first where `reverse`.
template <class Visit>
void for_each_layer(const nn::Graph& graph, std::span<const double> weights, int batch,
                    const Values& values, bool reverse, Visit visit) {
  const std::vector<Shape> shapes = nn::shapes_of(graph);
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const std::size_t i = reverse ? shapes.size() - 1 - k : k;
    Place place{graph.layers[i], {}, shapes[i], batch, ranges[i], weights};
    std::vector<const Numbers*> inputs;
    for (const int from : graph.layers[i].inputs) {
      place.in.push_back(from == nn::picture ? graph.input : shapes[std::size_t(from)]);
      inputs.push_back(&values[std::size_t(from + 1)]);
    }
    visit(place, inputs, i);
  }
}

}  // namespace

Values forward(const nn::Graph& graph, std::span<const double> weights,
               std::span<const float> input, int batch) {
  Values values(graph.layers.size() + 1);
  values[0].assign(input.begin(), input.end());
  for_each_layer(graph, weights, batch, values, false,
                 [&](const Place& place, const auto& inputs, std::size_t i) {
                   values[i + 1] = layer_forward(place, inputs);
                 });
  return values;
}

std::vector<double> backward(const nn::Graph& graph, std::span<const double> weights,
                             const Values& values, std::span<const float> output_gradient,
                             int batch) {
  Numbers weight_gradient(weights.size(), 0.0);
  std::vector<Numbers> gradients(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) gradients[i].assign(values[i].size(), 0.0);
  gradients.back().assign(output_gradient.begin(), output_gradient.end());
  for_each_layer(graph, weights, batch, values, true,
                 [&](const Place& place, const auto& inputs, std::size_t i) {
                   const std::vector<Numbers> parts =
                       layer_backward(place, inputs, gradients[i + 1], weight_gradient);
                   for (std::size_t k = 0; k < parts.size(); ++k) {
                     Numbers& sum = gradients[std::size_t(place.layer.inputs[k] + 1)];
                     for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += parts[k][j];
                   }
                 });
  return weight_gradient;
}

}  // namespace reference
