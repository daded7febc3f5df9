#include "trainer/compress/low_rank.h"

#include <Eigen/SVD>
#include <algorithm>
#include <cstddef>

#include "trainer/error.h"

namespace compression {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A layer's kernel as [outputs, inputs] = u * diag(s) * v^T.
struct Split {
  Matrix u, v;
  Eigen::VectorXd s;

  int full_rank() const { return int(s.size()); }
  std::size_t size_at(int rank) const {
    return std::size_t(rank) * std::size_t(u.rows() + v.rows());
  }
  int rank_of(double energy) const {
    const double all = s.squaredNorm();
    double sum = 0;
    for (int rank = 0; rank < full_rank(); ++rank) {
      if (sum >= energy * all) return std::max(1, rank);
      sum += s[rank] * s[rank];
    }
    return full_rank();
  }
};

bool can_be_split(const nn::Layer& layer) {
  return layer.kind == nn::Kind::dense ||
         (layer.kind == nn::Kind::conv && layer.kernel == nn::Size(1) && layer.groups == 1 &&
          layer.stride == 1 && layer.padding == nn::Size(0));
}

std::vector<Split> decompose(const nn::Graph& graph, const std::vector<float>& weights) {
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  std::vector<Split> splits(graph.layers.size());
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (!can_be_split(graph.layers[i])) continue;
    const auto outputs = Eigen::Index(graph.layers[i].outputs);
    const Eigen::Index inputs = Eigen::Index(ranges[i].kernel_size) / outputs;
    Matrix kernel(outputs, inputs);
    for (Eigen::Index k = 0; k < kernel.size(); ++k)
      kernel.data()[k] = double(weights[ranges[i].kernel_at + std::size_t(k)]);
    const Eigen::BDCSVD<Eigen::MatrixXd> svd(kernel, Eigen::ComputeThinU | Eigen::ComputeThinV);
    splits[i] = {svd.matrixU(), svd.matrixV(), svd.singularValues()};
  }
  return splits;
}

// The rank of each layer; 0: it is left alone.
std::vector<int> ranks_at(const nn::Graph& graph, const std::vector<Split>& splits, int rank,
                          double energy) {
  std::vector<int> ranks(graph.layers.size(), 0);
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (splits[i].full_rank() == 0) continue;
    const int r = rank > 0 ? std::min(rank, splits[i].full_rank()) : splits[i].rank_of(energy);
    const auto full = std::size_t(splits[i].u.rows() * splits[i].v.rows());
    if (splits[i].size_at(r) < full) ranks[i] = r;
  }
  return ranks;
}

std::size_t parameters_at(const nn::Graph& graph, const std::vector<Split>& splits,
                          const std::vector<int>& ranks) {
  std::size_t count = nn::parameter_count(graph);
  for (std::size_t i = 0; i < splits.size(); ++i)
    if (ranks[i] > 0)
      count = count - std::size_t(splits[i].u.rows() * splits[i].v.rows()) +
              splits[i].size_at(ranks[i]);
  return count;
}

// The ranks with the most energy that leave no more than a share of the parameters.
std::vector<int> ranks_within(const nn::Graph& graph, const std::vector<Split>& splits,
                              double share) {
  const double most = share * double(nn::parameter_count(graph));
  double low = 0, high = 1;
  if (double(parameters_at(graph, splits, ranks_at(graph, splits, 0, low))) > most)
    fail(
        "low rank cannot leave as few as {:.0f} parameters of {}: the other layers have more; "
        "keep a larger share",
        most, nn::parameter_count(graph));
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    const auto fits = double(parameters_at(graph, splits, ranks_at(graph, splits, 0, middle)));
    (fits <= most ? low : high) = middle;
  }
  return ranks_at(graph, splits, 0, low);
}

}  // namespace

LowRank low_rank(const nn::Graph& graph, const std::vector<float>& weights,
                 const RankOptions& options) {
  const std::vector<Split> splits = decompose(graph, weights);
  const std::vector<int> ranks = options.rank > 0 || options.energy > 0
                                     ? ranks_at(graph, splits, options.rank, options.energy)
                                     : ranks_within(graph, splits, options.share);
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  LowRank result{nn::Graph(graph.input), {}, {}};
  std::vector<int> place(graph.layers.size() + 1, nn::picture);  // of layer i - 1
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    nn::Layer layer = graph.layers[i];
    std::vector<int> inputs;
    inputs.reserve(layer.inputs.size());
    for (const int from : layer.inputs) inputs.push_back(place[std::size_t(from + 1)]);
    const auto bias = weights.begin() + std::ptrdiff_t(ranges[i].bias_at);
    if (const int rank = ranks[i]; rank > 0) {
      const Split& split = splits[i];
      nn::Layer thin = layer;
      thin.outputs = rank;
      thin.bias = false;
      inputs = {result.graph.join(thin, inputs)};
      // Both factors get the root of the singular values: fine-tuning then moves them alike.
      const Eigen::VectorXd root = split.s.head(rank).cwiseSqrt();
      for (int r = 0; r < rank; ++r)
        for (Eigen::Index k = 0; k < split.v.rows(); ++k)
          result.weights.push_back(float(root[r] * split.v(k, r)));
      for (Eigen::Index o = 0; o < split.u.rows(); ++o)
        for (int r = 0; r < rank; ++r) result.weights.push_back(float(root[r] * split.u(o, r)));
      result.ranks.push_back(rank);
    } else {
      const auto kernel = weights.begin() + std::ptrdiff_t(ranges[i].kernel_at);
      result.weights.insert(result.weights.end(), kernel,
                            kernel + std::ptrdiff_t(ranges[i].kernel_size));
    }
    result.weights.insert(result.weights.end(), bias, bias + std::ptrdiff_t(ranges[i].bias_size));
    place[i + 1] = result.graph.join(std::move(layer), std::move(inputs));
  }
  return result;
}

}  // namespace compression
