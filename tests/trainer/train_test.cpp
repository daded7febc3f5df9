// Training, from files to a model that tells shapes apart, with the real program.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/random.h"
#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"

using nlohmann::json;

namespace {

json metrics_of(const std::filesystem::path& run) {
  return json::parse(std::ifstream(run / "metrics.json"));
}

// What an independent reader finds in the event files of a folder, in the order of their names.
std::vector<json> events_in(const std::filesystem::path& folder) {
  const Outcome read = run_command(INKLING_PYTHON " " INKLING_TESTS "/events_checker.py " +
                                   folder.string() + "/events.out.tfevents.*");
  REQUIRE_MESSAGE(read.status == 0, read.output);
  std::vector<json> files;
  for (std::size_t at = 0; at < read.output.size();) {
    const std::size_t end = read.output.find('\n', at);
    files.push_back(json::parse(read.output.substr(at, end - at)));
    at = end + 1;
  }
  return files;
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

  CHECK(findings["calibration_error"] < 0.5);

  const std::string on = " --data " + data, model = first + "/model.onnx";
  const std::string strict = (folder.path / "strict.onnx").string();
  REQUIRE(inkling("calibrate " + model + on + " --false-wins 0.1% --out " + strict).status == 0);
  const auto simulated = [&](const std::string& path) {
    const Outcome played = inkling("simulate --json " + path + on);
    REQUIRE_MESSAGE(played.status == 0, played.output);
    return json::parse(played.output);
  };
  const json loose_play = simulated(model), strict_play = simulated(strict);
  CHECK(loose_play["won"] > 0.5);
  CHECK(loose_play["by_ink"].size() == 20);
  CHECK(loose_play["words"].size() == 6);
  CHECK(strict_play["won"] <= loose_play["won"]);
  CHECK(strict_play["false_wins"] <= loose_play["false_wins"]);
  CHECK(strict_play["median_ink_at_win"] >= loose_play["median_ink_at_win"]);
  // Only the card is another one.
  const std::size_t metadata = bytes_of(model).find("inkling.version");
  CHECK(bytes_of(model).substr(0, metadata - 8) == bytes_of(strict).substr(0, metadata - 8));
  CHECK(inkling("evaluate --json " + strict + on).output.find("\"top1\"") != std::string::npos);
  for (const char* wrong : {"0", "2", "1%%", "x", "100%"}) {
    CAPTURE(wrong);
    const Outcome refused = inkling("calibrate " + model + on + " --false-wins " + wrong);
    CHECK(refused.status == 2);
    CHECK(refused.output.find("is no share such as 1%") != std::string::npos);
  }

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
    REQUIRE(inkling("data convert " + in + " " + out).status == 0);
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

TEST_CASE("A run that is killed at any moment goes on to the same weights, bit for bit") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 150, 5);
  const std::string train =
      "train --arch mobile --epochs 5 --batch 32 --threads 2 --average 0.9 "
      "--patience 4 --checkpoint-every 0.05 --data " +
      (folder.path / "data").string() + " --out ";
  const std::string whole = (folder.path / "whole").string();
  const Outcome outcome = inkling(train + whole);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  const double seconds = metrics_of(whole)["seconds"];

  Random random{11};
  int killed = 0;
  for (int moment = 0; moment < 10; ++moment) {
    const std::string run = (folder.path / ("run" + std::to_string(moment))).string();
    // The first one starts the run, the others find it where the one before was killed.
    for (int part = 0; part < 3; ++part) {
      const bool resume = std::filesystem::exists(run + "/checkpoint");
      const std::string kill =
          "timeout --signal=KILL " + std::to_string(random.uniform(0.05, seconds));
      killed += inkling(train + run + (resume ? " --resume" : ""), kill).status == 137;
      if (std::filesystem::exists(run + "/metrics.json")) break;
    }
    if (!std::filesystem::exists(run + "/metrics.json")) {
      const bool resume = std::filesystem::exists(run + "/checkpoint");
      const Outcome last = inkling(train + run + (resume ? " --resume" : ""));
      REQUIRE_MESSAGE(last.status == 0, last.output);
    }
    CHECK(bytes_of(run + "/model.onnx") == bytes_of(whole + "/model.onnx"));
    CHECK_FALSE(std::filesystem::exists(run + "/checkpoint"));
  }
  CHECK(killed >= 10);
}

TEST_CASE("A run says what it needs to go on, and a second one keeps out of its folder") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 100, 6);
  const std::string data = " --data " + (folder.path / "data").string();
  const std::string run = (folder.path / "run").string(), out = " --out " + run;
  const Outcome nothing = inkling("train --resume" + data + out);
  CHECK(nothing.status == 2);
  CHECK(nothing.output.find("there is no checkpoint to go on from") != std::string::npos);

  REQUIRE(inkling("train --epochs 100000" + data + out, "timeout --signal=TERM 2").status == 124);
  REQUIRE(std::filesystem::exists(run + "/checkpoint"));
  const Outcome again = inkling("train" + data + out);
  CHECK(again.status == 2);
  CHECK(again.output.find("go on with --resume") != std::string::npos);

  const Outcome meanwhile =
      inkling("train --resume" + data + out + " & sleep 1; " + INKLING_PROGRAM + " train --resume" +
              data + out + "; status=$?; kill $!; wait; exit $status");
  CHECK(meanwhile.status == 2);
  CHECK(meanwhile.output.find("another run is writing into this folder") != std::string::npos);

  shapes::write_folder(folder.path / "other", 90, 6);
  const Outcome other = inkling("train --resume --data " + (folder.path / "other").string() + out);
  CHECK(other.status == 2);
  CHECK(other.output.find("began with other drawings") != std::string::npos);

  std::string bytes = bytes_of(run + "/checkpoint");
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{12}, std::size_t{200}, bytes.size() / 2, bytes.size() - 1}) {
    CAPTURE(at);
    std::string broken = bytes;
    broken[at] = char(broken[at] ^ 1);
    std::ofstream(run + "/checkpoint", std::ios::binary) << broken;
    const Outcome outcome = inkling("train --resume" + data + out);
    CHECK(outcome.status == 2);
    CHECK(outcome.output.find("is no checkpoint, or is damaged") != std::string::npos);
  }
}

TEST_CASE("A run's config.json trains the same again, and bad ones are named") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 100, 6);
  const std::string data = " --data " + (folder.path / "data").string();
  const std::string first = (folder.path / "first").string(),
                    second = (folder.path / "second").string();
  REQUIRE(inkling("train --arch simple-gap --epochs 2 --schedule one-cycle --lr 0.004 --seed 8" +
                  data + " --out " + first)
              .status == 0);
  REQUIRE(inkling("train --config " + first + "/config.json" + data + " --out " + second).status ==
          0);
  CHECK(bytes_of(first + "/model.onnx") == bytes_of(second + "/model.onnx"));
  CHECK(bytes_of(first + "/config.json") == bytes_of(second + "/config.json"));

  const std::pair<const char*, const char*> bad[] = {
      {"[]", "is no configuration"},
      {"{\"epochs\": 3", "is no configuration"},
      {"{\"epoch\": 3}", "'epoch' is not known"},
      {"{\"epochs\": \"many\"}", "'epochs' must be a whole number in 1..100000"},
      {"{\"epochs\": 0}", "'epochs' must be a whole number in 1..100000"},
      {"{\"learning_rate\": -1}", "'learning_rate' must be a number"},
      {"{\"schedule\": \"wild\"}", "'schedule' must be one of constant, cosine, one-cycle"},
      {"{\"classes\": 3}", "'classes' has a value of the wrong kind"},
      {"{\"arch\": \"resnet\"}", "there is no architecture 'resnet'"}};
  for (const auto& [text, complaint] : bad) {
    CAPTURE(text);
    const std::string path = (folder.path / "bad.json").string();
    std::ofstream(path) << text;
    const Outcome outcome = inkling("train --config " + path + data + " --out " + second);
    CHECK(outcome.status == 2);
    CHECK_MESSAGE(outcome.output.find(complaint) != std::string::npos, outcome.output);
  }
}

TEST_CASE("A student learns from a teacher of the same classes only; early stopping stops") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 120, 4);
  std::ofstream(folder.path / "two.txt") << "circle\nsquare\n";
  const std::string data = " --batch 64 --data " + (folder.path / "data").string();
  const std::string teacher = (folder.path / "teacher").string(),
                    student = (folder.path / "student").string();
  REQUIRE(inkling("train --epochs 6" + data + " --out " + teacher).status == 0);
  const Outcome taught = inkling(
      "train --arch lenet-gap --epochs 60 --patience 3 --class-weights --lr 0.01 --teacher " +
      teacher + "/model.onnx" + data + " --out " + student);
  REQUIRE_MESSAGE(taught.status == 0, taught.output);
  const json metrics = metrics_of(student);
  CHECK(metrics["test"]["top1"] > 0.7);
  CHECK(metrics["history"].size() < 60);
  const Outcome other =
      inkling("train --classes " + (folder.path / "two.txt").string() + " --teacher " + teacher +
              "/model.onnx" + data + " --out " + (folder.path / "other").string());
  CHECK(other.status == 2);
  CHECK(other.output.find("the teacher knows 6 classes") != std::string::npos);
}

TEST_CASE("TensorBoard's event files say what the history says, and are whole at any moment") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 100, 7);
  const std::string train = "train --data " + (folder.path / "data").string() + " --out " +
                            (folder.path / "run").string() + " --checkpoint-every 0.05 --batch 16";
  // Killed early, and again: what is there can be read.
  CHECK(inkling(train + " --epochs 60", "timeout -s KILL 0.5").status != 0);
  const std::filesystem::path logs = folder.path / "run/logs";
  CHECK(events_in(logs / "train").size() == 1);
  const bool has_checkpoint = std::filesystem::exists(folder.path / "run/checkpoint");
  const Outcome resumed = inkling(train + (has_checkpoint ? " --resume" : " --epochs 60"));
  REQUIRE_MESSAGE(resumed.status == 0, resumed.output);

  const json history = metrics_of(folder.path / "run")["history"];
  REQUIRE(history.size() == 60);
  json merged;
  const std::vector<json> train_files = events_in(logs / "train");
  REQUIRE(train_files.size() == 2);
  if (has_checkpoint) CHECK(train_files[1]["restarts"].size() == 1);
  for (const char* split : {"train", "validation"})
    for (const json& file : events_in(logs / split))
      for (const auto& [tag, points] : file["scalars"].items())
        for (const json& point : points) merged[split][tag][point[0].get<std::size_t>()] = point[1];
  const auto check = [&](const char* split, const char* tag, const char* entry) {
    CAPTURE(tag);
    for (std::size_t epoch = 0; epoch < history.size(); ++epoch)
      CHECK(merged[split][tag][epoch].get<double>() ==
            doctest::Approx(history[epoch][entry].get<double>()).epsilon(1e-6));
  };
  check("train", "epoch_loss", "loss");
  check("train", "epoch_accuracy", "train_top1");
  check("train", "epoch_top_5_accuracy", "train_top5");
  check("train", "epoch_learning_rate", "learning_rate");
  check("train", "images_per_second", "images_per_second");
  check("validation", "epoch_loss", "validation_loss");
  check("validation", "epoch_accuracy", "top1");
  check("validation", "epoch_top_5_accuracy", "top5");
  CHECK(train_files[1]["histograms"].contains("00_conv/kernel"));
  CHECK(train_files[1]["scalars"].contains("batch_loss"));

  const Outcome quiet =
      inkling("train --no-logs --epochs 1 --data " + (folder.path / "data").string() + " --out " +
              (folder.path / "quiet").string());
  CHECK(quiet.status == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path / "quiet/logs"));
}
