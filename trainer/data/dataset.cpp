#include "trainer/data/dataset.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>

#include "engine/model/card.h"
#include "engine/random.h"
#include "trainer/data/ndjson.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"

namespace data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t bitmap_side = 28, bitmap_pixels = bitmap_side * bitmap_side;

// What a drawing's index can hold (Sample).
constexpr std::uint64_t largest_file = std::uint64_t{1} << 38;
constexpr std::size_t most_files = 1 << 13, most_classes = 1 << 13;

const char* subfolder(Form form) {
  return form == Form::strokes ? "strokes" : "bitmaps";
}

// The file name of a class, in the order in which they are looked for.
struct Ending {
  const char* text;
  Format format;
};
std::span<const Ending> endings(Form form) {
  static constexpr Ending strokes[] = {{".bin", Format::bin}, {".ndjson", Format::ndjson}};
  static constexpr Ending bitmaps[] = {{".npy", Format::npy}};
  return form == Form::strokes ? std::span<const Ending>(strokes) : bitmaps;
}

// The names of the classes that have a file of this form in the folder.
std::set<std::string> classes_in(const fs::path& folder, Form form) {
  std::set<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    for (const Ending& ending : endings(form))
      if (entry.path().extension() == ending.text) names.insert(entry.path().stem().string());
  return names;
}

// Where the files of this form are: the folder, or its subfolder; nothing where there are none.
std::optional<fs::path> place_of(const fs::path& folder, Form form) {
  for (const fs::path& place : {folder / subfolder(form), folder})
    if (!classes_in(place, form).empty()) return place;
  return {};
}

// The one that the user wants, else the preferred one, unless none of the folders has any of it.
Form form_of(const OpenOptions& options) {
  if (options.form) return *options.form;
  for (const fs::path& folder : options.folders)
    if (place_of(folder, options.preferred)) return options.preferred;
  return options.preferred == Form::strokes ? Form::bitmaps : Form::strokes;
}

// Fills in the data set's form, folders and classes.
void find_classes(const OpenOptions& options, Dataset& dataset) {
  dataset.form = form_of(options);
  std::set<std::string> names;
  for (const fs::path& folder : options.folders) {
    if (!fs::is_directory(folder))
      fail("{}: there is no such data folder; name one with --data or $INKLING_DATA",
           folder.string());
    const std::optional<fs::path> place = place_of(folder, dataset.form);
    if (!place)
      fail("{}: the data folder holds no {}; see 'inkling train --help'", folder.string(),
           !options.form && dataset.form != options.preferred
               ? "drawings (.bin, .ndjson or .npy files)"
           : dataset.form == Form::strokes ? "strokes (.bin or .ndjson files)"
                                           : "bitmaps (.npy files)");
    dataset.folders.push_back(*place);
    names.merge(classes_in(*place, dataset.form));
  }
  dataset.classes.assign(names.begin(), names.end());
  if (!options.classes.empty()) dataset.classes = options.classes;
  for (const std::string& name : dataset.classes)
    if (!model::is_class_name(name))
      fail("{}: '{}' is no name of a class; names are UTF-8 and no paths",
           dataset.folders.front().string(), name);
  if (dataset.classes.size() > most_classes)
    fail("{}: {} classes, more than {}; name fewer with --classes",
         dataset.folders.front().string(), dataset.classes.size(), most_classes);
}

// The file of a class in a folder; lists from elsewhere write "baseball_bat".
std::optional<std::pair<fs::path, Format>> file_of(const fs::path& folder, const std::string& name,
                                                   Form form) {
  std::string spaced = name;
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  for (const std::string& stem : {name, spaced})
    for (const Ending& ending : endings(form))
      if (const fs::path path = folder / (stem + ending.text); fs::exists(path))
        return std::pair(path, ending.format);
  return {};
}

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Adds the drawings of one file to the splits, up to `most`.
class Indexer {
 public:
  Indexer(const OpenOptions& options, Dataset& dataset) : options_(options), dataset_(dataset) {}

  struct Found {
    std::size_t drawings = 0, unrecognized = 0;  // that are left out
  };

  Found index(std::size_t file, std::size_t most) {
    file_ = file;
    most_ = most;
    count_ = unrecognized_ = 0;
    if (dataset_.form == Form::bitmaps)
      index_bitmaps();
    else
      index_strokes();
    return {count_, unrecognized_};
  }

 private:
  const InputFile& bytes() const { return dataset_.files[file_].bytes; }

  void add(std::uint64_t at, std::uint64_t key) {
    const Split split = split_of(key, options_.shares);
    dataset_.samples[std::size_t(split)].push_back(
        {.at = at & (largest_file - 1),
         .file = file_ & (most_files - 1),
         .label = dataset_.files[file_].label & (most_classes - 1)});
    ++count_;
  }

  void index_strokes() {
    Stream stream(bytes(), dataset_.files[file_].format);
    while (count_ < most_ && stream.next())
      if (options_.unrecognized || stream.record().recognized != ink::Recognized::no)
        add(stream.at(), stream.record().key);
      else
        ++unrecognized_;
    // Of the data set's own that is a small part.
    if (unrecognized_ > count_)
      dataset_.warnings.push_back(
          fmt::format("{}: {} of {} drawings were not recognised by the game and are left out; "
                      "--unrecognized takes them too",
                      bytes().path(), unrecognized_, unrecognized_ + count_));
    if (std::string line = stream.left_out(count_ + unrecognized_); !line.empty())
      dataset_.warnings.push_back(std::move(line));
  }

  void index_bitmaps() {
    std::vector<std::uint8_t> header(std::size_t(std::min<std::uint64_t>(65536, bytes().size())));
    header.resize(bytes().read(0, header));
    const NpyPictures npy = read_npy_header(header, bytes().size(), bitmap_pixels, bytes().path());
    std::vector<std::uint8_t> rows(bitmap_pixels * 1024);
    for (std::size_t row = 0; row < npy.rows && count_ < most_; row += 1024) {
      const std::uint64_t at = npy.begin + std::uint64_t{row} * bitmap_pixels;
      const std::size_t read = bytes().read(at, rows) / bitmap_pixels;
      const std::size_t n = std::min({read, npy.rows - row, most_ - count_});
      for (std::size_t i = 0; i < n; ++i)
        add(at + i * bitmap_pixels,
            picture_key(std::span(rows).subspan(i * bitmap_pixels, bitmap_pixels)));
    }
  }

  const OpenOptions& options_;
  Dataset& dataset_;
  std::size_t file_ = 0, most_ = 0, count_ = 0, unrecognized_ = 0;
};

void keep_small_files(Dataset& dataset, std::uint64_t most) {
  std::uint64_t bytes = 0;
  for (const File& file : dataset.files) bytes += file.bytes.size();
  if (bytes > most) return;
  dataset.memory = large_memory(std::size_t(bytes));
  std::span<std::uint8_t> rest = dataset.memory.bytes();
  for (File& file : dataset.files) {
    const auto size = std::size_t(file.bytes.size());
    file.bytes.keep(rest.first(size));
    rest = rest.subspan(size);
  }
}

// Takes back what the files from `file` on, and their samples, have added.
void forget_files(Dataset& dataset, std::size_t file) {
  for (auto& samples : dataset.samples)
    while (!samples.empty() && samples.back().file >= file) samples.pop_back();
  while (dataset.files.size() > file) dataset.files.pop_back();
}

// Reads the drawing at a sample's place: `parse` is given ever more bytes until it is content.
template <class Parse>
void read_at(const InputFile& file, std::uint64_t at, Parse parse) {
  thread_local std::vector<std::uint8_t> memory;
  for (std::size_t size = 512;; size *= 4) {
    const std::span<const std::uint8_t> bytes = file.view(at, size, memory);
    const bool all = bytes.size() < size || size >= longest_drawing;
    if (parse(bytes, all)) return;
    if (all) break;
  }
  fail("{}: the drawing at byte {} cannot be read any more; was the file changed meanwhile?",
       file.path(), at);
}

}  // namespace

Split split_of(std::uint64_t key, const Shares& shares) {
  if (shares.test == Shares{}.test && shares.validation == Shares{}.validation) {
    const std::uint64_t part = mix_bits(key) % 20;
    return part < 2 ? Split::test : part == 2 ? Split::validation : Split::train;
  }
  const double part = double(mix_bits(key) >> 11) * 0x1p-53;
  return part < shares.test                       ? Split::test
         : part < shares.test + shares.validation ? Split::validation
                                                  : Split::train;
}

std::uint64_t picture_key(std::span<const std::uint8_t> pixels) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const std::uint8_t pixel : pixels) hash = (hash ^ pixel) * 0x100000001b3u;
  return hash;
}

Dataset open(const OpenOptions& options) {
  Dataset dataset;
  find_classes(options, dataset);
  Indexer indexer(options, dataset);
  const std::size_t most =
      options.max_per_class > 0 ? std::size_t(options.max_per_class) : SIZE_MAX;
  std::vector<std::string> kept;
  for (const std::string& name : dataset.classes) {
    const std::size_t first_file = dataset.files.size();
    std::size_t count = 0, unrecognized = 0;
    for (const fs::path& folder : dataset.folders) {
      const auto file = file_of(folder, name, dataset.form);
      if (!file) continue;
      if (dataset.files.size() == most_files)
        fail("{}: more than {} files", folder.string(), most_files);
      dataset.files.push_back({InputFile(file->first), file->second, std::uint32_t(kept.size())});
      if (dataset.files.back().bytes.size() >= largest_file)
        fail("{}: is larger than {} GB; split it", file->first.string(), largest_file >> 30);
      const Indexer::Found found = indexer.index(dataset.files.size() - 1, most);
      count += found.drawings;
      unrecognized += found.unrecognized;
    }
    const std::string where =
        (dataset.folders.front() / (name + endings(dataset.form)[0].text)).string();
    if (dataset.files.size() == first_file)
      fail("{}: there is no such file, but the class '{}' is asked for", where, name);
    if (count >= std::size_t(options.min_per_class)) {
      kept.push_back(name);
    } else if (options.skip_small_classes) {
      forget_files(dataset, first_file);
    } else {
      fail(
          "{}: the class '{}' has {} drawings{}, at least {} are needed; fetch more or leave it "
          "out",
          dataset.files.back().bytes.path(), name, count,
          unrecognized == 0 ? ""
                            : fmt::format(" ({} more were not recognised by the game, "
                                          "--unrecognized takes them too)",
                                          unrecognized),
          options.min_per_class);
    }
  }
  dataset.classes = std::move(kept);
  keep_small_files(dataset, options.most_in_memory);
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
    if (!model::is_class_name(line))
      fail("{}: line {}: '{}' is no name of a class", path.string(), number, line);
    if (!seen.insert(line).second)
      fail("{}: line {}: the class '{}' stands there twice", path.string(), number, line);
    names.push_back(line);
  }
  if (names.empty()) fail("{}: the list of classes is empty", path.string());
  return names;
}

void read_strokes(const Dataset& dataset, const Sample& sample, ink::Record& record) {
  const File& file = dataset.files[sample.file];
  read_at(file.bytes, sample.at, [&](std::span<const std::uint8_t> bytes, bool all) {
    if (file.format == Format::bin) return bool(ink::read_record(bytes, record));
    const std::string_view text = as_text(bytes);
    const std::size_t end = text.find('\n');
    if (end == text.npos && !all) return false;
    Result<ink::Record> read = read_ndjson(text.substr(0, end));
    if (read) record = std::move(*read);
    return bool(read);
  });
}

void read_lines(const Dataset& dataset, const Sample& sample, ink::Polylines& lines) {
  const File& file = dataset.files[sample.file];
  if (file.format == Format::bin) {
    read_at(file.bytes, sample.at, [&](std::span<const std::uint8_t> bytes, bool) {
      return bool(ink::read_lines(bytes, lines));
    });
  } else {
    ink::Record record;
    read_strokes(dataset, sample, record);
    lines = record.drawing;
  }
}

std::vector<Sample> select(const Dataset& dataset, std::span<const Sample> samples,
                           const Selection& selection) {
  const bool looks = selection.recognized || !selection.country.empty();
  if (looks && dataset.form != Form::strokes)
    fail("{}: bitmaps do not say where they are from, nor whether they were recognised",
         dataset.folders.front().string());
  std::vector<int> counts(dataset.classes.size(), 0);
  std::vector<Sample> selected;
  ink::Record record;
  for (const Sample& sample : samples) {
    int& count = counts[sample.label];
    if (selection.per_class > 0 && count == selection.per_class) continue;
    if (looks) read_strokes(dataset, sample, record);
    if (selection.recognized && record.recognized != ink::Recognized::yes) continue;
    if (!selection.country.empty() &&
        selection.country != std::string_view(record.country.data(), record.country.size()))
      continue;
    ++count;
    selected.push_back(sample);
  }
  return selected;
}

void draw(const Dataset& dataset, const Sample& sample, const ink::RasterOptions& raster,
          std::span<float> picture, const Change& change) {
  if (dataset.form == Form::bitmaps) {
    std::array<std::uint8_t, bitmap_pixels> pixels;
    const InputFile& file = dataset.files[sample.file].bytes;
    if (picture.size() != pixels.size())
      fail("{}: bitmaps are of side {}; for another side strokes are needed", file.path(),
           bitmap_side);
    if (file.read(sample.at, pixels) != pixels.size())
      fail("{}: the picture at byte {} cannot be read any more; was the file changed meanwhile?",
           file.path(), std::uint64_t(sample.at));
    for (std::size_t i = 0; i < pixels.size(); ++i) picture[i] = float(pixels[i]) * (1.0f / 255);
    return;
  }
  thread_local ink::Polylines lines;
  read_lines(dataset, sample, lines);
  if (change) lines = change(std::move(lines));
  ink::raster(lines, raster, picture);
}

void prefetch(const Dataset& dataset, const Sample& sample) {
  constexpr std::size_t usual_drawing = 192;  // bytes
  dataset.files[sample.file].bytes.prefetch(sample.at, usual_drawing);
}

void expect_unchanged(const Dataset& dataset) {
  for (const File& file : dataset.files) file.bytes.expect_unchanged();
}

}  // namespace data
