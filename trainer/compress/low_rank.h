// Dense and 1x1 layers as products of two thinner ones, by singular value decomposition (Denton et
// al. 2014, "Exploiting linear structure within convolutional networks").
#pragma once

#include <vector>

#include "trainer/nn/graph.h"

namespace compression {

// What is kept; the first one that is not 0 counts.
struct RankOptions {
  int rank = 0;       // of every layer
  double energy = 0;  // of each layer: this share of the sum of the squared singular values
  double share = 0;   // of the network's parameters at most; the energy that this leaves
};

struct LowRank {
  nn::Graph graph;
  std::vector<float> weights;
  std::vector<int> ranks;  // of the layers that were split
};

// graph: folded. A layer is left alone where the product would have no fewer weights. Fails where
// the share cannot be met.
LowRank low_rank(const nn::Graph& graph, const std::vector<float>& weights,
                 const RankOptions& options);

}  // namespace compression
