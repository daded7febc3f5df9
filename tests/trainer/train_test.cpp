// Training, from files to a model that tells shapes apart, with the real program.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"

using nlohmann::json;

namespace {

json metrics_of(const std::filesystem::path& run) {
  return json::parse(std::ifstream(run / "metrics.json"));
}

}  // namespace

TEST_CASE(
    "Six shapes are told apart after seconds of training, and the same seed trains the same") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 200, 7);
  const std::string data = (folder.path / "data").string();
  const std::string first = (folder.path / "first").string(),
                    second = (folder.path / "second").string();
  const std::string options = " --epochs 6 --batch 64 --seed 3 --threads 2 --max-per-class 180";
  for (const std::string& out : {first, second}) {
    const Outcome outcome = inkling("train --data " + data + " --out " + out + options);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    CHECK(outcome.output.find("epoch 6/6") != std::string::npos);
  }
  const json metrics = metrics_of(first);
  CHECK(metrics["test"]["top1"] > 0.8);
  CHECK(metrics["test"]["top5"] >= metrics["test"]["top3"]);
  CHECK(metrics["history"].size() == 6);
  CHECK(bytes_of(first + "/model.onnx") == bytes_of(second + "/model.onnx"));
  CHECK(bytes_of(first + "/class_names.txt") == "circle\nline\nsquare\nstar\ntriangle\nzigzag\n");

  const Outcome evaluated = inkling("evaluate " + first + "/model.onnx --json --data " + data);
  REQUIRE_MESSAGE(evaluated.status == 0, evaluated.output);
  const json findings = json::parse(evaluated.output);
  CHECK(findings["top1"] > 0.8);
  CHECK(findings["by_ink"].size() == 4);
  CHECK(findings["won"] > 0.5);

  const Outcome inspected = inkling("inspect " + first + "/model.onnx");
  CHECK(inspected.status == 0);
  CHECK(inspected.output.find("97926") != std::string::npos);
}

TEST_CASE("Bitmaps that the program drew itself train as well") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "strokes", 120, 8);
  std::filesystem::create_directory(folder.path / "bitmaps");
  for (const std::string_view name : shapes::names) {
    const std::string in = (folder.path / "strokes" / name).string() + ".bin";
    const std::string out = (folder.path / "bitmaps" / name).string() + ".npy";
    REQUIRE(inkling("data raster " + in + " " + out).status == 0);
  }
  const std::string run = (folder.path / "run").string();
  const Outcome outcome = inkling("train --form bitmaps --epochs 5 --batch 32 --threads 2 --data " +
                                  folder.path.string() + " --out " + run);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  CHECK(metrics_of(run)["test"]["top1"] > 0.8);
}

TEST_CASE("Ctrl-C saves what there is and exits with 0") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 100, 9);
  const std::string run = (folder.path / "run").string();
  const Outcome outcome = inkling("train --epochs 100000 --threads 1 --data " +
                                      (folder.path / "data").string() + " --out " + run,
                                  "timeout --signal=INT 3");
  CHECK_MESSAGE(outcome.output.find("stopped early") != std::string::npos, outcome.output);
  CHECK(metrics_of(run)["interrupted"] == true);
  CHECK(inkling("inspect " + run + "/model.onnx").status == 0);
}
