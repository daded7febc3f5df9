// Drawings in the data set's binary form (.bin). Little-endian, records back to back:
//   key u64, country 2 bytes, recognized u8, timestamp u32, strokes u16,
//   then for each stroke: points u16, x u8[points], y u8[points].
//
// A file is read record by record from its bytes; nothing is allocated beyond what the bytes can
// hold:
//
//   for (std::size_t at = 0; at < bytes.size();) {
//     Result<std::size_t> size = read_record(bytes.subspan(at), record);
//     if (!size) return size.error();
//     at += *size;
//   }
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/ink/drawing.h"
#include "engine/ink/polylines.h"
#include "engine/result.h"

namespace ink {

enum class Recognized : std::uint8_t { no = 0, yes = 1, unknown = 2 };

struct Record {
  std::uint64_t key = 0;
  std::array<char, 2> country = {'Z', 'Z'};
  Recognized recognized = Recognized::unknown;
  std::uint32_t timestamp = 0;  // seconds since 1970
  Drawing drawing;              // simplified: integers 0..255; no times
};

// Reads the record that begins at bytes[0] into `record`, whose memory is used again. Returns its
// size in bytes. Fails on a record that is cut short, has no stroke, or has an empty stroke.
Result<std::size_t> read_record(std::span<const std::uint8_t> bytes, Record& record);

// The same, but of the strokes alone, as lines.
Result<std::size_t> read_lines(std::span<const std::uint8_t> bytes, Polylines& lines);

// The size in bytes of the record that begins at bytes[0], with the same checks, without reading
// its points.
Result<std::size_t> record_size(std::span<const std::uint8_t> bytes);

// Appends the record. Coordinates are rounded and clamped to 0..255. Fails on what the form cannot
// hold: more than 65,535 strokes, or points in a stroke; no stroke; an empty stroke.
Result<std::size_t> write_record(const Record& record, std::vector<std::uint8_t>& bytes);

}  // namespace ink
