// Folders of Quick, Draw! files, one a class: strokes (NAME.bin, engine/ink/record.h, or
// NAME.ndjson, ndjson.h) or Google's bitmaps (NAME.npy, uint8 [N, 784]). What is kept in memory is
// where each drawing begins, 8 bytes a drawing; the drawings are read when they are wanted, from
// memory where all of the files fit into what is allowed.
//
//   data::Dataset dataset = data::open({.folders = {"data"}, .max_per_class = 2000});
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
#include "trainer/data/stream.h"
#include "trainer/file.h"

namespace data {

enum class Form { strokes, bitmaps };
enum class Split { train, validation, test };
inline constexpr int n_splits = 3;

// Which side a drawing is on, for good: by a hash of its key, 10% test and 5% validation unless
// told otherwise. The key is the data set's own; a bitmap's is the FNV-1a hash of its bytes, so
// that equal pictures fall on the same side.
struct Shares {
  double test = 0.1;
  double validation = 0.05;
};
Split split_of(std::uint64_t key, const Shares& shares = {});
std::uint64_t picture_key(std::span<const std::uint8_t> pixels);

struct Sample {
  std::uint64_t at : 38;     // the byte of its file where it begins
  std::uint64_t file : 13;   // index of the file
  std::uint64_t label : 13;  // index of the class
};
static_assert(sizeof(Sample) == 8);
using Samples = std::vector<Sample, LargeMemory<Sample>>;

struct File {
  InputFile bytes;
  Format format;
  std::uint32_t label;  // index of the class
};

struct Dataset {
  Form form = Form::strokes;
  std::vector<std::filesystem::path> folders;
  std::vector<std::string> classes;
  std::vector<File> files;                // in the order of the classes
  std::array<Samples, n_splits> samples;  // by Split; in the order of the files
  Mapping memory;                         // of files that are kept
  std::vector<std::string> warnings;      // what the user should know of: a line for each file
};

struct OpenOptions {
  // Each holds files, or a subfolder strokes/ or bitmaps/ with them. A class's drawings come from
  // all of the folders, one after another.
  std::vector<std::filesystem::path> folders;
  std::optional<Form> form = {};          // empty: what there is
  Form preferred = Form::strokes;         // where there are both
  std::vector<std::string> classes = {};  // empty: every file's, in alphabetical order
  int max_per_class = 0;                  // only the first ones of each folder; 0: all
  int min_per_class = 10;                 // fails on a class with fewer
  bool skip_small_classes = false;        // leaves such a class out instead
  bool unrecognized = false;              // takes drawings that the game did not recognise too
  Shares shares = {};
  // Files are kept in memory where all of them together have at most so many bytes.
  std::uint64_t most_in_memory = std::uint64_t{256} << 20;
};

// Fails, naming the file and the place, on a folder without files, a class without a file or with
// too few drawings, and a file that is cut short or malformed. Drawings that the game in which they
// were made did not recognise are left out, unless they are asked for.
Dataset open(const OpenOptions& options);

// One name a line; empty lines are skipped. Fails on a name that stands twice, or is more than a
// name.
std::vector<std::string> read_class_names(const std::filesystem::path& path);

// Those of the samples, in their order, that are of a kind. Of bitmaps nothing is known but their
// number: the others fail.
struct Selection {
  int per_class = 0;         // only the first ones of each class; 0: all
  bool recognized = false;   // only those that the game is known to have recognised
  std::string country = {};  // only from there; empty: from anywhere
};
std::vector<Sample> select(const Dataset& dataset, std::span<const Sample> samples,
                           const Selection& selection);

// The strokes of a sample, with or without all else. Form::strokes only. What is read into is
// memory to be used again.
void read_strokes(const Dataset& dataset, const Sample& sample, ink::Record& record);
void read_lines(const Dataset& dataset, const Sample& sample, ink::Polylines& lines);

// The picture of a sample, [side * side], 0 paper, 1 ink. Bitmaps are 28x28 and are not changed;
// strokes are drawn by the engine, after what `change` does to them where it is given. Both fail,
// naming the file and the place, where a drawing cannot be read any more.
using Change = std::function<ink::Polylines(ink::Polylines)>;
void draw(const Dataset& dataset, const Sample& sample, const ink::RasterOptions& raster,
          std::span<float> picture, const Change& change = {});

// Has the processor bring the drawing near, where it is kept in memory: it is wanted soon.
void prefetch(const Dataset& dataset, const Sample& sample);

// Fails where a file was changed since it was opened.
void expect_unchanged(const Dataset& dataset);

}  // namespace data
