#include "trainer/train/compare.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

#include "trainer/error.h"
#include "trainer/report/measure.h"
#include "trainer/train/checkpoint.h"

namespace train {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// The metrics of a run that this very recipe finished on these drawings; null where there are none.
json finished_metrics(const fs::path& folder, const Recipe& recipe, const data::Dataset& dataset) {
  std::ifstream file(folder / "metrics.json");
  const json metrics = json::parse(file, nullptr, false);
  if (!metrics.is_object() || metrics.value("interrupted", true)) return {};
  const bool same =
      metrics.value("recipe", json()) == to_json(recipe) &&
      metrics.value("/drawings/fingerprint"_json_pointer, "") == fingerprint_text(dataset) &&
      fs::exists(folder / "model.onnx");
  return same ? metrics : json();
}

// Is there a checkpoint that this recipe can go on from with these drawings?
bool has_checkpoint(const fs::path& folder, const Recipe& recipe, const data::Dataset& dataset) {
  const fs::path path = checkpoint_path(folder);
  if (!fs::exists(path)) return false;
  const Checkpoint checkpoint = read_checkpoint(path);
  const bool same_drawings = checkpoint.drawings == drawings_fingerprint(dataset);
  if (checkpoint.recipe == to_json(recipe) && same_drawings) return true;
  if (checkpoint.steps == 0) return false;
  fail(
      "{}: an unfinished run by another recipe, or on other drawings, is there; remove it, or name "
      "another --out",
      folder.string());
}

}  // namespace

fs::path run_folder(const fs::path& out, const std::string& net, std::uint64_t seed) {
  return out / fmt::format("{}-{}", net, seed);
}

json compare(const Comparison& comparison, const data::Dataset& dataset,
             const RunOptions& options) {
  const auto seeds = std::size_t(comparison.seeds);
  std::vector<json> runs(comparison.nets.size() * seeds);
  // Seed by seed: the networks of one see the same pictures, of which a teacher is asked once.
  for (std::size_t i = 0; i < seeds; ++i) {
    nn::Answers answers;
    for (std::size_t n = 0; n < comparison.nets.size(); ++n) {
      const std::string& net = comparison.nets[n];
      Recipe recipe = decided_here(comparison.recipe, options.ranks);
      recipe.arch = net;
      recipe.seed += std::uint64_t(i);
      RunOptions one = options;
      one.out = run_folder(options.out, net, recipe.seed);
      one.name = net;
      one.logs = one.out / "logs";
      one.answers = &answers;
      json metrics = finished_metrics(one.out, recipe, dataset);
      if (metrics.is_null()) {
        options.say(fmt::format("{}, seed {}", net, recipe.seed));
        one.resume = has_checkpoint(one.out, recipe, dataset);
        if (!one.resume && fs::exists(one.out / "metrics.json"))
          options.say(
              fmt::format("{}: this run takes the place of the one that is there, of another "
                          "recipe or other drawings",
                          one.out.string()));
        metrics = run(recipe, dataset, one);
      }
      if (options.interrupted()) return json::array();
      metrics["net"] = net;
      metrics["seed"] = recipe.seed;
      runs[n * seeds + i] = std::move(metrics);
    }
  }
  return runs;
}

std::string comparison_table(const json& runs) {
  std::vector<std::string> nets;
  for (const json& run : runs) {
    const auto net = run["net"].get<std::string>();
    if (std::find(nets.begin(), nets.end(), net) == nets.end()) nets.push_back(net);
  }
  constexpr std::string_view heading =
      "| network | parameters | .onnx bytes | multiply-adds | seconds | top-1 | top-5 |\n"
      "|---|---:|---:|---:|---:|---:|---:|\n";
  const auto row_of = [&](const std::string& net) {
    json first;
    std::vector<double> top1, top5, seconds;
    for (const json& run : runs) {
      if (run["net"] != net) continue;
      if (first.is_null()) first = run;
      top1.push_back(run["test"]["top1"]);
      top5.push_back(run["test"]["top5"]);
      seconds.push_back(run["seconds"]);
    }
    return fmt::format("| {} | {} | {} | {} | {:.1f} | {} | {} |\n", net,
                       report::grouped(first["parameters"]), report::grouped(first["bytes"]),
                       report::grouped(first["multiply_adds"]), report::spread_of(seconds).mean,
                       report::percent(top1), report::percent(top5));
  };
  // A family stands together, wherever its networks come; those that are alone in theirs are last.
  std::vector<std::pair<std::string, std::vector<std::string>>> families;
  for (const std::string& net : nets) {
    const std::string root = net.substr(0, net.find('-'));
    auto family = std::find_if(families.begin(), families.end(),
                               [&](const auto& known) { return known.first == root; });
    if (family == families.end()) family = families.insert(family, {root, {}});
    family->second.push_back(net);
  }
  std::vector<std::vector<std::string>> tables(1);
  for (auto& [root, members] : families)
    if (members.size() > 1)
      tables.insert(tables.end() - 1, std::move(members));
    else
      tables.back().push_back(members[0]);
  std::string text;
  for (const std::vector<std::string>& table : tables) {
    if (table.empty()) continue;
    text += (text.empty() ? "" : "\n") + std::string(heading);
    for (const std::string& net : table) text += row_of(net);
  }
  return text;
}

}  // namespace train
