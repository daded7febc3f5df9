// A folder of Quick, Draw! files, one a class: strokes (NAME.bin, engine/ink/record.h) or Google's
// bitmaps (NAME.npy, uint8 [N, 784]). Files are mapped; what is kept in memory is where each
// drawing begins.
//
//   data::Dataset dataset = data::open({.folder = "data", .max_per_class = 2000});
//   for (const data::Sample& sample : dataset.samples[int(data::Split::test)])
//     data::draw(dataset, sample, raster, picture);
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/ink/record.h"
#include "trainer/data/augment.h"
#include "trainer/file.h"

namespace data {

enum class Form { strokes, bitmaps };
enum class Split { train, validation, test };
inline constexpr int n_splits = 3;

// Which side a drawing is on, for good: 10% test, 5% validation, by a hash of its key. The key is
// the data set's own; a bitmap's is the FNV-1a hash of its bytes, so that equal pictures fall on
// the same side.
Split split_of(std::uint64_t key);
std::uint64_t picture_key(std::span<const std::uint8_t> pixels);

struct Sample {
  std::uint64_t at;     // where it begins in its class's file
  std::uint32_t label;  // index of the class
};

struct Dataset {
  Form form = Form::strokes;
  std::filesystem::path folder;
  std::vector<std::string> classes;
  std::vector<std::string> paths;  // a file a class
  std::vector<MappedFile> files;
  std::array<std::vector<Sample>, n_splits> samples;  // by Split; in the order of classes and files
};

struct OpenOptions {
  std::filesystem::path folder;   // holds the files, or a subfolder strokes/ or bitmaps/ with them
  std::optional<Form> form = {};  // strokes where there are both
  std::vector<std::string> classes = {};  // empty: every file of the folder, in alphabetical order
  int max_per_class = 0;                  // only the first ones of a file; 0: all
  int min_per_class = 10;                 // fails on a class with fewer
};

// Fails, naming the file and the place, on a folder without files, a class without a file or with
// too few drawings, and a file that is cut short or malformed. Drawings that Google's game did not
// recognise are left out.
Dataset open(const OpenOptions& options);

// One name a line; empty lines are skipped. Fails on a name that stands twice, or is more than a
// name.
std::vector<std::string> read_class_names(const std::filesystem::path& path);

// The strokes of a sample. Form::strokes only. `record` is memory to be used again.
void read_strokes(const Dataset& dataset, const Sample& sample, ink::Record& record);

// The picture of a sample, [side * side], 0 paper, 1 ink. Bitmaps are 28x28 and are not changed;
// strokes are drawn by the engine, after what `change` does to them where it is given.
using Change = std::function<ink::Drawing(const ink::Drawing&)>;
void draw(const Dataset& dataset, const Sample& sample, const ink::RasterOptions& raster,
          std::span<float> picture, const Change& change = {});

}  // namespace data
