// Training, from files to a model that tells shapes apart, with the real program.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/model/card.h"
#include "engine/random.h"
#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/dataset.h"
#include "trainer/error.h"
#include "trainer/train/checkpoint.h"

using nlohmann::json;

namespace {

json metrics_of(const std::filesystem::path& run) {
  return json::parse(std::ifstream(run / "metrics.json"));
}

// A value in each line.
std::vector<json> lines_of(const std::string& text) {
  std::vector<json> values;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    values.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return values;
}

// What an independent reader finds in the event files of a folder, in the order of their names.
std::vector<json> events_in(const std::filesystem::path& folder) {
  const Outcome read = run_command(INKLING_PYTHON " " INKLING_TESTS "/events_checker.py " +
                                   folder.string() + "/events.out.tfevents.*");
  REQUIRE_MESSAGE(read.status == 0, read.output);
  return lines_of(read.output);
}

// Files that a program which was killed had not finished.
int temporary_files(const std::filesystem::path& folder) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.path().extension() == ".tmp";
  return count;
}

// A run with everything that has a state, for some seconds: what must come out of every other way
// to its end.
struct LongRun {
  shapes::Folder folder;
  std::string model;
  double seconds = 0;

  LongRun() {
    shapes::write_folder(folder.path / "data", 150, 5);
    const Outcome outcome = inkling(train(at("whole")));
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    model = bytes_of(at("whole/model.onnx"));
    seconds = metrics_of(at("whole"))["seconds"];
  }
  std::string at(const std::string& name) const { return (folder.path / name).string(); }
  std::string train(const std::string& out) const {
    return "train --arch mobile --epochs 5 --batch 32 --threads 2 --average 0.9 --patience 4 "
           "--data " +
           at("data") + " --out " + out;
  }
};

// Words before a program that trains into `run`: beside it, the command runs as soon as a
// checkpoint of its own is there.
std::string once_it_trains(const std::string& run, const std::string& command) {
  const std::string mark = run + ".mark";
  return "touch " + mark + "; (i=0; while [ ! " + run + "/checkpoint -nt " + mark +
         " ] && [ $i -lt 1000 ]; do sleep 0.01; i=$((i + 1)); done; " + command + ") &";
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
    CHECK_MESSAGE(
        outcome.output.find("node tools/convert.mjs " + out + "/model.onnx ") != std::string::npos,
        outcome.output);
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
  // Each word's accuracy is in the card, and can be measured without touching the rest.
  const auto card_of = [](const std::string& path) {
    const std::string bytes = bytes_of(path);
    auto card =
        model::read_card({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    REQUIRE_MESSAGE(card, card.error());
    return *card;
  };
  const std::string measured = (folder.path / "measured.onnx").string();
  REQUIRE(inkling("calibrate " + strict + on + " --accuracy-only --out " + measured).status == 0);
  CHECK(card_of(model).class_accuracy.size() == 6);
  CHECK(card_of(measured).class_accuracy == card_of(strict).class_accuracy);
  CHECK(card_of(measured).thresholds == card_of(strict).thresholds);
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

  // It is played with strokes; what is said of that is not among the JSON.
  const std::string simulate =
      "simulate --json " + run + "/model.onnx --data " + folder.path.string();
  CHECK(inkling(simulate).output.find("was trained on bitmaps and is measured on strokes") !=
        std::string::npos);
  CHECK(json::parse(inkling(simulate + " 2>/dev/null").output).contains("won"));
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
  const LongRun whole;
  Random random{11};
  int killed = 0;
  for (int moment = 0; moment < 10; ++moment) {
    const std::string run = whole.at("run" + std::to_string(moment));
    const std::string train = whole.train(run) + " --checkpoint-every 0.05";
    // The first one starts the run, the others find it where the one before was killed.
    for (int part = 0; part < 3; ++part) {
      const bool resume = std::filesystem::exists(run + "/checkpoint");
      const std::string kill =
          "timeout --signal=KILL " + std::to_string(random.uniform(0.05, whole.seconds));
      killed += inkling(train + (resume ? " --resume" : ""), kill).status == 137;
      if (std::filesystem::exists(run + "/metrics.json")) break;
    }
    if (!std::filesystem::exists(run + "/metrics.json")) {
      const bool resume = std::filesystem::exists(run + "/checkpoint");
      const Outcome last = inkling(train + (resume ? " --resume" : ""));
      REQUIRE_MESSAGE(last.status == 0, last.output);
    }
    CHECK((bytes_of(run + "/model.onnx") == whole.model));
    CHECK_FALSE(std::filesystem::exists(run + "/checkpoint"));
    CHECK(temporary_files(run) == 0);
  }
  CHECK(killed >= 10);
}

TEST_CASE("A run goes on from its very beginning, in a folder where another one was done, too") {
  const LongRun whole;
  const std::string run = whole.at("run");
  const Outcome other = inkling(whole.train(run) + " --epochs 1 --seed 9");
  REQUIRE_MESSAGE(other.status == 0, other.output);
  const std::string before = bytes_of(run + "/model.onnx");
  // No checkpoint by time: there is the one of its beginning alone.
  const std::string train = whole.train(run) + " --checkpoint-every 1000";
  const Outcome killed =
      run_command(INKLING_PROGRAM " " + train + " & pid=$!; while [ ! -e " + run +
                  "/checkpoint ] && kill -0 $pid; do sleep 0.01; done; "
                  "kill -KILL $pid; wait $pid");
  CHECK(killed.status == 137);
  CHECK(killed.output.find("takes the place of the one that is there") != std::string::npos);
  CHECK(std::filesystem::exists(run + "/checkpoint"));
  CHECK((bytes_of(run + "/model.onnx") == before));
  // What has learned nothing yet is not in the way of another try, either.
  std::filesystem::create_directory(whole.at("other"));
  train::Checkpoint begun = train::read_checkpoint(run + "/checkpoint");
  begun.steps = 0;
  train::write_checkpoint(begun, whole.at("other/checkpoint"));
  CHECK(inkling(whole.train(whole.at("other")) + " --epochs 1").status == 0);
  const Outcome again = inkling(train + " --resume");
  REQUIRE_MESSAGE(again.status == 0, again.output);
  CHECK((bytes_of(run + "/model.onnx") == whole.model));
  CHECK_FALSE(std::filesystem::exists(run + "/checkpoint"));
}

TEST_CASE("The original recipe is that of the study, on bitmaps") {
  shapes::Folder folder;
  REQUIRE(
      inkling("data synth --classes 2 --per-class 1000 --out " + (folder.path / "strokes").string())
          .status == 0);
  const std::string data = (folder.path / "data").string(), run = (folder.path / "run").string();
  REQUIRE(
      inkling("data convert --to npy " + (folder.path / "strokes").string() + " " + data).status ==
      0);
  const Outcome outcome =
      inkling("train --recipe original --epochs 1 --threads 2 --data " + data + " --out " + run);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  const json metrics = metrics_of(run), &recipe = metrics["recipe"],
             &drawings = metrics["drawings"];
  CHECK(recipe["arch"] == "simple-cnn");
  CHECK(recipe["batch"] == 256);
  CHECK(recipe["learning_rate"].get<double>() == doctest::Approx(1e-3));
  CHECK(recipe["schedule"] == "constant");
  CHECK(recipe["initialisation"] == "glorot");
  CHECK(recipe["max_per_class"] == 4000);
  CHECK(recipe["augment"] == false);
  CHECK(recipe["weight_decay"] == 0);
  CHECK(recipe["label_smoothing"] == 0);
  CHECK(drawings["test"].get<double>() == doctest::Approx(400).epsilon(0.15));
  CHECK(drawings["validation"].get<double>() == doctest::Approx(320).epsilon(0.15));
  // Measured again it is measured on the same drawings: those that were kept from the training.
  const Outcome again = inkling("evaluate " + run + "/model.onnx --json --data " + data);
  REQUIRE_MESSAGE(again.status == 0, again.output);
  const json measured = json::parse(again.output);
  CHECK(measured["drawings"] == drawings["test"]);
}

TEST_CASE(
    "A run that SIGINT or SIGTERM stops saves, ends with 0, and goes on to the same weights") {
  const LongRun whole;
  Random random{12};
  for (const char* signal : {"INT", "TERM"}) {
    int stopped = 0;
    // A run may be done sooner than the first one was: then earlier.
    double share = 0.7;
    for (int attempt = 0; attempt < 12 && stopped < 3; ++attempt) {
      CAPTURE(signal);
      CAPTURE(attempt);
      const std::string run = whole.at(signal + std::to_string(attempt));
      // A checkpoint each epoch only: what is lost would be seen.
      const Outcome first = run_command(INKLING_PROGRAM " " + whole.train(run) +
                                        " --checkpoint-every 1000 & pid=$!; while [ ! -e " + run +
                                        "/.lock ] && kill -0 $pid; do sleep 0.01; done; sleep " +
                                        std::to_string(random.uniform(0, share * whole.seconds)) +
                                        "; kill -" + signal + " $pid; wait $pid");
      REQUIRE_MESSAGE(first.status == 0, first.output);
      if (!std::filesystem::exists(run + "/checkpoint")) {
        share *= 0.7;
        continue;
      }
      ++stopped;
      CHECK(first.output.find("to go on: inkling train --resume") != std::string::npos);
      CHECK(metrics_of(run)["interrupted"] == true);
      CHECK(inkling("inspect " + run + "/model.onnx").status == 0);
      const Outcome second = inkling(whole.train(run) + " --resume");
      REQUIRE_MESSAGE(second.status == 0, second.output);
      CHECK((bytes_of(run + "/model.onnx") == whole.model));
    }
    CHECK(stopped == 3);
  }
}

TEST_CASE("A stopped run goes on by the line that it prints, as it began and not otherwise") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 100, 12);
  const auto at = [&](const char* name) { return (folder.path / name).string(); };
  const std::string train =
      "train --epochs 40 --batch 16 --name Mine --data " + at("data") + " --out ";
  const Outcome whole = inkling(train + at("whole"));
  REQUIRE_MESSAGE(whole.status == 0, whole.output);
  const double seconds = metrics_of(at("whole"))["seconds"];
  Outcome stopped;
  for (double share = 0.7; share > 0.01 && !std::filesystem::exists(at("run") + "/checkpoint");
       share *= 0.7)
    stopped = inkling(train + at("run") + " --logdir " + at("logs"),
                      "timeout --signal=INT " + std::to_string(share * seconds));

  // Whatever else is asked for is refused, and what it began with may be said again.
  const std::string resume = "train --resume --out " + at("run");
  const std::pair<const char*, const char*> others[] = {
      {" --lr 0.5", "learning_rate 0.002, not 0.5"},
      {" --epochs 41", "epochs 40, not 41"},
      {" --threads 1000", "not 1000"},
      {" --plain", "augment true, not false"},
      {" --recipe original", "schedule \"cosine\", not \"constant\""}};
  for (const auto& [option, why] : others) {
    CAPTURE(option);
    const Outcome refused = inkling(resume + option);
    CHECK(refused.status == 2);
    CHECK(refused.output.find(why) != std::string::npos);
  }
  const json config = json::parse(bytes_of(at("run") + "/config.json"));
  CHECK(config["threads"] >= 1);
  CHECK((config["precision"] == "f32" || config["precision"] == "bf16"));
  const Outcome same = inkling(resume + " --epochs 40 --config " + at("run") + "/config.json",
                               "timeout --signal=INT 0.1");
  CHECK_MESSAGE(same.output.find("the run began with") == std::string::npos, same.output);

  const std::string hint = "to go on: inkling ";
  const std::size_t begin = stopped.output.find(hint);
  REQUIRE_MESSAGE(begin != std::string::npos, stopped.output);
  const std::size_t end = stopped.output.find('\n', begin);
  const Outcome resumed = inkling(
      stopped.output.substr(begin + hint.size(), end - begin - hint.size()), "env -u INKLING_DATA");
  REQUIRE_MESSAGE(resumed.status == 0, resumed.output);
  CHECK((bytes_of(at("run") + "/model.onnx") == bytes_of(at("whole") + "/model.onnx")));
  CHECK(bytes_of(at("run") + "/model.onnx").find("Mine") != std::string::npos);
  CHECK(events_in(folder.path / "logs/train").size() >= 2);
  CHECK(!std::filesystem::exists(at("run") + "/logs"));
}

TEST_CASE("Drawings that change during training end it, and with the old ones it goes on") {
  const LongRun whole;
  const std::string run = whole.at("run"), star = whole.at("data/star.bin");
  const std::string drawings = bytes_of(star);
  const auto change = [&](const std::string& how, bool resume) {
    return inkling(whole.train(run) + " --checkpoint-every 0.05" + (resume ? " --resume" : ""),
                   once_it_trains(run, how + " " + star));
  };
  const Outcome grown = change("printf x >>", false);
  CHECK(grown.status == 2);
  CHECK_MESSAGE(grown.output.find("star.bin: was changed while it was in use") != std::string::npos,
                grown.output);
  const Outcome other = inkling(whole.train(run) + " --resume");
  CHECK(other.status == 2);
  CHECK_MESSAGE(other.output.find("star.bin: record") != std::string::npos, other.output);
  std::ofstream(star, std::ios::binary) << drawings;

  // Cut short, it cannot be read any more, or is seen to be changed, whichever comes first.
  const Outcome cut = change("truncate --size=500", true);
  CHECK(cut.status == 2);
  CHECK_MESSAGE((cut.output.find("star.bin: the drawing at byte") != std::string::npos ||
                 cut.output.find("star.bin: was changed") != std::string::npos),
                cut.output);
  CHECK(cut.output.find("inkling: ") != std::string::npos);
  std::ofstream(star, std::ios::binary) << drawings;

  // A file that vanishes is still open.
  const Outcome gone = change("rm", true);
  CHECK_MESSAGE(gone.status == 0, gone.output);
  CHECK_FALSE(std::filesystem::exists(star));
  CHECK((bytes_of(run + "/model.onnx") == whole.model));
}

TEST_CASE("A disk that fills up during a checkpoint leaves the one before, and the run goes on") {
  const LongRun whole;
  const std::string run = whole.at("run");
  REQUIRE(inkling(whole.train(run),
                  "timeout --preserve-status --signal=INT " + std::to_string(whole.seconds / 2))
              .status == 0);
  const std::string checkpoint = bytes_of(run + "/checkpoint");
  REQUIRE(checkpoint.size() > 100000);
  // 64 blocks of 512 or 1,024 bytes: a checkpoint begins to be written, and fails.
  const Outcome full =
      inkling(whole.train(run) + " --resume --no-logs --checkpoint-every 0", "ulimit -f 64;");
  CHECK(full.status == 2);
  CHECK_MESSAGE(full.output.find("inkling: " + run + "/checkpoint: could not be written") !=
                    std::string::npos,
                full.output);
  CHECK(bytes_of(run + "/checkpoint") == checkpoint);
  CHECK(temporary_files(run) == 0);
  const Outcome last = inkling(whole.train(run) + " --resume");
  REQUIRE_MESSAGE(last.status == 0, last.output);
  CHECK((bytes_of(run + "/model.onnx") == whole.model));
}

TEST_CASE("Of two runs that begin in one folder one trains, the other says why not") {
  const LongRun whole;
  const std::string run = whole.at("run");
  const Outcome both = run_command("(" INKLING_PROGRAM " " + whole.train(run) +
                                   "; echo first $?) & (" INKLING_PROGRAM " " + whole.train(run) +
                                   "; echo second $?) & wait");
  CAPTURE(both.output);
  const auto says = [&](const char* text) { return both.output.find(text) != std::string::npos; };
  CHECK(((says("first 0") && says("second 2")) || (says("first 2") && says("second 0"))));
  CHECK((says("another run is writing into this folder") || says("an unfinished run is there")));
  CHECK((bytes_of(run + "/model.onnx") == whole.model));
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

TEST_CASE("A checkpoint whose checksum is right, but not what it says") {
  shapes::Folder folder;
  const std::filesystem::path path = folder.path / "checkpoint";
  train::Checkpoint good;
  good.recipe = json::object();
  good.history = json::array({json::object()});
  good.epoch = 1;
  good.weights = {1, 2};
  train::write_checkpoint(good, path);
  REQUIRE(train::read_checkpoint(path).weights == good.weights);
  const std::string bytes = bytes_of(path);
  const std::string header = bytes.substr(16, bytes.size() - 16 - 2 * sizeof(float) - 8);
  const json fields = json::parse(header);

  std::vector<std::string> bad;
  const std::pair<const char*, json> values[] = {{"epoch", -1},
                                                 {"epoch", 1e300},
                                                 {"epoch", 2},
                                                 {"steps", -5},
                                                 {"rows", "many"},
                                                 {"history", json::object()},
                                                 {"loss_sum", nullptr},
                                                 {"sizes", {{"weights", 3}}},
                                                 {"sizes", {{"weights", std::uint64_t{1} << 62}}}};
  for (const auto& [name, value] : values) {
    json changed = fields;
    if (value.is_object() && !value.empty())
      changed[name].update(value);
    else
      changed[name] = value;
    bad.push_back(changed.dump());
  }
  // So deep that whoever walks it would run out of stack.
  json deep = fields;
  deep["recipe"] = "DEEP";
  std::string text = deep.dump();
  text.replace(text.find("\"DEEP\""), 6, std::string(300000, '[') + std::string(300000, ']'));
  bad.push_back(text);
  for (const std::string& changed : bad) {
    CAPTURE(changed.substr(0, 300));
    const std::uint64_t length = changed.size();
    std::string file = "INKLING1" + std::string(reinterpret_cast<const char*>(&length), 8) +
                       changed + bytes.substr(16 + header.size(), 2 * sizeof(float));
    const std::uint64_t hash = data::picture_key(  // FNV-1a, as the checksum
        {reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    file.append(reinterpret_cast<const char*>(&hash), 8);
    std::ofstream(path, std::ios::binary) << file;
    CHECK_THROWS_WITH_AS(train::read_checkpoint(path), doctest::Contains("is damaged"), Error);
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

TEST_CASE("The recipes of the models that ship: the teacher's, and those that learn from it") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 60, 6);
  const std::string data = " --data " + (folder.path / "data").string(),
                    out = folder.path.string() + "/",
                    recipes = INKLING_TESTS "/../../assets/models/recipes/";
  const std::string briefly = data + " --epochs 1 --precision f32 --config " + recipes;
  // tools/make-models does the same; an option counts beside the recipe whatever their order.
  const Outcome teacher = inkling("train" + briefly + "teacher.json --out " + out + "teacher");
  REQUIRE_MESSAGE(teacher.status == 0, teacher.output);
  const Outcome rounded = inkling("compress " + out + "teacher/model.onnx --method int8 --out " +
                                  out + "teacher.onnx --weights-only" + data);
  REQUIRE_MESSAGE(rounded.status == 0, rounded.output);
  for (const std::string name : {"default", "pocket"}) {
    const Outcome student = inkling("train" + briefly + name + ".json --teacher " + out +
                                    "teacher.onnx --out " + out + name);
    REQUIRE_MESSAGE(student.status == 0, student.output);
    const json recipe = metrics_of(out + name)["recipe"];
    std::ifstream file(recipes + name + ".json");
    json expected = json::parse(file);
    expected["epochs"] = 1;
    expected["precision"] = "f32";
    expected["teacher"] = out + "teacher.onnx";
    for (const auto& [key, value] : expected.items()) {
      CAPTURE(key);
      CHECK(recipe[key] == value);
    }
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

TEST_CASE("A student whose pictures come again goes on to the same weights") {
  const LongRun whole;
  const std::string student = " --views 2 --teacher " + whole.at("whole/model.onnx");
  const std::string taught = whole.at("taught");
  const Outcome once = inkling(whole.train(taught) + student);
  REQUIRE_MESSAGE(once.status == 0, once.output);
  CHECK(once.output.find("what the teacher thinks of") != std::string::npos);
  // What was kept is lost with the run that is stopped: the teacher is asked anew.
  std::string run;
  double share = 0.8;
  for (int attempt = 0; !std::filesystem::exists(run + "/checkpoint"); ++attempt, share *= 0.8) {
    REQUIRE(attempt < 8);
    run = whole.at("stopped" + std::to_string(attempt));
    const double seconds = metrics_of(taught)["seconds"];
    inkling(whole.train(run) + student, "timeout --signal=INT " + std::to_string(share * seconds));
  }
  const Outcome resumed = inkling(whole.train(run) + student + " --resume");
  REQUIRE_MESSAGE(resumed.status == 0, resumed.output);
  CHECK((bytes_of(run + "/model.onnx") == bytes_of(taught + "/model.onnx")));
  CHECK((bytes_of(run + "/model.onnx") != whole.model));
}

TEST_CASE(
    "Networks that are compared share what a teacher thinks, and learn what each would alone") {
  const LongRun alone;
  const std::string how = " --batch 64 --epochs 4 --views 2 --threads 2 --data " +
                          alone.at("data") + " --teacher " + alone.at("whole/model.onnx");
  const Outcome compared =
      inkling("compare --nets lenet-gap,simple-gap --seeds 2 --out " + alone.at("runs") + how);
  REQUIRE_MESSAGE(compared.status == 0, compared.output);
  std::vector<std::string> names;
  for (const json& run : json::parse(bytes_of(alone.at("runs/runs.json"))))
    names.push_back(run["net"].get<std::string>() + "-" + run["seed"].dump());
  CHECK((names ==
         std::vector<std::string>{"lenet-gap-1", "lenet-gap-2", "simple-gap-1", "simple-gap-2"}));
  for (const std::string& seed : {std::string("1"), std::string("2")}) {
    const Outcome one = inkling("train --arch simple-gap --seed " + seed + how + " --out " +
                                alone.at("one") + seed);
    REQUIRE_MESSAGE(one.status == 0, one.output);
    CHECK((bytes_of(alone.at("one") + seed + "/model.onnx") ==
           bytes_of(alone.at("runs/simple-gap-") + seed + "/model.onnx")));
  }
}

TEST_CASE("Early stopping keeps the weights of the best epoch") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 60, 13);
  const auto at = [&](const char* name) { return (folder.path / name).string(); };
  const std::string train =
      "train --arch lenet-gap --batch 16 --threads 2 --schedule constant "
      "--warm-up 0 --lr 0.03 --data " +
      at("data");
  const Outcome patient = inkling(train + " --epochs 100 --patience 2 --out " + at("patient"));
  REQUIRE_MESSAGE(patient.status == 0, patient.output);
  const json stopped = metrics_of(at("patient"));
  std::size_t best = 0;  // epochs until then
  double least = 1e9;
  for (const json& epoch : stopped["history"])
    if (epoch["validation_loss"] < least) {
      least = epoch["validation_loss"];
      best = epoch["epoch"];
    }
  CHECK(stopped["history"].size() == best + 2);
  const Outcome until =
      inkling(train + " --epochs " + std::to_string(best) + " --out " + at("best"));
  REQUIRE_MESSAGE(until.status == 0, until.output);
  CHECK((metrics_of(at("best"))["test"] == stopped["test"]));
}

TEST_CASE("TensorBoard's event files can be read while the run goes on") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "data", 60, 14);
  const std::string run = (folder.path / "run").string(), logs = run + "/logs/train/";
  const Outcome outcome =
      run_command(INKLING_PROGRAM " train --epochs 100000 --threads 1 --data " +
                  (folder.path / "data").string() + " --out " + run +
                  " >/dev/null 2>&1 & pid=$!; for i in 1 2 3; do sleep 1.5; " INKLING_PYTHON
                  " " INKLING_TESTS "/events_checker.py " +
                  logs +
                  "* || exit 1; kill -0 $pid || exit 2; done; "
                  "kill $pid; wait $pid");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  std::vector<std::size_t> epochs;
  for (const json& file : lines_of(outcome.output))
    epochs.push_back(file["scalars"]["epoch_loss"].size());
  REQUIRE(epochs.size() == 3);
  CHECK(epochs[0] > 0);
  CHECK(epochs[1] > epochs[0]);
  CHECK(epochs[2] > epochs[1]);
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
  // What a file says takes the place of what is in those before it, from its first step on.
  CHECK((train_files[0]["restarts"] == json{0}));
  REQUIRE(train_files[1]["restarts"].size() == 1);
  if (!has_checkpoint) CHECK(train_files[1]["restarts"][0] == 0);
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
  // Of some drawings that were misread, a picture each, four times as large as the network sees it,
  // over a line that tells the word and the guess.
  std::vector<std::set<std::string>> misread(history.size());
  for (const json& file : events_in(logs / "validation"))
    for (const auto& [tag, pictures] : file["images"].items())
      for (const json& picture : pictures) {
        misread[picture[0].get<std::size_t>()].insert(tag);
        CHECK(picture[1][0] >= 112);
        CHECK(picture[1][1] == 128);
      }
  for (std::size_t epoch = 0; epoch < history.size(); ++epoch) {
    CAPTURE(epoch);
    CHECK(misread[epoch].empty() == (history[epoch]["top1"] == 1.0));
    std::size_t number = 0;  // of at most eight
    for (const std::string& tag : misread[epoch])
      CHECK(tag == "misread/" + std::to_string(number++));
    CHECK(number <= 8);
  }
  CHECK(!misread[0].empty());
  CHECK(train_files[1]["histograms"].contains("00_conv/kernel"));
  CHECK(train_files[1]["scalars"].contains("batch_loss"));

  const Outcome quiet =
      inkling("train --no-logs --epochs 1 --data " + (folder.path / "data").string() + " --out " +
              (folder.path / "quiet").string());
  CHECK(quiet.status == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path / "quiet/logs"));
}
