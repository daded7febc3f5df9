// Smaller networks: each method's arithmetic, its files, and what the real program makes of a
// model.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/random.h"
#include "tests/trainer/models.h"
#include "tests/trainer/program.h"
#include "tests/trainer/reference.h"
#include "tests/trainer/shapes.h"
#include "trainer/compress/compress.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/nn/quantize.h"
#include "trainer/zoo/zoo.h"

namespace {

using models::card_of, models::normals, models::read;

using nlohmann::json;
using nn::Graph;

nn::Source pictures_of(const std::vector<float>& pictures) {
  return [&pictures](std::size_t row, std::span<float> picture) {
    std::copy_n(pictures.begin() + std::ptrdiff_t(row * picture.size()), picture.size(),
                picture.begin());
    return 0;
  };
}

// The logits for `rows` pictures, by the trainer's own arithmetic.
std::vector<float> logits_of(const Graph& graph, const std::vector<float>& weights,
                             std::size_t rows, const nn::Source& source) {
  const auto classes = std::size_t(nn::classes_of(graph));
  std::vector<float> result(rows * classes);
  nn::Workers::classifier(graph, weights, 1)
      .classify(rows, source, [&](std::size_t row, int, std::span<float> logits) {
        std::copy(logits.begin(), logits.end(), result.begin() + std::ptrdiff_t(row * classes));
      });
  return result;
}

// The largest difference, as a share of the largest value.
double difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double largest = 1e-12, worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, double(std::abs(b[i])));
    worst = std::max(worst, std::abs(double(a[i]) - double(b[i])));
  }
  return worst / largest;
}

}  // namespace

TEST_CASE("A quantize layer rounds as ONNX says, and lets the gradient through where it fits") {
  const Graph graph{{1, 4, 4},
                    {nn::conv(16, 3), nn::quantize(0.02f, 90), nn::flatten(), nn::dense(3)}};
  const std::vector<float> weights = normals(nn::weight_count(graph), 4);
  nn::Net net(graph, 2, {});
  net.load(weights);
  const std::vector<float> pictures = normals(32, 5), coefficients = normals(6, 6);
  std::copy(pictures.begin(), pictures.end(), net.input().begin());
  net.forward();
  std::copy(coefficients.begin(), coefficients.end(), net.logit_gradient().begin());
  std::vector<float> gradient(weights.size());
  net.backward();
  net.store(gradient);
  const std::vector<double> exact(weights.begin(), weights.end());
  const auto values = reference::forward(graph, exact, net.input(), 2);
  const auto expected = reference::backward(graph, exact, values, coefficients, 2);
  std::vector<float> logits(values.back().begin(), values.back().end());
  CHECK(difference(net.logits(), logits) < 1e-5);
  CHECK(difference(gradient, std::vector<float>(expected.begin(), expected.end())) < 1e-5);
  // Some are cut off on either side, or this would say nothing of it.
  const std::vector<double>& rounded = values[2];  // the picture is values[0]
  CHECK(std::count(rounded.begin(), rounded.end(), double(0.02f) * -90) > 0);
  CHECK(std::any_of(rounded.begin(), rounded.end(), [](double v) { return v > 3; }));
}

TEST_CASE("Low rank: nothing is lost at full rank, and the energy says what is lost below") {
  const Graph graph{{4, 5, 5},
                    {nn::conv(24, 1), nn::relu(), nn::conv(24, 3, {.groups = 24}), nn::relu(),
                     nn::conv(40, 1), nn::flatten(), nn::dense(30), nn::relu(), nn::dense(7)}};
  const std::vector<float> weights = nn::he_weights(graph, 3);
  const std::vector<float> pictures = normals(20 * graph.input.size(), 8);
  const std::vector<float> before = logits_of(graph, weights, 20, pictures_of(pictures));

  // All of the energy of dense 1000 -> 30 is in rank 30, which takes more weights: left alone.
  const compression::LowRank whole = compression::low_rank(graph, weights, {.energy = 1});
  CHECK(whole.graph == graph);
  CHECK(whole.weights == weights);

  double last = 0;
  for (const int rank : {18, 12, 6}) {
    CAPTURE(rank);
    const compression::LowRank thin = compression::low_rank(graph, weights, {.rank = rank});
    CHECK(nn::parameter_count(thin.graph) < nn::parameter_count(graph));
    CHECK(thin.weights.size() == nn::weight_count(thin.graph));
    CHECK(*std::max_element(thin.ranks.begin(), thin.ranks.end()) <= rank);
    const double lost =
        difference(logits_of(thin.graph, thin.weights, 20, pictures_of(pictures)), before);
    CHECK(lost > last);
    last = lost;
  }

  // A kernel of rank 5 is found to be one.
  std::vector<float> poor = weights;
  const nn::WeightRange dense = nn::weight_ranges(graph)[6];
  const std::size_t inputs = dense.kernel_size / 30;
  for (std::size_t o = 5; o < 30; ++o)
    for (std::size_t i = 0; i < inputs; ++i)
      poor[dense.kernel_at + o * inputs + i] = poor[dense.kernel_at + (o % 5) * inputs + i];
  const compression::LowRank found = compression::low_rank(graph, poor, {.energy = 0.999999});
  REQUIRE(found.ranks.size() == 1);
  CHECK(found.ranks[0] == 5);
  CHECK(difference(logits_of(found.graph, found.weights, 20, pictures_of(pictures)),
                   logits_of(graph, poor, 20, pictures_of(pictures))) < 1e-5);

  const compression::LowRank half = compression::low_rank(graph, weights, {.share = 0.5});
  CHECK(nn::parameter_count(half.graph) <= nn::parameter_count(graph) / 2);
  CHECK_THROWS_AS(compression::low_rank(graph, weights, {.share = 0.001}), Error);
}

TEST_CASE("Pruning takes the smallest weights of all kernels, and no bias") {
  const Graph graph{{1, 6, 6}, {nn::conv(4, 3), nn::relu(), nn::flatten(), nn::dense(5)}};
  std::vector<float> weights = normals(nn::weight_count(graph), 2);
  const std::vector<float> mask = compression::magnitude_mask(graph, weights, 0.7);
  float largest_gone = 0, smallest_kept = 1e9f;
  std::size_t gone = 0, kernels = 0;
  for (const nn::WeightRange& range : nn::weight_ranges(graph)) {
    for (std::size_t i = range.kernel_at; i < range.kernel_at + range.kernel_size; ++i, ++kernels) {
      const float size = std::abs(weights[i]);
      gone += mask[i] == 0;
      mask[i] == 0 ? largest_gone = std::max(largest_gone, size)
                   : smallest_kept = std::min(smallest_kept, size);
    }
    for (std::size_t i = range.bias_at; i < range.bias_at + range.bias_size; ++i)
      CHECK(mask[i] == 1);
  }
  CHECK(gone == std::size_t(std::llround(0.7 * double(kernels))));
  CHECK(largest_gone <= smallest_kept);
}

TEST_CASE("Whole numbers of eight bits survive the way through a file, for every network") {
  const std::vector<float> noise = normals(32 * 784, 9);
  std::vector<float> pictures;
  pictures.reserve(noise.size());
  for (const float v : noise) pictures.push_back(v > 0.8f ? 1.0f : 0.0f);
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    const Graph trained = architecture.make({.classes = 7});
    const nn::Folded folded = nn::fold(trained, nn::he_weights(trained, 6));
    const std::vector<float> exact =
        logits_of(folded.graph, folded.weights, 32, pictures_of(pictures));
    for (const bool weights_only : {true, false}) {
      nn::Quantized small{folded.graph, folded.weights};
      if (!weights_only)
        small = nn::quantize_activations(folded.graph, folded.weights, 32, pictures_of(pictures));
      nn::round_weights(small.graph, small.weights);
      const std::string bytes =
          onnx::write_model(small.graph, small.weights, card_of(7), onnx::WeightType::int8);
      const onnx::Model model = read(bytes);
      CHECK(model.type == onnx::WeightType::int8);
      CHECK(model.graph == small.graph);
      CHECK(difference(model.weights, small.weights) < 1e-6);
      // Written again it is the same file.
      CHECK(onnx::write_model(model.graph, model.weights, card_of(7), model.type) == bytes);
      const std::vector<float> rounded =
          logits_of(model.graph, model.weights, 32, pictures_of(pictures));
      CHECK(difference(rounded, exact) < (weights_only ? 0.06 : 0.15));
      CHECK(difference(rounded, exact) > 0);
    }
  }
}

TEST_CASE("Chains of methods are read, or refused with the reason") {
  using compression::Method;
  CHECK(compression::read_chain("svd,int8") == compression::Chain{Method::svd, Method::int8});
  CHECK(compression::name_of({Method::prune, Method::int8}) == "prune,int8");
  for (const char* wrong : {"", "zip", "svd,", "int8,svd", "svd,svd", "prune,svd"})
    CHECK_THROWS_AS(compression::read_chain(wrong), Error);
}

TEST_CASE("On real drawings of thirty words, by default, each method costs no more than it may") {
  const char* real = std::getenv("INKLING_DATA");
  const std::filesystem::path strokes = std::filesystem::path(real ? real : "") / "strokes";
  if (!std::filesystem::exists(strokes / "cat.bin")) {
    MESSAGE(
        "SKIPPED: what compression costs on real drawings: INKLING_DATA is not set, or has no "
        "strokes/");
    return;
  }
  std::vector<std::string> words;
  for (const auto& file : std::filesystem::directory_iterator(strokes))
    if (file.path().extension() == ".bin") words.push_back(file.path().stem().string());
  std::sort(words.begin(), words.end());
  std::string list;
  for (std::size_t i = 0; i < 30; ++i) list += words[i * words.size() / 30] + "\n";
  shapes::Folder folder;
  write_file(folder.path / "words.txt", list);
  const std::string run = (folder.path / "run").string(), on = " --data " + strokes.string();
  const Outcome trained = inkling("train --arch simple-cnn --classes " +
                                  (folder.path / "words.txt").string() + " --out " + run + on);
  REQUIRE_MESSAGE(trained.status == 0, trained.output);
  struct Bound {
    const char* method;
    double lost, bytes, nonzero;
  };
  for (const auto& [method, lost, bytes, nonzero] :
       {Bound{"int8", 0.003, 0.28, 1}, Bound{"svd", 0.01, 0.5, 1},
        Bound{"prune", 0.01, 1, 0.305}}) {
    CAPTURE(method);
    const Outcome outcome =
        inkling("compress --json " + run + "/model.onnx --method " + method + on + " 2>/dev/null");
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    const json result = json::parse(outcome.output);
    const auto of = [&](const char* when, const char* what) {
      return result.at(json::json_pointer("/" + std::string(when) + "/" + what)).get<double>();
    };
    CHECK(of("before", "test/top1") > 0.6);
    CHECK(of("before", "test/top1") - of("after", "test/top1") <= lost);
    CHECK(of("after", "bytes") <= bytes * of("before", "bytes"));
    CHECK(of("after", "nonzero") <= nonzero * of("before", "nonzero"));
  }
}

TEST_CASE("inkling compress: each method keeps what it promises, and compare tables them") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 300, 7);
  const std::string on = " --data " + (folder.path / "data").string();
  const std::string run = (folder.path / "run").string(), model = run + "/model.onnx";
  const Outcome trained = inkling("train --epochs 4 --batch 64 --threads 2 --out " + run + on);
  REQUIRE_MESSAGE(trained.status == 0, trained.output);
  const auto compressed = [&](const std::string& methods, const std::string& more = "") {
    const Outcome outcome =
        inkling("compress --json --tune-epochs 2 " + model + " --method " + methods + on + more);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    return json::parse(outcome.output);
  };
  const auto share = [](const json& result, const char* of) {
    return result["after"][of].get<double>() / result["before"][of].get<double>();
  };
  const auto lost = [](const json& result) {
    return result["before"]["test"]["top1"].get<double>() -
           result["after"]["test"]["top1"].get<double>();
  };
  const json fold = compressed("fold"), int8 = compressed("int8"), svd = compressed("svd"),
             prune = compressed("prune"), chain = compressed("svd,int8");
  CHECK(fold["after"]["test"] == fold["before"]["test"]);
  CHECK(fold["after"]["parameters"] == fold["before"]["parameters"]);
  CHECK(share(int8, "bytes") < 0.28);
  CHECK(lost(int8) < 0.02);
  CHECK(share(svd, "bytes") < 0.5);
  CHECK(lost(svd) < 0.02);
  CHECK(share(prune, "nonzero") < 0.31);
  CHECK(share(prune, "brotli") < 0.5);
  CHECK(lost(prune) < 0.02);
  CHECK(share(chain, "bytes") < 0.15);
  CHECK(lost(chain) < 0.03);
  CHECK(std::filesystem::exists(run + "/model-svd-int8.onnx"));
  if (std::getenv("CI") || fold["after"].contains("milliseconds"))
    CHECK(chain["after"]["milliseconds"] > 0);
  else
    MESSAGE("SKIPPED: the time in ONNX Runtime Web, which needs node and 'npm ci'");

  const Outcome inspected = inkling("inspect " + run + "/model-int8.onnx");
  CHECK(inspected.status == 0);
  CHECK(inspected.output.find("int8") != std::string::npos);
  const Outcome twice = inkling("compress " + run + "/model-int8.onnx --method int8" + on);
  CHECK(twice.status == 2);
  CHECK(twice.output.find("int8 already") != std::string::npos);
  CHECK(inkling("compress " + model + " --method shrink" + on).status == 2);
  const Outcome undone = inkling("compress " + model + " --method prune,svd" + on);
  CHECK(undone.status == 2);
  CHECK(undone.output.find("svd must come before prune in 'prune,svd'") != std::string::npos);
  const Outcome itself = inkling("compress " + model + " --method int8 --out " + model + on);
  CHECK(itself.status == 2);
  CHECK(itself.output.find("is the model that is to be compressed") != std::string::npos);
  // Where the result cannot go is said before the work, whose bar would be among the lines.
  for (const std::string& out : {folder.path.string() + "/none/x", folder.path.string()})
    for (const std::string& command : {"compress " + model + " --method svd" + on,
                                       "calibrate " + model + on, "report " + model + on}) {
      const Outcome refused = inkling(command + " --out " + out);
      CHECK_MESSAGE(refused.status == 2, command);
      CHECK_MESSAGE(refused.output.find(out + ": could not be written: ") != std::string::npos,
                    refused.output);
      CHECK_MESSAGE(std::count(refused.output.begin(), refused.output.end(), '\n') == 1,
                    refused.output);
    }

  const std::string compare =
      "compare --nets simple-gap --compress int8 --compress svd --kept 0.7 --tune-epochs 1 "
      "--epochs 1 --threads 2 --out " +
      (folder.path / "compared").string() + on;
  const Outcome compared = inkling(compare);
  REQUIRE_MESSAGE(compared.status == 0, compared.output);
  CHECK(compared.output.find("| simple-gap int8 |") != std::string::npos);
  CHECK(compared.output.find("simple-gap svd is left out") != std::string::npos);
  const std::string page = (folder.path / "compared.html").string();
  const Outcome reported =
      inkling("report " + (folder.path / "compared").string() + " --out " + page);
  CHECK(reported.output == page + ": 2 runs\n");
  CHECK(bytes_of(page).find("<td>simple-gap int8 (1)</td>") != std::string::npos);
  write_file(run + "/metrics.json", std::string_view(R"({"history": [], "test": {"top1": "?"}})"));
  const Outcome odd = inkling("report " + run + " --out " + (folder.path / "x.html").string());
  CHECK(odd.status == 2);
  CHECK_MESSAGE(odd.output.find("metrics.json is not what") != std::string::npos, odd.output);

  const Outcome again = inkling(compare);
  CHECK(again.output.find("simple-gap int8, seed") == std::string::npos);  // it is there already

  shapes::write_folder(folder.path / "other", 60, 8);
  const Outcome elsewhere = inkling(compare + " --data " + (folder.path / "other").string());
  REQUIRE_MESSAGE(elsewhere.status == 0, elsewhere.output);
  CHECK(elsewhere.output.find("simple-gap, seed") != std::string::npos);  // not done on these
  CHECK(elsewhere.output.find("simple-gap-1: this run takes the place of the one that is there") !=
        std::string::npos);
}
