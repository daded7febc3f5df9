// Writes what the fuzzers begin with: FOLDER/NAME/..., small files of every format as the project
// itself writes them, and by hand those that it only reads.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/ink/examples.h"
#include "engine/ink/keepsake.h"
#include "engine/random.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/ndjson.h"
#include "trainer/data/npy.h"
#include "trainer/file.h"
#include "trainer/onnx/onnx.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/recipe.h"

namespace {

namespace fs = std::filesystem;

fs::path folder;

void write(const char* fuzzer, const std::string& name, std::string_view bytes) {
  fs::create_directories(folder / fuzzer);
  write_file(folder / fuzzer / name, bytes);
}

std::string read(const fs::path& path) {
  const MappedFile file(path);
  return {file.bytes().begin(), file.bytes().end()};
}

ink::Record record_of(std::size_t shape, Random& random) {
  return {.key = random.bits() >> 1,
          .country = {'D', 'E'},
          .recognized = ink::Recognized(shape % 3),
          .timestamp = 1490000000,
          .drawing = shapes::draw(shape, random)};
}

void write_drawings() {
  Random random{1};
  std::vector<std::uint8_t> together, examples;
  std::string lines;
  ink::begin_examples(examples);
  for (std::size_t shape = 0; shape < std::size(shapes::names); ++shape) {
    const ink::Record record = record_of(shape, random);
    const std::size_t before = together.size();
    if (!ink::write_record(record, together)) std::abort();
    const std::string name(shapes::names[shape]);
    write("record", name, std::string(together.begin() + std::ptrdiff_t(before), together.end()));
    write("ndjson", name, data::write_ndjson(record, name));
    lines += data::write_ndjson(record, name);
    const std::vector<ink::Record> twice(2, record);
    if (!ink::add_examples(name, twice, examples)) std::abort();
    if (shape < 3) write("examples", name, std::string(examples.begin(), examples.end()));
    const auto kept = ink::write_keepsake(name, shape % 2 == 0, 7.5, record.drawing);
    if (!kept) std::abort();
    write("keepsake", name, std::string(kept->begin(), kept->end()));
  }
  // A link of two rounds, without its checksum: "cat" in 3.2 s, "axe" not.
  write("challenge", "two",
        std::string("\1\2\3cat\1\x20\1\5\x0a\3\x14\x28\x3c\1\5\x10\3axe\0\xc8\1\0", 26));
  write("record", "together", std::string(together.begin(), together.end()));
  write("ndjson", "together", lines + "\nbroken\n\r\n" + lines);
  // Raw: fractions, times, more than one stroke, as the data set's raw files have it.
  write("ndjson", "raw",
        R"({"word":"cat","countrycode":"VE","timestamp":"2017-03-02 23:25:10.07453 UTC",)"
        R"("recognized":false,"key_id":"5201136883597312","drawing":[[[130.5,113,99.25,-7],)"
        R"([72,40,27.75,1e2],[0,120,240,3e3]],[[76.0],[28.5],[4000]]]})");
  write("ndjson", "raw without times", R"({"drawing":[[[0,1000],[5,0.5]],[[3,3,3],[4,4,4]]]})");
  // Six bytes of how much the file goes on for, then the file.
  const std::string more("\0\0\0\0\x10\0", 6);
  write("npy", "two rows", more + data::npy_header(2, 784));
  write("npy", "small", more + data::npy_header(3, 2) + "abcdef");
  write("npy", "version 2",
        more + std::string("\x93NUMPY\x02\x00\x40\0\0\0", 12) +
            "{'shape': (1, 784), 'fortran_order': False, 'descr': '|u1'}    \n");
}

model::Card card_of(int classes) {
  model::Card card;
  card.name = "seed";
  for (int i = 0; i < classes; ++i) card.classes.push_back("class " + std::to_string(i));
  card.raster = {.side = 8};
  card.thresholds.assign(std::size_t(classes), 0.3f);
  card.trained_on = "nothing";
  return card;
}

// Between them they have every operator and attribute that is read.
void write_models() {
  write("card", "ort", read(INKLING_SOURCE_DIR "/tests/engine/small.ort"));
  using namespace nn;
  Graph branches{{1, 8, 8}};
  const int trunk = branches.add({conv(2, 3), leaky_relu(0.1f)});
  const int left = branches.add({conv(2, 1), relu6()}, trunk);
  const int right = branches.add({conv(2, 3), relu6()}, trunk);
  const int sum = branches.join(add(), {left, right});
  branches.join(concatenate(), {sum, trunk});
  branches.add({average_pool(2), global_average_pool(), flatten(), dense(3)});
  const Graph graphs[] = {
      {{1, 8, 8}, {flatten(), dense(2)}},
      {{1, 8, 8}, {conv(2, 3), relu(), max_pool(2), flatten(), dense(3), relu(), dense(2)}},
      {{1, 8, 8},
       {conv(4, {1, 3}, {.stride = 2}), conv(4, 3, {.groups = 4, .bias = false}), relu6(),
        max_pool(3, {.stride = 2, .padding = 1}), global_average_pool(), flatten(), dense(2)}},
      {{1, 8, 8},
       {quantize(0.01f, 0), conv(2, 3), relu(), quantize(0.02f, 3), flatten(), dense(2)}},
      branches};
  int number = 0;
  for (const Graph& graph : graphs)
    for (const onnx::WeightType type : {onnx::WeightType::f32, onnx::WeightType::int8}) {
      std::vector<float> weights = he_weights(graph, 1);
      for (float& weight : weights) weight = float(int(weight * 64)) / 64;
      const std::string onnx = onnx::write_model(graph, weights, card_of(classes_of(graph)), type);
      write("model", std::to_string(++number), onnx);
      write("card", std::to_string(number), onnx);
    }
}

void write_runs() {
  for (const char* name : {"default", "original"})
    write("recipe", name, to_json(train::recipe_of(name)).dump(2));
  train::Recipe recipe;
  recipe.classes = {"cat", "The Eiffel Tower"};
  recipe.teacher = "teacher.onnx";
  recipe.precision = nn::Precision::f32;
  write("recipe", "more", to_json(recipe).dump() + " // a comment");

  train::Checkpoint checkpoint;
  checkpoint.recipe = to_json(recipe);
  checkpoint.drawings = ~std::uint64_t{0};
  checkpoint.history = {{{"epoch", 1}, {"loss", 1.5}, {"best", true}}};
  checkpoint.epoch = 1;
  checkpoint.weights = {1, 2, 3};
  checkpoint.adam_mean = checkpoint.adam_variance = {0, 0};
  const fs::path path = folder / "whole";
  for (const bool full : {false, true}) {
    if (full) checkpoint.averaged = checkpoint.best_weights = {4, 5, 6};
    train::write_checkpoint(checkpoint, path);
    const std::string bytes = read(path);
    const std::string name = full ? "full" : "plain";
    // Without magic and checksum, and with a line end for the length (checkpoint.cpp).
    write("checkpoint", name, std::string(1, '\0') + bytes.substr(8, bytes.size() - 16));
    std::string header = bytes.substr(16);
    header.resize(header.size() - 8);
    header.insert(header.rfind('}') + 1, "\n");
    write("checkpoint", name + " by line", "\1" + header);
  }
  fs::remove(path);

  write("classes", "classes", "cat\r\nThe Eiffel Tower\n\nt-shirt\n");
  write("classes", "texts", "# English\nplay.title\tDraw {word} in {seconds} s\na:jail\tjail\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 2;
  }
  folder = argv[1];
  fs::create_directories(folder);
  write_drawings();
  write_models();
  write_runs();
}
