// Networks in whole numbers of eight bits: weights -127..127 with a scale for each output channel,
// activations 0..255 with a scale and a zero point for each map (Jacob et al. 2018, "Quantization
// and training of neural networks for efficient integer-arithmetic-only inference").
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "trainer/nn/graph.h"
#include "trainer/nn/workers.h"

namespace nn {

// The scales of a layer's kernel, [outputs], such that its largest weight becomes 127. input_scale:
// of the activations that it reads, 0 where they are not quantized; biases, which are then whole
// numbers of input_scale * scale, must fit into 31 bits.
std::vector<float> weight_scales(std::span<const float> kernel, std::span<const float> bias,
                                 std::size_t outputs, float input_scale);

// The scale of what layer `i` reads: that of the nearest quantize layer before it, seen through
// max-pools and flattening; 0 where there is none.
float input_scale_of(const Graph& graph, std::size_t i);

// Rounds every kernel, and the biases behind quantized activations, to what the file will hold.
void round_weights(const Graph& graph, std::vector<float>& weights);

struct Quantized {
  Graph graph;
  std::vector<float> weights;  // as before: the new layers have none
};

// Puts a quantize layer behind the picture and behind every layer with an output of its own but the
// last, with the range that has the smallest mean squared error over the outputs for `rows`
// pictures of `source`. The picture, whole 255ths, loses nothing.
Quantized quantize_activations(const Graph& graph, const std::vector<float>& weights,
                               std::size_t rows, const Source& source);

}  // namespace nn
