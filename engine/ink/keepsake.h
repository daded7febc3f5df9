// A finished drawing as the device keeps it: the ink as it was drawn, with its times, for pictures
// and replays, and beside it the simplified drawing, for training. Bytes, little-endian:
//   version u8 (1), recognized u8 (0, 1), milliseconds u32, length of the word u8, the word
//   (UTF-8), strokes varint, then for each stroke: points varint, then for each point three
//   varints, the differences from the point before it (of the whole drawing, which begins at 0, 0,
//   0):
//     x, y in eighths of a canvas unit, zigzag; t in milliseconds, never back,
//   and a record (record.h) without key and time of day: the engine knows no clock.
// Varints and zigzag are protobuf's (https://protobuf.dev/programming-guides/encoding). A drawing
// takes some three bytes a point.
//
// The page reads this form too (web/keep/form.js).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ink/drawing.h"
#include "engine/ink/record.h"
#include "engine/result.h"

namespace ink {

struct Keepsake {
  std::string word;    // the category's English key
  double seconds = 0;  // of the round, until it was recognised or over
  Drawing drawing;     // as drawn, in canvas units, with times
  Record record;       // the same simplified; says whether it was recognised
};

// The bytes of a drawing. Points that are not finite and empty strokes are left out; points beyond
// 32,767 units are brought there. Fails without ink, and on what the form cannot hold: a word of
// more than 255 bytes, simplified strokes as in write_record.
Result<std::vector<std::uint8_t>> write_keepsake(std::string_view word, bool recognized,
                                                 double seconds, const Drawing& drawing);

// Fails on another version, on bytes that are cut short or left over, on a drawing without ink, and
// on points further off than write_keepsake lets them be.
Result<Keepsake> read_keepsake(std::span<const std::uint8_t> bytes);

}  // namespace ink
