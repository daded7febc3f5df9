#include "trainer/nn/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace nn {
namespace {

constexpr float most_weight = 127, most_bias = 1 << 30;

// What `source` makes of one layer: the outputs of some pictures.
std::vector<float> outputs_of(const Graph& graph, const std::vector<float>& weights,
                              std::size_t layer, std::size_t rows, const Source& source) {
  Graph part(graph.input);
  part.layers.assign(graph.layers.begin(), graph.layers.begin() + std::ptrdiff_t(layer) + 1);
  std::vector<float> own(weights.begin(), weights.begin() + std::ptrdiff_t(weight_count(part)));
  part.add({flatten()});
  const auto size = std::size_t(classes_of(part));
  std::vector<float> outputs(rows * size);
  Workers::classifier(part, own).classify(
      rows, source, [&](std::size_t row, int, std::span<float> values) {
        std::copy(values.begin(), values.end(), outputs.begin() + std::ptrdiff_t(row * size));
      });
  return outputs;
}

Layer range_of(float low, float high) {
  low = std::min(low, 0.0f);  // 0 must be one of the numbers: it pads the maps
  high = std::max(high, low + 1e-6f);
  const float scale = (high - low) / 255;
  return quantize(scale, int(std::lround(-low / scale)));
}

// The range, cut off where that makes the error smaller.
Layer best_range(const std::vector<float>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Layer best = range_of(*low, *high);
  double least = std::numeric_limits<double>::infinity();
  for (int cut = 0; cut < 40; ++cut) {
    const float share = 1 - 0.02f * float(cut);
    const Layer range = range_of(*low * share, *high * share);
    const auto bottom = float(-range.zero_point), top = 255 + bottom;
    double error = 0;
    for (const float v : values) {
      const float q = std::nearbyint(std::clamp(v / range.value, bottom, top)) * range.value;
      error += double(v - q) * double(v - q);
    }
    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}

bool makes_numbers(Kind kind) {
  return kind != Kind::max_pool && kind != Kind::flatten && kind != Kind::dropout &&
         kind != Kind::quantize;
}

}  // namespace

std::vector<float> weight_scales(std::span<const float> kernel, std::span<const float> bias,
                                 std::size_t outputs, float input_scale) {
  const std::size_t inputs = kernel.size() / outputs;
  std::vector<float> scales(outputs);
  for (std::size_t o = 0; o < outputs; ++o) {
    float largest = 1e-9f;
    for (const float w : kernel.subspan(o * inputs, inputs))
      largest = std::max(largest, std::abs(w));
    scales[o] = largest / most_weight;
    if (input_scale > 0 && !bias.empty())
      scales[o] = std::max(scales[o], std::abs(bias[o]) / (input_scale * most_bias));
  }
  return scales;
}

float input_scale_of(const Graph& graph, std::size_t i) {
  int from = graph.layers[i].inputs.front();
  while (from != picture) {
    const Layer& layer = graph.layers[std::size_t(from)];
    if (layer.kind == Kind::quantize) return layer.value;
    if (layer.kind != Kind::max_pool && layer.kind != Kind::flatten) break;
    from = layer.inputs.front();
  }
  return 0;
}

void round_weights(const Graph& graph, std::vector<float>& weights) {
  const std::vector<WeightRange> ranges = weight_ranges(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (ranges[i].kernel_size == 0) continue;
    const std::span<float> kernel =
        std::span(weights).subspan(ranges[i].kernel_at, ranges[i].kernel_size);
    const std::span<float> bias =
        std::span(weights).subspan(ranges[i].bias_at, ranges[i].bias_size);
    const auto outputs = std::size_t(graph.layers[i].outputs);
    const float input_scale = input_scale_of(graph, i);
    const std::vector<float> scales = weight_scales(kernel, bias, outputs, input_scale);
    const std::size_t inputs = kernel.size() / outputs;
    for (std::size_t o = 0; o < outputs; ++o) {
      for (float& w : kernel.subspan(o * inputs, inputs))
        w = std::nearbyint(w / scales[o]) * scales[o];
      if (input_scale > 0 && !bias.empty()) {
        const double unit = double(input_scale) * double(scales[o]);
        bias[o] = float(std::nearbyint(double(bias[o]) / unit) * unit);
      }
    }
  }
}

Quantized quantize_activations(const Graph& graph, const std::vector<float>& weights,
                               std::size_t rows, const Source& source) {
  const std::vector<std::vector<int>> readers = readers_of(graph);
  Quantized result{Graph(graph.input), weights};
  std::vector<int> place(graph.layers.size() + 1, picture);  // of layer i - 1
  place[0] = result.graph.join(quantize(1.0f / 255, 0), {picture});
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    Layer layer = graph.layers[i];
    std::vector<int> inputs;
    inputs.reserve(layer.inputs.size());
    for (const int from : layer.inputs) inputs.push_back(place[std::size_t(from + 1)]);
    place[i + 1] = result.graph.join(std::move(layer), std::move(inputs));
    const std::vector<int>& next = readers[i + 1];
    const bool goes_into_activation =
        next.size() == 1 && is_activation(graph.layers[std::size_t(next.front())].kind);
    if (next.empty() || goes_into_activation || !makes_numbers(graph.layers[i].kind)) continue;
    place[i + 1] =
        result.graph.join(best_range(outputs_of(graph, weights, i, rows, source)), {place[i + 1]});
  }
  return result;
}

}  // namespace nn
