// What a person can get wrong: one clear line each, exit status 2, nothing half-written.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/npy.h"
#include "trainer/file.h"

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
  for (const char* command : {"", "train", "compare", "compress", "zoo", "evaluate", "inspect",
                              "report", "data", "data fetch", "data info", "data convert",
                              "data synth", "data preview", "simulate", "calibrate"}) {
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

TEST_CASE("An .npy of another shape") {
  const Place place;
  const fs::path folder = place.path / "pictures";
  fs::create_directory(folder);
  write_file(folder / "a.npy", data::npy_header(20, 100) + std::string(20 * 100, '\0'));
  refused(place.train_on(folder), {"a.npy", "(20, 100)", "(N, 784)"});
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
  refused(place.train(), {"checkpoint", "could not be written"}, "trap '' XFSZ; ulimit -f 64;");
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
