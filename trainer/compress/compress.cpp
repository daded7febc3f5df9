#include "trainer/compress/compress.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "trainer/error.h"
#include "trainer/nn/quantize.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/measure.h"

namespace compression {
namespace {

constexpr std::array<std::string_view, 4> names = {"fold", "svd", "prune", "int8"};

// Pictures on which the ranges of activations are measured.
constexpr std::size_t calibration_pictures = 512;

// The rank options for what is left of the file: its card and names stay as they are.
RankOptions rank_options(const onnx::Model& model, const Options& options) {
  const std::size_t parameters = nn::parameter_count(model.graph);
  const double bytes = double(onnx::write_model(model.graph, model.weights, model.card).size());
  const double rest = bytes - 4 * double(parameters) + 512;  // and what the new layers' names take
  return {.rank = options.rank,
          .energy = options.energy,
          .share = std::max(0.0, (options.kept * bytes - rest) / (4 * double(parameters)))};
}

void quantize(onnx::Model& model, const data::Dataset& dataset, bool weights_only) {
  const auto& samples = dataset.samples[std::size_t(data::Split::train)];
  const std::size_t rows = std::min(calibration_pictures, samples.size());
  if (!weights_only) {
    nn::Quantized quantized = nn::quantize_activations(
        model.graph, model.weights, rows, [&](std::size_t row, std::span<float> picture) {
          const data::Sample& sample = samples[row * samples.size() / rows];
          data::draw(dataset, sample, model.card.raster, picture);
          return int(sample.label);
        });
    model.graph = std::move(quantized.graph);
    model.weights = std::move(quantized.weights);
  }
  nn::round_weights(model.graph, model.weights);
  model.type = onnx::WeightType::int8;
}

void rewrite_card(onnx::Model& model, const Chain& chain, const data::Dataset& dataset,
                  int threads) {
  nn::Workers workers = nn::Workers::classifier(model.graph, model.weights, threads);
  const report::Calibration calibration = report::calibrate(
      workers, dataset, dataset.samples[std::size_t(data::Split::validation)], model.card.raster);
  model.card.temperature = calibration.temperature;
  model.card.class_accuracy = calibration.class_accuracy;
  model.card.thresholds = calibration.thresholds;
  const auto& test = dataset.samples[std::size_t(data::Split::test)];
  const report::Accuracy accuracy =
      report::measure(workers, dataset, test, model.card.raster).accuracy;
  model.card.accuracy =
      fmt::format("{} on {} drawings of the test split", report::as_text(accuracy), test.size());
  model.card.name += " " + name_of(chain);
}

}  // namespace

Chain read_chain(std::string_view text) {
  Chain chain;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view name = text.substr(at, end - at);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      fail("there is no method '{}'; known are: {}", name, fmt::join(names, ", "));
    const auto method = Method(found - names.begin());
    if (std::find(chain.begin(), chain.end(), method) != chain.end())
      fail("the method '{}' stands twice in '{}'", name, text);
    if (!chain.empty() && chain.back() == Method::int8)
      fail("int8 must be the last method of '{}': what is rounded is not trained any more", text);
    if (method == Method::svd &&
        std::find(chain.begin(), chain.end(), Method::prune) != chain.end())
      fail("svd must come before prune in '{}': it makes new weights, none of which is 0", text);
    chain.push_back(method);
    at = end + 1;
  }
  return chain;
}

std::string name_of(const Chain& chain) {
  std::string text;
  for (const Method method : chain)
    text += fmt::format("{}{}", text.empty() ? "" : ",", names.at(std::size_t(method)));
  return text;
}

nlohmann::json to_json(const Options& o) {
  return {{"kept", o.kept},
          {"rank", o.rank},
          {"energy", o.energy},
          {"pruned", o.pruned},
          {"weights_only", o.weights_only},
          {"tune_epochs", o.tune.epochs ? nlohmann::json(*o.tune.epochs) : nlohmann::json()},
          {"tune_learning_rate", o.tune.learning_rate}};
}

onnx::Model compress(onnx::Model model, const Chain& chain, const train::Recipe& recipe,
                     const data::Dataset& dataset, const Options& options) {
  if (model.type == onnx::WeightType::int8)
    fail("{}: is in int8 already; compress the model that it was made from", model.card.name);
  nn::Folded folded = nn::fold(model.graph, model.weights);  // nothing to do where it was read
  model.graph = std::move(folded.graph);
  model.weights = std::move(folded.weights);
  TuneOptions tuning = options.tune;
  for (const Method method : chain) {
    switch (method) {
      case Method::fold:
        break;
      case Method::svd: {
        LowRank thinner = low_rank(model.graph, model.weights, rank_options(model, options));
        model.graph = std::move(thinner.graph);
        tuning.pruned = 0;
        model.weights = tune(model.graph, std::move(thinner.weights), recipe, dataset, tuning);
        break;
      }
      case Method::prune:
        tuning.pruned = options.pruned;
        model.weights = tune(model.graph, std::move(model.weights), recipe, dataset, tuning);
        break;
      case Method::int8:
        quantize(model, dataset, options.weights_only);
        break;
    }
  }
  rewrite_card(model, chain, dataset, recipe.threads);
  data::expect_unchanged(dataset);
  return model;
}

}  // namespace compression
