#include "trainer/data/dataset.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "engine/random.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"

namespace data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t bitmap_side = 28, bitmap_pixels = bitmap_side * bitmap_side;

const char* ending(Form form) {
  return form == Form::strokes ? ".bin" : ".npy";
}
const char* subfolder(Form form) {
  return form == Form::strokes ? "strokes" : "bitmaps";
}

// The names of the classes that have a file of this form in the folder, in alphabetical order.
std::vector<std::string> classes_in(const fs::path& folder, Form form) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ending(form)) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

// Finds the files: fills in the data set's folder, form and classes.
void find_files(const OpenOptions& options, Dataset& dataset) {
  if (!fs::is_directory(options.folder))
    fail("{}: there is no such data folder; name one with --data or $INKLING_DATA",
         options.folder.string());
  for (const Form form : {Form::strokes, Form::bitmaps}) {
    if (options.form.value_or(form) != form) continue;
    for (const fs::path& folder : {options.folder / subfolder(form), options.folder}) {
      dataset.form = form;
      dataset.folder = folder;
      dataset.classes = classes_in(folder, form);
      if (!dataset.classes.empty()) return;
    }
  }
  fail("{}: the data folder holds no {}; see 'inkling train --help'", options.folder.string(),
       !options.form                    ? "drawings (.bin or .npy files)"
       : *options.form == Form::strokes ? "strokes (.bin files)"
                                        : "bitmaps (.npy files)");
}

// Adds the drawings of a file of records to the splits; returns how many.
std::size_t index_strokes(Dataset& dataset, std::uint32_t label, std::size_t most) {
  const std::span<const std::uint8_t> bytes = dataset.files[label].bytes();
  std::size_t count = 0, records = 0;
  ink::Record record;
  for (std::size_t at = 0; at < bytes.size() && count < most; ++records) {
    const Result<std::size_t> size = ink::read_record(bytes.subspan(at), record);
    if (!size)
      fail("{}: record {} at byte {}: {}; fetch the file again", dataset.paths[label], records, at,
           size.error());
    if (record.recognized != ink::Recognized::no) {
      dataset.samples[std::size_t(split_of(record.key))].push_back({at, label});
      ++count;
    }
    at += *size;
  }
  return count;
}

// Likewise, of a file of bitmaps.
std::size_t index_bitmaps(Dataset& dataset, std::uint32_t label, std::size_t most) {
  const std::span<const std::uint8_t> bytes = dataset.files[label].bytes();
  const NpyPictures npy = read_npy_header(bytes, bitmap_pixels, dataset.paths[label]);
  const std::size_t count = std::min(npy.rows, most);
  for (std::size_t row = 0; row < count; ++row) {
    const std::size_t at = npy.begin + row * bitmap_pixels;
    const Split split = split_of(picture_key(bytes.subspan(at, bitmap_pixels)));
    dataset.samples[std::size_t(split)].push_back({at, label});
  }
  return count;
}

}  // namespace

Split split_of(std::uint64_t key) {
  const std::uint64_t part = mix_bits(key) % 20;
  return part < 2 ? Split::test : part == 2 ? Split::validation : Split::train;
}

std::uint64_t picture_key(std::span<const std::uint8_t> pixels) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const std::uint8_t pixel : pixels) hash = (hash ^ pixel) * 0x100000001b3u;
  return hash;
}

Dataset open(const OpenOptions& options) {
  Dataset dataset;
  find_files(options, dataset);
  if (!options.classes.empty()) dataset.classes = options.classes;
  const std::size_t most =
      options.max_per_class > 0 ? std::size_t(options.max_per_class) : SIZE_MAX;
  for (std::uint32_t label = 0; label < dataset.classes.size(); ++label) {
    const std::string& name = dataset.classes[label];
    const fs::path path = dataset.folder / (name + ending(dataset.form));
    if (!fs::exists(path))
      fail("{}: there is no such file, but the class '{}' is asked for", path.string(), name);
    dataset.paths.push_back(path.string());
    dataset.files.emplace_back(path);
    const std::size_t count = dataset.form == Form::strokes ? index_strokes(dataset, label, most)
                                                            : index_bitmaps(dataset, label, most);
    if (count < std::size_t(options.min_per_class))
      fail("{}: the class '{}' has {} drawings, at least {} are needed; fetch more or leave it out",
           path.string(), name, count, options.min_per_class);
  }
  return dataset;
}

std::vector<std::string> read_class_names(const fs::path& path) {
  std::ifstream file(path);
  if (!file) fail("{}: the list of classes cannot be opened", path.string());
  std::vector<std::string> names;
  std::set<std::string> seen;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (line.empty()) continue;
    if (line.find_first_of("/\\") != std::string::npos)
      fail("{}: line {}: '{}' is no name of a class", path.string(), number, line);
    if (!seen.insert(line).second)
      fail("{}: line {}: the class '{}' stands there twice", path.string(), number, line);
    names.push_back(line);
  }
  if (names.empty()) fail("{}: the list of classes is empty", path.string());
  return names;
}

void read_strokes(const Dataset& dataset, const Sample& sample, ink::Record& record) {
  const std::span<const std::uint8_t> bytes = dataset.files[sample.label].bytes();
  const Result<std::size_t> size = ink::read_record(bytes.subspan(sample.at), record);
  if (!size)
    fail("{}: record at byte {}: {}; was the file changed meanwhile?", dataset.paths[sample.label],
         sample.at, size.error());
}

void draw(const Dataset& dataset, const Sample& sample, const ink::RasterOptions& raster,
          std::span<float> picture, const Change& change) {
  constexpr std::size_t most = ink::max_side;
  std::array<std::uint8_t, most * most> memory;
  std::span<const std::uint8_t> pixels;
  if (dataset.form == Form::bitmaps) {
    pixels = dataset.files[sample.label].bytes().subspan(sample.at, bitmap_pixels);
  } else {
    thread_local ink::Record record;
    read_strokes(dataset, sample, record);
    const std::span<std::uint8_t> target = std::span(memory).first(picture.size());
    ink::raster(change ? change(record.drawing) : record.drawing, raster, target);
    pixels = target;
  }
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = float(pixels[i]) * (1.0f / 255);
}

}  // namespace data
