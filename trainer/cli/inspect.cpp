// `inkling inspect`: what a model file holds.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "trainer/cli/cli.h"
#include "trainer/file.h"
#include "trainer/nn/graph.h"
#include "trainer/onnx/onnx.h"

namespace cli {
namespace {

std::string as_text(const nn::Shape& shape) {
  if (shape.height == 1 && shape.width == 1) return fmt::format("[{}]", shape.channels);
  return fmt::format("[{}, {}, {}]", shape.channels, shape.height, shape.width);
}

// "conv 3x3", "max pool 2x2"
std::string as_text(const nn::Layer& layer) {
  std::string text(nn::name_of(layer.kind));
  if (layer.kind == nn::Kind::conv || layer.kind == nn::Kind::max_pool ||
      layer.kind == nn::Kind::average_pool)
    text += fmt::format(" {}x{}", layer.kernel.rows, layer.kernel.columns);
  if (layer.kind == nn::Kind::conv && layer.stride > 1)
    text += fmt::format(", stride {}", layer.stride);
  if (layer.groups > 1) text += fmt::format(", {} groups", layer.groups);
  return text;
}

void print_card(const model::Card& card) {
  const auto [low, high] = std::minmax_element(card.thresholds.begin(), card.thresholds.end());
  fmt::print("name         {}\n", card.name);
  fmt::print("classes      {}: {}\n", card.classes.size(),
             fmt::join(card.classes.begin(),
                       card.classes.begin() + std::min<std::ptrdiff_t>(5, std::ssize(card.classes)),
                       ", "));
  fmt::print("raster       side {}, line width {}, padding {}\n", card.raster.side,
             card.raster.line_width, card.raster.padding);
  fmt::print("temperature  {:.3f}\n", card.temperature);
  if (low != card.thresholds.end()) fmt::print("thresholds   {:.2f} to {:.2f}\n", *low, *high);
  if (!card.class_accuracy.empty()) {
    const auto [worst, best] =
        std::minmax_element(card.class_accuracy.begin(), card.class_accuracy.end());
    const auto name = [&](auto at) {
      return card.classes[std::size_t(at - card.class_accuracy.begin())];
    };
    fmt::print("words        from {} ({:.0f}%) to {} ({:.0f}%)\n", name(worst), 100 * *worst,
               name(best), 100 * *best);
  }
  fmt::print("trained on   {}\n", card.trained_on);
  fmt::print("accuracy     {}\n", card.accuracy);
  fmt::print("licence      {}\n", card.licence);
  fmt::print("attribution  {}\n\n", card.attribution);
}

void print_layers(const nn::Graph& graph) {
  const std::vector<nn::Shape> shapes = nn::shapes_of(graph);
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  const std::vector<std::int64_t> work = nn::multiply_adds(graph);
  fmt::print("{:<22}{:<16}{:>12}{:>16}\n", "layer", "output", "parameters", "multiply-adds");
  fmt::print("{:<22}{:<16}\n", "ink", as_text(graph.input));
  for (std::size_t i = 0; i < shapes.size(); ++i)
    fmt::print("{:<22}{:<16}{:>12}{:>16}\n", as_text(graph.layers[i]), as_text(shapes[i]),
               ranges[i].kernel_size + ranges[i].bias_size, work[i]);
  fmt::print("{:<22}{:<16}{:>12}{:>16}\n", "total", "", nn::parameter_count(graph),
             nn::multiply_add_count(graph));
}

void inspect(const std::string& path) {
  const MappedFile file(path);
  const onnx::Model model = onnx::read_model(file.bytes(), path);
  fmt::print("{}: {} bytes, weights {}\n\n", path, file.bytes().size(),
             model.type == onnx::WeightType::int8 ? "int8" : "float32");
  print_card(model.card);
  print_layers(model.graph);
}

}  // namespace

Command add_inspect(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("inspect", "Shows a model's card, layers, parameters and bytes");
  command->footer("  inkling inspect runs/first/model.onnx");
  const auto path = std::make_shared<std::string>();
  command->add_option("MODEL", *path, "An .onnx file with a card")->required();
  return [path] { inspect(*path); };
}

}  // namespace cli
