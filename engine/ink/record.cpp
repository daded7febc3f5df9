#include "engine/ink/record.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace ink {

namespace {

constexpr std::size_t header_size = 8 + 2 + 1 + 4 + 2;

template <class T>
T little_endian(const std::uint8_t* bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<T>(static_cast<T>(bytes[i]) << (8 * i));
  return value;
}

template <class T>
void append(std::vector<std::uint8_t>& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Result<std::size_t> cut_short(std::size_t has) {
  return Result<std::size_t>::failure("the record is cut short after " + std::to_string(has) +
                                      " bytes");
}

// Walks the strokes of a record; calls take(xs, ys, count) for each. Returns the record's size.
template <class Take>
Result<std::size_t> walk(std::span<const std::uint8_t> bytes, Take take) {
  if (bytes.size() < header_size) return cut_short(bytes.size());
  const auto n_strokes = little_endian<std::uint16_t>(&bytes[15]);
  if (n_strokes == 0) return Result<std::size_t>::failure("the record has no stroke");
  std::size_t at = header_size;
  for (int stroke = 0; stroke < n_strokes; ++stroke) {
    if (bytes.size() - at < 2) return cut_short(bytes.size());
    const std::size_t n_points = little_endian<std::uint16_t>(&bytes[at]);
    at += 2;
    if (n_points == 0) {
      return Result<std::size_t>::failure("stroke " + std::to_string(stroke + 1) + " has no point");
    }
    if (bytes.size() - at < 2 * n_points) return cut_short(bytes.size());
    take(&bytes[at], &bytes[at + n_points], n_points);
    at += 2 * n_points;
  }
  return at;
}

}  // namespace

Result<std::size_t> record_size(std::span<const std::uint8_t> bytes) {
  return walk(bytes, [](const std::uint8_t*, const std::uint8_t*, std::size_t) {});
}

Result<std::size_t> read_record(std::span<const std::uint8_t> bytes, Record& record) {
  // Strokes that the record before had too many of, for their memory.
  thread_local std::vector<Stroke> spare;
  std::size_t n_strokes = 0;
  std::vector<Stroke>& strokes = record.drawing.strokes;
  Result<std::size_t> size =
      walk(bytes, [&](const std::uint8_t* xs, const std::uint8_t* ys, std::size_t count) {
        if (n_strokes == strokes.size()) {
          if (spare.empty()) spare.emplace_back();
          strokes.push_back(std::move(spare.back()));
          spare.pop_back();
        }
        Stroke& stroke = strokes[n_strokes++];
        stroke.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
          stroke[i] = {static_cast<float>(xs[i]), static_cast<float>(ys[i]), 0};
        }
      });
  for (; strokes.size() > n_strokes; strokes.pop_back()) spare.push_back(std::move(strokes.back()));
  if (!size) return size;
  record.key = little_endian<std::uint64_t>(&bytes[0]);
  record.country = {static_cast<char>(bytes[8]), static_cast<char>(bytes[9])};
  record.recognized = static_cast<Recognized>(std::min<std::uint8_t>(bytes[10], 2));
  record.timestamp = little_endian<std::uint32_t>(&bytes[11]);
  return size;
}

Result<std::size_t> read_lines(std::span<const std::uint8_t> bytes, Polylines& lines) {
  const Result<std::size_t> size = record_size(bytes);
  lines.clear();
  if (!size) return size;
  // A stroke has some nine points: the right number of them takes longer than a whole block, of
  // which the next stroke writes over what is too much.
  constexpr std::size_t block = 16;
  const auto convert = [&](const std::uint8_t* from, std::size_t count, float* to) {
    const std::uint8_t* const end = bytes.data() + bytes.size();
    for (; count > 0 && end - from >= std::ptrdiff_t{block}; from += block, to += block) {
      for (std::size_t i = 0; i < block; ++i) to[i] = from[i];
      count -= std::min(count, block);
    }
    std::copy_n(from, count, to);
  };
  // There are no more points than this, those of dots counted twice.
  lines.x.resize(*size / 2 + block);
  lines.y.resize(*size / 2 + block);
  std::size_t points = 0;
  walk(bytes, [&](const std::uint8_t* xs, const std::uint8_t* ys, std::size_t count) {
    float *x = &lines.x[points], *y = &lines.y[points];
    convert(xs, count, x);
    convert(ys, count, y);
    if (count == 1) x[1] = x[0], y[1] = y[0];
    points += std::max<std::size_t>(count, 2);
    lines.ends.push_back(static_cast<std::uint32_t>(points));
  });
  lines.x.resize(points);
  lines.y.resize(points);
  return size;
}

Result<std::size_t> write_record(const Record& record, std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
  const std::vector<Stroke>& strokes = record.drawing.strokes;
  if (strokes.empty()) return Result<std::size_t>::failure("a record needs a stroke");
  if (strokes.size() > most)
    return Result<std::size_t>::failure("a record holds at most 65,535 strokes");
  for (const Stroke& stroke : strokes) {
    if (stroke.empty()) return Result<std::size_t>::failure("a stroke needs a point");
    if (stroke.size() > most)
      return Result<std::size_t>::failure("a stroke holds at most 65,535 points");
  }
  const auto coordinate = [](float v) {
    return static_cast<std::uint8_t>(std::isfinite(v) ? std::clamp(std::round(v), 0.0f, 255.0f)
                                                      : 0.0f);
  };
  const std::size_t start = bytes.size();
  append(bytes, record.key);
  bytes.push_back(static_cast<std::uint8_t>(record.country[0]));
  bytes.push_back(static_cast<std::uint8_t>(record.country[1]));
  bytes.push_back(static_cast<std::uint8_t>(record.recognized));
  append(bytes, record.timestamp);
  append(bytes, static_cast<std::uint16_t>(strokes.size()));
  for (const Stroke& stroke : strokes) {
    append(bytes, static_cast<std::uint16_t>(stroke.size()));
    for (const Point& p : stroke) bytes.push_back(coordinate(p.x));
    for (const Point& p : stroke) bytes.push_back(coordinate(p.y));
  }
  return bytes.size() - start;
}

}  // namespace ink
