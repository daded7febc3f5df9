// A trained network made smaller, by methods that can be chained:
//
//   fold   batch norms become part of the convolutions before them (every exported model has that)
//   svd    dense and 1x1 layers as products of two thinner ones (low_rank.h), then fine-tuning
//   prune  the smallest weights become 0, little by little while fine-tuning (tune.h): the file is
//          as large as before until it is compressed, as web servers do
//   int8   weights and activations in eight bits (nn/quantize.h), or the weights alone
//
//   onnx::Model small = compression::compress(model, {Method::svd, Method::int8}, recipe, dataset,
//   {});
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/compress/low_rank.h"
#include "trainer/compress/tune.h"
#include "trainer/data/dataset.h"
#include "trainer/onnx/onnx.h"
#include "trainer/train/recipe.h"

namespace compression {

enum class Method { fold, svd, prune, int8 };
using Chain = std::vector<Method>;

// "svd,int8". Fails on a name that is not known, one that stands twice, and int8 before another.
Chain read_chain(std::string_view text);
std::string name_of(const Chain& chain);

struct Options {
  double kept = 0.5;          // svd: at most this share of the file's bytes
  int rank = 0;               //   or, where it is not 0, this rank in every layer
  double energy = 0;          //   or this share of each layer's squared singular values
  double pruned = 0.7;        // share of the kernels' weights that become 0
  bool weights_only = false;  // int8: activations stay float
  TuneOptions tune = {};      // of svd and prune; its share of zeros is `pruned` above
};

nlohmann::json to_json(const Options& options);  // all that decides what comes out

// The temperature and the thresholds of the card are set anew, from the validation split; its
// accuracy from the test split. dataset: of the model's classes, split as it was for its training.
// Fails on a model that is int8 already, and where interrupted.
onnx::Model compress(onnx::Model model, const Chain& chain, const train::Recipe& recipe,
                     const data::Dataset& dataset, const Options& options);

// What a model costs and is worth, as metrics.json says it: parameters, nonzero (of them),
// multiply_adds, bytes, gzip and brotli (as web servers send it: gzip -9, brotli -q 11), and on the
// test split {top1, top3, top5, loss}. file: the bytes of the .onnx.
nlohmann::json assess(const onnx::Model& model, const std::string& file,
                      const data::Dataset& dataset, int threads);

// Milliseconds that ONNX Runtime Web takes for one picture on one thread, for each of the files, in
// turns in one run of node: medians. Empty where node or the package is not there.
std::vector<double> milliseconds_in_runtime(const std::vector<std::string>& files, int side);

// A table in Markdown, a row for each entry: what assess() says, with "name", and "milliseconds"
// where they were measured. Entries of one name (several seeds) share a row: means, and the
// standard deviation of the accuracies.
std::string table(const nlohmann::json& entries);

}  // namespace compression
