// The network's arithmetic written out in plain loops and double precision: slow, obvious, and what
// the fast one is compared with.
#pragma once

#include <span>
#include <vector>

#include "trainer/nn/graph.h"

namespace reference {

// The outputs of all layers for `batch` pictures; values[0] is the input, values[i + 1] what layer
// i made of it, each [N, C, H, W].
using Values = std::vector<std::vector<double>>;
Values forward(const nn::Graph& graph, std::span<const double> weights,
               std::span<const float> input, int batch);

// d(sum of output * output_gradient) / d weights.
std::vector<double> backward(const nn::Graph& graph, std::span<const double> weights,
                             const Values& values, std::span<const float> output_gradient,
                             int batch);

}  // namespace reference
