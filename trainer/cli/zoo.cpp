// `inkling zoo`: the networks that there are, and what they cost.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "trainer/cli/cli.h"
#include "trainer/error.h"
#include "trainer/onnx/onnx.h"
#include "trainer/zoo/zoo.h"

namespace cli {
namespace {

using nlohmann::json;

struct Options {
  zoo::Settings settings;
  bool classics = false;
  bool as_json = false;
};

// Of the .onnx file as 'inkling train' writes it, its card's texts left out.
std::size_t onnx_bytes(const nn::Graph& graph) {
  return onnx::write_model(graph, std::vector<float>(nn::weight_count(graph), 1.0f), {}).size();
}

void print_networks(const Options& options) {
  json list = json::array();
  if (!options.as_json)
    fmt::print("{} classes, pictures of {}x{}\n\n{:<14}{:>12}{:>16}{:>14}  \n",
               options.settings.classes, options.settings.side, options.settings.side, "name",
               "parameters", "multiply-adds", ".onnx bytes");
  for (const zoo::Architecture& a : zoo::architectures()) {
    const nn::Graph graph = a.make(options.settings);
    const std::size_t parameters = nn::parameter_count(graph), bytes = onnx_bytes(graph);
    const std::int64_t work = nn::multiply_add_count(graph);
    if (options.as_json)
      list.push_back({{"name", a.name},
                      {"parameters", parameters},
                      {"multiply_adds", work},
                      {"bytes", bytes}});
    else
      fmt::print("{:<14}{:>12}{:>16}{:>14}  {}\n", a.name, parameters, work, bytes, a.summary);
  }
  if (options.as_json) fmt::print("{}\n", list.dump(2));
}

void print_classics(bool as_json) {
  json list = json::array();
  if (!as_json) fmt::print("{:<16}{:>12}{:>12}{:>10}  \n", "name", "parameters", "published", "MB");
  for (const zoo::Classic& c : zoo::classics()) {
    const std::size_t parameters = nn::parameter_count(c.make());
    if (as_json)
      list.push_back({{"name", c.name},
                      {"variant", c.variant},
                      {"parameters", parameters},
                      {"published_millions", c.published_parameters},
                      {"megabytes", 4e-6 * double(parameters)}});
    else
      fmt::print("{:<16}{:>12}{:>10} M{:>10.1f}  {}\n", c.name, parameters, c.published_parameters,
                 4e-6 * double(parameters), c.variant);
  }
  if (as_json) fmt::print("{}\n", list.dump(2));
}

}  // namespace

Command add_zoo(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("zoo", "Lists the networks: parameters, multiply-adds, bytes");
  command->footer(
      R"(Multiply-adds are those of one picture. Train one with 'inkling train --arch NAME'.

  inkling zoo --classes 345
  inkling zoo --classics      the large networks that these descend from, counted, not trained)");
  const auto options = std::make_shared<Options>();
  zoo::Settings& s = options->settings;
  command->add_option("--classes", s.classes, "How many words they tell apart")
      ->capture_default_str()
      ->check(CLI::Range(2, 100000));
  command->add_option("--side", s.side, "Pixels of the pictures' side")
      ->capture_default_str()
      ->check(CLI::Range(28, 128));
  command->add_option("--width", s.width, "Factor on the channels, where a network has one")
      ->check(CLI::Range(0.1, 100.0));
  command->add_option("--depth", s.depth, "Repeated blocks, where a network has them")
      ->check(CLI::Range(0, 1000));
  command->add_flag("--classics", options->classics,
                    "AlexNet, VGG16 and others, for comparison: parameters and megabytes");
  command->add_flag("--json", options->as_json, "Machine-readable");
  return [options] {
    options->classics ? print_classics(options->as_json) : print_networks(*options);
  };
}

}  // namespace cli
