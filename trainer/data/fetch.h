// Fetches the first drawings of some classes of Quick, Draw! from its public bucket, or from
// whatever serves the same files over HTTP, several classes at once:
//
//   data::FetchResult result =
//       data::fetch({.classes = {"cat", "alarm clock"}, .per_class = 4000, .out = "quickdraw"});
//
// URL/binary/NAME.bin becomes OUT/strokes/NAME.bin, URL/numpy_bitmap/NAME.npy becomes
// OUT/bitmaps/NAME.npy. Only the bytes of the drawings wanted are asked for (HTTP ranges); a server
// that knows no ranges is read until enough is there. What came so far stands in NAME.bin.part,
// behind a line that says which version of the server's file it is, so that a run that was cut off,
// even killed, goes on; a file that changed on the server since is begun anew. A file gets its name
// only when it is whole and its structure is that of a file of drawings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/data/dataset.h"

namespace data {

// The names of the data set's 345 categories, in its own order (assets/categories.txt).
std::span<const std::string_view> categories();

inline constexpr const char* quickdraw_url =
    "https://storage.googleapis.com/quickdraw_dataset/full";

struct FetchOptions {
  std::string url = quickdraw_url;   // what stands before binary/ and numpy_bitmap/
  std::vector<std::string> classes;  // "alarm_clock" is taken for "alarm clock"
  Form form = Form::strokes;
  std::size_t per_class = 1000;  // the first ones; a class that has fewer is fetched whole
  std::filesystem::path out = {};
  int at_once = 8;         // classes
  int tries = 5;           // without headway, until a class is given up
  double pause = 0.5;      // seconds until the second try, at most; doubled for each further one
  double timeout = 30;     // seconds without a connection or with less than 100 bytes each
  std::uint64_t seed = 1;  // of the pauses' jitter
  std::function<bool()> interrupted = {};  // asked all the time; true: end early
  std::function<void(std::size_t drawings, std::size_t classes)> progress = {};  // that are there
};

struct FetchResult {
  std::size_t classes = 0;            // that are there now
  std::size_t kept = 0;               // of them, those that were there before
  std::size_t drawings = 0;           // of the classes that are there
  std::uint64_t bytes = 0;            // received from the server, without HTTP's own
  std::vector<std::string> fewer;     // classes that have fewer than per_class drawings
  std::vector<std::string> failures;  // a line for each class that could not be fetched
  bool interrupted = false;
};

// Fails where the folder cannot be written or another run writes into it, where the disk fails, and
// where the server cannot be reached at all. A class that fails alone is in `failures`; the others
// go on.
FetchResult fetch(const FetchOptions& options);

}  // namespace data
