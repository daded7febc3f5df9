// Writes models and what the trainer's own arithmetic makes of a thousand pictures, for
// onnx_checker.py and onnx_runtime.mjs:
//
//   onnx_samples DEFAULT_MODEL FOLDER
//
// For each model NAME.onnx there is NAME.bin: float32 pictures [1000, 784], then probabilities
// [1000, classes]; then, of a model whose activations are whole numbers, the same four times more,
// each weight nudged by up to a unit in its last place: what order of summation alone may change.
// The pictures are real drawings where $INKLING_DATA is set, else shapes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/trainer/shapes.h"
#include "trainer/compress/low_rank.h"
#include "trainer/data/dataset.h"
#include "trainer/file.h"
#include "trainer/nn/quantize.h"
#include "trainer/nn/workers.h"
#include "trainer/onnx/onnx.h"
#include "trainer/report/calibrate.h"
#include "trainer/zoo/zoo.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t n_pictures = 1000, pixels = 784;

std::vector<float> real_pictures(const fs::path& folder) {
  const data::Dataset dataset = data::open({.folders = {folder}, .max_per_class = 60});
  const auto& samples = dataset.samples[std::size_t(data::Split::test)];
  std::vector<float> pictures(n_pictures * pixels);
  for (std::size_t i = 0; i < n_pictures; ++i)
    data::draw(dataset, samples[i * 7919 % samples.size()], {},
               std::span(pictures).subspan(i * pixels, pixels));
  return pictures;
}

std::vector<float> drawn_pictures() {
  Random random{1};
  std::vector<float> pictures;
  std::vector<std::uint8_t> picture(pixels);
  for (std::size_t i = 0; i < n_pictures; ++i) {
    ink::raster(shapes::draw(i % std::size(shapes::names), random), {}, picture);
    for (const std::uint8_t pixel : picture) pictures.push_back(float(pixel) / 255);
  }
  return pictures;
}

std::vector<float> classify(const nn::Graph& graph, const std::vector<float>& weights,
                            const std::vector<float>& pictures) {
  const auto classes = std::size_t(nn::classes_of(graph));
  nn::Workers workers = nn::Workers::classifier(graph, weights);
  std::vector<float> probabilities(n_pictures * classes);
  workers.classify(
      n_pictures,
      [&](std::size_t row, std::span<float> picture) {
        std::copy_n(pictures.begin() + std::ptrdiff_t(row * pixels), pixels, picture.begin());
        return 0;
      },
      [&](std::size_t row, int, std::span<float> logits) {
        std::copy(logits.begin(), logits.end(),
                  probabilities.begin() + std::ptrdiff_t(row * classes));
      });
  report::to_probabilities(probabilities, classes, 1);
  return probabilities;
}

void write_sample(const fs::path& folder, const std::string& name, const onnx::Model& model,
                  const std::vector<float>& pictures) {
  std::string bytes;
  const auto append = [&](const std::vector<float>& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  };
  append(pictures);
  append(classify(model.graph, model.weights, pictures));
  const auto& layers = model.graph.layers;
  if (std::ranges::any_of(layers, [](auto& layer) { return layer.kind == nn::Kind::quantize; }))
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      Random random{seed};
      std::vector<float> nudged = model.weights;
      for (float& weight : nudged) weight *= 1 + float(random.uniform() - 0.5) * 0x1p-22f;
      append(classify(model.graph, nudged, pictures));
    }
  write_file(folder / (name + ".onnx"),
             onnx::write_model(model.graph, model.weights, model.card, model.type));
  write_file(folder / (name + ".bin"), bytes);
}

onnx::Model untrained(nn::Graph graph) {
  std::vector<float> weights = nn::he_weights(graph, 11);
  model::Card card;
  card.name = "untrained";
  card.classes.resize(std::size_t(nn::classes_of(graph)), "class");
  for (std::size_t i = 0; i < card.classes.size(); ++i) card.classes[i] += std::to_string(i);
  card.thresholds.assign(card.classes.size(), 0.5f);
  return {std::move(graph), std::move(weights), std::move(card)};
}

// A model that ships in eight bits, without its quantize layers: a trained network in floats.
onnx::Model in_floats(const onnx::Model& model) {
  nn::Graph graph(model.graph.input);
  std::vector<int> place(model.graph.layers.size() + 1, nn::picture);  // of layer i - 1
  for (std::size_t i = 0; i < model.graph.layers.size(); ++i) {
    nn::Layer layer = model.graph.layers[i];
    std::vector<int> inputs;
    inputs.reserve(layer.inputs.size());
    for (const int from : layer.inputs) inputs.push_back(place[std::size_t(from + 1)]);
    const bool rounds = layer.kind == nn::Kind::quantize;
    place[i + 1] = rounds ? inputs.front() : graph.join(std::move(layer), std::move(inputs));
  }
  return {std::move(graph), model.weights, model.card};
}

// In eight bits, the ranges of the activations from the pictures themselves.
onnx::Model in_int8(onnx::Model model, const std::vector<float>& pictures, bool weights_only) {
  const nn::Folded folded = nn::fold(model.graph, model.weights);
  nn::Quantized small{folded.graph, folded.weights};
  if (!weights_only)
    small = nn::quantize_activations(
        folded.graph, folded.weights, 256, [&](std::size_t row, std::span<float> picture) {
          std::copy_n(pictures.begin() + std::ptrdiff_t(row * pixels), pixels, picture.begin());
          return 0;
        });
  nn::round_weights(small.graph, small.weights);
  return {std::move(small.graph), std::move(small.weights), std::move(model.card),
          onnx::WeightType::int8};
}

// Its dense and 1x1 layers as products of two thinner ones.
onnx::Model thinner(const onnx::Model& model, int rank) {
  const nn::Folded folded = nn::fold(model.graph, model.weights);
  compression::LowRank thin = compression::low_rank(folded.graph, folded.weights, {.rank = rank});
  return {std::move(thin.graph), std::move(thin.weights), model.card};
}

// Every kind of layer that is written, activations both behind a convolution or a dense layer, into
// which ONNX Runtime takes them, and where it can't.
nn::Graph every_layer() {
  using namespace nn;
  Graph graph{{1, 28, 28}};
  graph.add({conv(8, 5, {.padding = 0}), relu(), max_pool(2), relu()});
  const int trunk =
      graph.add({conv(8, 3, {.groups = 8}), leaky_relu(0.1f), average_pool(2), leaky_relu(0.1f)});
  const int left = graph.add({conv(16, 1), relu6()}, trunk);
  const int right = graph.add({conv(16, 3)}, trunk);
  graph.join(add(), {left, right});
  const int sum = graph.add({relu()});
  const int three = graph.join(add(), {sum, left, right});
  graph.join(concatenate(), {three, trunk});
  graph.add({max_pool(2), relu6(), conv(16, 3, {.stride = 2}), global_average_pool(), flatten()});
  graph.add({dense(32), relu(), dense(32), relu6(), dense(32), leaky_relu(0.1f), dense(10)});
  return graph;
}

void write_samples(const fs::path& default_model, const fs::path& folder) {
  using namespace nn;
  const char* real = std::getenv("INKLING_DATA");
  const bool is_real = real && fs::is_directory(real);
  std::printf("%s\n", is_real ? "pictures of real drawings"
                              : "pictures of shapes: INKLING_DATA is not set");
  const std::vector<float> pictures = is_real ? real_pictures(real) : drawn_pictures();
  fs::create_directories(folder);
  const onnx::Model shipped =
      onnx::read_model(MappedFile(default_model).bytes(), default_model.string());
  write_sample(folder, "default-int8", shipped, pictures);  // as it ships
  const onnx::Model trained = in_floats(shipped);
  write_sample(folder, "default", trained, pictures);
  for (const bool weights_only : {true, false})
    write_sample(folder, weights_only ? "default-weights" : "default-anew-int8",
                 in_int8(trained, pictures, weights_only), pictures);
  const onnx::Model thin = thinner(trained, 20);
  write_sample(folder, "default-svd", thin, pictures);
  write_sample(folder, "default-svd-int8", in_int8(thin, pictures, false), pictures);
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    const std::string name(architecture.name);
    write_sample(folder, name, untrained(architecture.make({})), pictures);
    write_sample(folder, name + "-int8", in_int8(untrained(architecture.make({})), pictures, false),
                 pictures);
  }
  // As `inkling compress` makes them besides; pruned ones have the same layers, with zeros in them.
  for (const char* name : {"simple-cnn", "mobile"}) {
    const std::string is = name;
    const onnx::Model model = untrained(zoo::find(name).make({}));
    const onnx::Model split = thinner(model, 20);
    write_sample(folder, is + "-svd", split, pictures);
    write_sample(folder, is + "-svd-int8", in_int8(split, pictures, false), pictures);
    write_sample(folder, is + "-weights", in_int8(model, pictures, true), pictures);
  }
  write_sample(folder, "every-layer", untrained(every_layer()), pictures);
  write_sample(folder, "every-layer-int8", in_int8(untrained(every_layer()), pictures, false),
               pictures);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: onnx_samples DEFAULT_MODEL FOLDER\n", stderr), 2;
  try {
    write_samples(argv[1], argv[2]);
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "onnx_samples: %s\n", error.what()), 2;
  }
}
