// What can be done with files of drawings: look into them, and bring them into another form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "trainer/data/stream.h"

namespace data {

// By the name's ending. Fails, naming the path, on any other.
Format format_of(const std::filesystem::path& path);

struct FileInfo {
  std::size_t drawings = 0;
  std::size_t recognized = 0;  // by Google's game; of bitmaps, all
  std::size_t broken = 0;      // lines of an .ndjson that cannot be read
  std::size_t strokes = 0;     // in all drawings together; 0 for bitmaps
  std::size_t points = 0;      // likewise
  std::uint64_t bytes = 0;
  std::vector<std::uint64_t> hashes;  // of each drawing's ink
};

// Reads the whole file. Fails as Stream and read_npy_header do.
FileInfo look_into(const std::filesystem::path& path);

// How many of the hashes stand there more than once, the first one each not counted. Sorts them.
std::size_t duplicates(std::vector<std::uint64_t>& hashes);

struct ConvertOptions {
  std::size_t most = SIZE_MAX;     // only the first drawings
  ink::RasterOptions raster = {};  // of the pictures of an .npy
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};  // bytes of `from`
  std::function<void(std::string_view line)> say = {};  // what the user should know of
};

// Writes the drawings of `from` to `to`, in the form that its ending names; how many. Raw drawings
// come out simplified. Fails where strokes are wanted of bitmaps, where more lines of an .ndjson
// are broken than a few, and as look_into does.
std::size_t convert(const std::filesystem::path& from, const std::filesystem::path& to,
                    const ConvertOptions& options = {});

struct SortedWords {
  std::map<std::string, std::size_t> drawings;  // of each word
  std::size_t broken = 0;                       // lines left out
  std::string first_broken;                     // "line 3: ..."; empty when there is none
};

// Sorts the lines of an .ndjson of many words, such as the game's, into FOLDER/WORD.ndjson, as
// training wants them; lines stay as they are. Reads the whole file into memory. Fails where no
// line can be read, or more than a few cannot.
SortedWords sort_by_word(const std::filesystem::path& from, const std::filesystem::path& folder);

}  // namespace data
