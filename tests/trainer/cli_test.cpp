// What a person can get wrong: one clear line each, exit status 2, nothing half-written.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/npy.h"
#include "trainer/file.h"
#include "trainer/nn/graph.h"
#include "trainer/onnx/onnx.h"

namespace {

namespace fs = std::filesystem;

// Expects the program to fail with one line that holds each of the words.
void refused(const std::string& arguments, std::initializer_list<std::string> words,
             const std::string& before = "") {
  CAPTURE(arguments);
  const Outcome outcome = inkling(arguments, before);
  CAPTURE(outcome.output);
  CHECK(outcome.status == 2);
  CHECK(outcome.output.find("inkling: ") != std::string::npos);
  const std::string line =
      outcome.output.substr(std::min(outcome.output.find("inkling: "), outcome.output.size()));
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  for (const std::string& word : words) CHECK(line.find(word) != std::string::npos);
}

std::size_t files_in(const fs::path& folder) {
  return fs::is_directory(folder) ? std::size_t(std::distance(fs::directory_iterator(folder), {}))
                                  : 0;
}

// A folder with good data and a place for results.
struct Place : shapes::Folder {
  fs::path data = path / "data", out = path / "out";
  Place() { shapes::write_folder(data, 40, 4); }
  std::string train(const std::string& more = "") const { return train_on(data, more); }
  std::string train_on(const fs::path& folder, const std::string& more = "") const {
    return "train --epochs 1 --threads 1 --data " + folder.string() + " --out " + out.string() +
           " " + more;
  }
};

}  // namespace

TEST_CASE("Help teaches by example, for each command") {
  for (const char* command :
       {"", "train", "compare", "compress", "zoo", "evaluate", "inspect", "report", "data",
        "data fetch", "data info", "data convert", "data sort", "data synth", "data preview",
        "data examples", "simulate", "calibrate"}) {
    CAPTURE(command);
    const Outcome outcome = inkling(std::string(command) + " --help");
    CHECK(outcome.status == 0);
    CHECK(outcome.output.find(*command ? command : "inkling train --data") != std::string::npos);
  }
}

TEST_CASE("Wrong commands and options") {
  refused("", {"subcommand", "inkling --help"});
  refused("dance", {"inkling --help"});
  refused("train", {"--out"});
  refused("train --out x --epochs many", {"--epochs"});
  refused("train --out x --seed -1", {"--seed"});
  refused("train --out x --lr 1e-10", {"--lr"});
  refused("zoo --json > /dev/full", {"standard output", "No space left"});
}

TEST_CASE("Data folders that are missing, empty, or do not hold the classes asked for") {
  const Place place;
  refused("train --out " + place.out.string(), {"--data", "INKLING_DATA"}, "INKLING_DATA= ");
  refused(place.train("--data " + (place.path / "nowhere").string()),
          {"nowhere", "no such data folder"});
  fs::create_directory(place.path / "empty");
  refused(place.train_on(place.path / "empty"), {"empty", "holds no drawings"});
  refused(place.train("--data " + (place.path / "empty").string()), {"empty", "holds no strokes"});
  refused(place.train("--form bitmaps"), {"holds no bitmaps"});
  write_file(place.path / "list.txt", std::string_view("circle\nunicorn\n"));
  refused(place.train("--classes " + (place.path / "list.txt").string()),
          {"unicorn.bin", "no such file"});
  refused(place.train("--classes " + (place.path / "none.txt").string()),
          {"none.txt", "cannot be opened"});
  CHECK(files_in(place.out) == 0);
}

TEST_CASE("A .bin that is cut short, and a class with too few drawings") {
  const Place place;
  const fs::path star = place.data / "star.bin";
  const std::string bytes = bytes_of(star);
  write_file(star, std::string_view(bytes).substr(0, bytes.size() - 5));
  refused(place.train(), {"star.bin", "record 39", "byte"});
  refused("data convert " + star.string() + " " + (place.path / "x.npy").string(),
          {"star.bin", "record 39"});
  CHECK(!fs::exists(place.path / "x.npy"));
  shapes::write_folder(place.data, 5, 1);
  refused(place.train(), {"circle", "5 drawings", "at least 10"});
  CHECK(files_in(place.out) == 0);
}

TEST_CASE("An .npy of another shape, order or type, or of more rows than there are") {
  const Place place;
  const fs::path folder = place.path / "pictures", file = folder / "a.npy";
  fs::create_directory(folder);
  write_file(file, data::npy_header(20, 100) + std::string(20 * 100, '\0'));
  refused(place.train_on(folder), {"a.npy", "(20, 100)", "(N, 784)"});
  const std::pair<const char*, const char*> headers[] = {
      {"'<f8', 'fortran_order': False, 'shape': (20, 784)", "uint8"},
      {"'|u1', 'fortran_order': True, 'shape': (20, 784)", "Fortran order"},
      {"'|u1', 'fortran_order': False, 'shape': (18446744073709551615, 784)", "cut short: 20 of"},
      // Times 784 that is 2^64 and a little.
      {"'|u1', 'fortran_order': False, 'shape': (23529267946568306, 784)", "cut short: 20 of"},
      {"'|u1', 'fortran_order': False, 'shape': (99999999999999999999, 784)", "(N, 784)"},
      {"'|u1', 'fortran_order': False, 'shape': (-1, 784)", "(N, 784)"}};
  for (const auto& [header, word] : headers) {
    std::string text = fmt::format("{{'descr': {}, }}", header);
    text.resize(117, ' ');
    write_file(file,
               std::string("\x93NUMPY\1\0\x76\0", 10) + text + "\n" + std::string(20 * 784, '\0'));
    refused(place.train_on(folder), {"a.npy", word});
  }
}

TEST_CASE("An .ndjson that holds anything but drawings") {
  const Place place;
  const fs::path folder = place.path / "text", file = folder / "cat.ndjson";
  fs::create_directory(folder);
  std::string million = "[[[0";
  for (int i = 1; i < 1000000; ++i) million += ",0";
  std::string scribble = "[[[0";
  for (int i = 1; i < 60000; ++i) scribble += i % 2 ? ",9" : ",0";
  std::string times = "[0";
  for (int i = 1; i < 60000; ++i) times += ",0";
  const std::string ys = scribble.substr(3);
  const std::pair<std::string, const char*> drawings[] = {
      {million + "],[0]]]", "more than 65535 points"},
      {scribble + "]," + "[" + ys.substr(0) + "]," + times + "]]]", "ink of more than 300 times"},
      {std::string(1000000, '['), "no JSON"},
      {"[[[NaN],[1]]]", "no JSON"},
      {"[[[Infinity],[1]]]", "no JSON"},
      {"[[[1e400],[1]]]", "no JSON"},
      {"[[[1e30],[1]]]", "beyond a million"},
      {"[[[1,2],[1,2],[0,-5]]]", "a negative time"},
      {"[[[1,2,3],[1,2]]]", "different lengths, 3 and 2"},
      {"[[[1],[1]]], \"word\": \"\xff\xfe\"", "no JSON"}};
  for (const auto& [drawing, complaint] : drawings) {
    write_file(file, "{\"drawing\": " + drawing + "}\n");
    refused(place.train_on(folder), {"cat.ndjson", "1 of 1 lines are broken", "line 1", complaint});
  }
}

TEST_CASE("Names of classes that are paths, or no text, wherever they stand") {
  const Place place;
  const auto at = [&](const char* name) { return (place.path / name).string(); };
  // Outside of the folder there is data that must not be found.
  shapes::write_folder(place.path / "secret", 40, 4);
  for (const char* name : {"../secret/star", "..", "/etc/passwd", "a\\b", "b\x7f", "\xff\xfe"}) {
    write_file(at("list.txt"), std::string("circle\n") + name + "\n");
    refused(place.train("--classes " + at("list.txt")),
            {"list.txt", "line 2", "no name of a class"});
  }
  write_file(at("config.json"), std::string_view("{\"classes\": [\"star\", \"../secret/star\"]}"));
  refused(place.train("--config " + at("config.json")),
          {"config.json", "'classes'", "../secret/star", "no name of a class"});

  const nn::Graph graph{{1, 28, 28}, {nn::flatten(), nn::dense(2)}};
  for (const char* name : {"../secret/star", "..", "star\t", "\xc0\xaf"}) {
    model::Card card;
    card.classes = {"circle", name};
    card.thresholds = {0.5f, 0.5f};
    write_file(at("model.onnx"), onnx::write_model(graph, nn::he_weights(graph, 1), card));
    for (const std::string command : {"inspect ", "evaluate ", "simulate "})
      refused(command + at("model.onnx") +
                  (command == "inspect " ? "" : " --data " + place.data.string()),
              {"model.onnx", "a class that is no name", "inkling.classes"});
  }

  fs::copy_file(place.data / "star.bin", place.data / "\xff\xfe.bin");
  refused(place.train(), {"data", "no name of a class"});
  CHECK(files_in(place.out) == 0);
}

TEST_CASE("data info tells of the files that it can read, and names the others") {
  const Place place;
  write_file(place.data / "cat.bin", std::string_view("no record"));
  write_file(place.data / "dog.bin", std::string_view("none either"));
  const Outcome outcome = inkling("data info " + place.data.string());
  CHECK(outcome.status == 2);
  CHECK(outcome.output.find("star.bin") != std::string::npos);
  CHECK(outcome.output.find("6 files") != std::string::npos);
  for (const char* name : {"cat.bin: record 0", "dog.bin: record 0"})
    CHECK(outcome.output.find(name) != std::string::npos);
  const Outcome list = inkling("data info --json " + place.data.string() + " 2>/dev/null");
  CHECK(nlohmann::json::parse(list.output).size() == 7);
}

TEST_CASE("What has the name of a file of drawings and is none") {
  const Place place;
  REQUIRE(run_command("mkfifo " + (place.data / "cat.bin").string()).status == 0);
  const std::string on = (place.data / "cat.bin").string();
  refused("data info " + on, {"cat.bin", "is not a file"}, "timeout 10");
  refused(place.train(), {"cat.bin", "is not a file"}, "timeout 10");
  write_file(place.path / "list.txt", std::string(201, 'a') + "\n");
  refused(place.train("--classes " + (place.path / "list.txt").string()),
          {"line 1", "is no name of a class"});
}

TEST_CASE("An unknown architecture lists the known ones") {
  const Place place;
  refused(place.train("--arch brain"), {"'brain'", "simple-cnn"});
  CHECK(!fs::exists(place.out));
}

TEST_CASE("An output folder that cannot be written, before any training") {
  const Place place;
  write_file(place.path / "file", std::string_view("in the way"));
  refused(place.train("--out " + (place.path / "file").string()), {"file", "output folder"});
  refused(place.train("--out /proc/inkling"), {"/proc/inkling", "output folder"});
}

TEST_CASE("A disk that is full: the old files stay, no half of a new one does") {
  const Place place;
  // A limit of 64 blocks of 512 or 1,024 bytes on every file: the class names fit, the network does
  // not.
  refused(place.train(), {"checkpoint", "could not be written"}, "ulimit -f 64;");
  CHECK(!fs::exists(place.out / "model.onnx"));
  for (const fs::directory_entry& entry : fs::directory_iterator(place.out))
    CHECK(entry.path().extension() != ".tmp");
}

TEST_CASE("Files that are no models, or have no card") {
  const Place place;
  const fs::path text = place.path / "letter.onnx";
  write_file(text, std::string_view("Dear reader, this is no model."));
  for (const std::string& command :
       {std::string("inspect "), "evaluate --data " + place.data.string() + " "}) {
    refused(command + text.string(), {"letter.onnx"});
    refused(command + (place.path / "none.onnx").string(), {"none.onnx", "cannot be opened"});
    refused(command + place.path.string(), {"is not a file"});
  }
  // A ModelProto with a graph of one node and nothing else.
  const fs::path bare = place.path / "bare.onnx";
  write_file(bare, std::string_view("\x08\x08\x3a\x08\x0a\x06\x22\x04Relu", 12));
  refused("inspect " + bare.string(), {"bare.onnx", "no card"});
}
