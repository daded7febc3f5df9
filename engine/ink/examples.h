// Other people's drawings, some of each word, in one file (examples.bin): what `inkling data
// examples` writes and the game shows beside a replay.
//
//   "inkling examples 1\n"
//   for each word: name length u8, name (UTF-8), drawings u8, bytes u32 (little-endian),
//                  and in so many bytes so many records (record.h)
//
// A word's records can be skipped without being read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/ink/drawing.h"
#include "engine/ink/record.h"
#include "engine/result.h"

namespace ink {

inline constexpr int most_examples = 12;  // of a word
// Points of one example: more is no doodle, and would be long in being drawn.
inline constexpr int most_example_points = 2000;

// Begins a file.
void begin_examples(std::vector<std::uint8_t>& bytes);

// Appends a word and its drawings, of which key, country and time are left out. Fails on a name
// that is empty or longer than 255 bytes, on more drawings than most_examples, and as write_record
// does.
Result<std::size_t> add_examples(std::string_view word, std::span<const Record> records,
                                 std::vector<std::uint8_t>& bytes);

// The drawings of a word (0..255), as far as they have no more points than above; none when the
// file has none of it. Fails on bytes that are no such file, or one that is cut short anywhere, and
// on broken records of this word.
Result<std::vector<Drawing>> examples_of(std::string_view word,
                                         std::span<const std::uint8_t> bytes);

}  // namespace ink
