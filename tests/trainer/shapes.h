// Folders of drawings that the tests make themselves, of six of the made-up shapes (data/synth.h).
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "engine/ink/drawing.h"
#include "engine/random.h"

namespace shapes {

inline constexpr std::string_view names[] = {"circle", "line",     "square",
                                             "star",   "triangle", "zigzag"};

// A drawing of names[shape], simplified.
ink::Drawing draw(std::size_t shape, Random& random);

// Writes NAME.bin with `count` drawings of each shape into the folder.
void write_folder(const std::filesystem::path& folder, int count, std::uint64_t seed);

// A folder of its own for one test, removed with it.
struct Folder {
  std::filesystem::path path;
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
};

}  // namespace shapes
