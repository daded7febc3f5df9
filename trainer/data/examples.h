// Choosing drawings of each word for the game to show as other people's (engine/ink/examples.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/ink/examples.h"

namespace data {

struct ExampleOptions {
  std::vector<std::filesystem::path> folders;  // with strokes, as data::open takes them
  int per_word = 6;                            // 1..ink::most_examples
  std::uint64_t seed = 1;
  std::function<void(std::size_t done, std::size_t all)> progress = {};  // drawings looked at
};

struct ExampleResult {
  std::size_t words = 0, drawings = 0;
  std::uint64_t bytes = 0;         // of the file
  std::vector<std::string> notes;  // what the user should know of, a line each
};

// Of each word the recognised drawings whose hashed keys are the smallest: the same ones whatever
// their order in the files. Drawings of more points than the game shows are left out. Fails as
// data::open does, on a folder of bitmaps, and where the file cannot be written.
ExampleResult choose_examples(const ExampleOptions& options, const std::filesystem::path& out);

}  // namespace data
