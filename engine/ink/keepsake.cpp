#include "engine/ink/keepsake.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/bytes.h"
#include "engine/ink/simplify.h"

namespace ink {

namespace {

constexpr std::uint8_t version = 1;
constexpr float steps = 8;                                  // of a canvas unit
constexpr std::int64_t farthest = std::int64_t{32767} * 8;  // in them
constexpr std::int64_t longest = 0xffffffff;                // milliseconds

bool is_finite(const Point& p) {
  return std::isfinite(p.x) && std::isfinite(p.y);
}

bool within(std::int64_t value, std::int64_t limit) {
  return -limit <= value && value <= limit;
}

std::int64_t in_steps(float v) {
  const auto limit = static_cast<float>(farthest);
  return static_cast<std::int64_t>(std::clamp(std::round(v * steps), -limit, limit));
}

std::int64_t milliseconds(double seconds) {
  if (!std::isfinite(seconds)) return 0;
  return static_cast<std::int64_t>(
      std::clamp(std::round(seconds * 1000), 0.0, static_cast<double>(longest)));
}

Result<Keepsake> failure(std::string message) {
  return Result<Keepsake>::failure(std::move(message));
}

}  // namespace

Result<std::vector<std::uint8_t>> write_keepsake(std::string_view word, bool recognized,
                                                 double seconds, const Drawing& drawing) {
  using Bytes = std::vector<std::uint8_t>;
  if (word.size() > 255) return Result<Bytes>::failure("the word is longer than 255 bytes");
  Drawing inked = drawing;
  for (Stroke& stroke : inked.strokes)
    std::erase_if(stroke, [](const Point& p) { return !is_finite(p); });
  std::erase_if(inked.strokes, [](const Stroke& stroke) { return stroke.empty(); });

  Bytes bytes = {version, static_cast<std::uint8_t>(recognized)};
  const auto took = static_cast<std::uint32_t>(milliseconds(seconds));
  for (int shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(took >> shift));
  bytes.push_back(static_cast<std::uint8_t>(word.size()));
  bytes.insert(bytes.end(), word.begin(), word.end());
  append_varint(bytes, inked.strokes.size());
  std::int64_t x = 0, y = 0, t = 0;
  for (const Stroke& stroke : inked.strokes) {
    append_varint(bytes, stroke.size());
    for (const Point& p : stroke) {
      const std::int64_t next_x = in_steps(p.x), next_y = in_steps(p.y);
      const std::int64_t next_t = std::max(t, milliseconds(p.t));
      append_varint(bytes, zigzag(next_x - x));
      append_varint(bytes, zigzag(next_y - y));
      append_varint(bytes, static_cast<std::uint64_t>(next_t - t));
      x = next_x, y = next_y, t = next_t;
    }
  }
  const Record record = {.recognized = recognized ? Recognized::yes : Recognized::no,
                         .drawing = simplify(inked)};
  const Result<std::size_t> written = write_record(record, bytes);
  if (!written) return Result<Bytes>::failure(written.error());
  return bytes;
}

Result<Keepsake> read_keepsake(std::span<const std::uint8_t> bytes) {
  ByteReader reader{bytes};
  const std::uint8_t is = reader.byte();
  if (is != version) return failure("the drawing is kept in version " + std::to_string(is));
  reader.byte();  // whether it was recognised: the record says it too
  std::uint32_t took = 0;
  for (int shift = 0; shift < 32; shift += 8)
    took |= static_cast<std::uint32_t>(reader.byte()) << shift;
  Keepsake keepsake;
  keepsake.seconds = took / 1000.0;
  for (std::size_t left = reader.byte(); left > 0 && !reader.short_of; --left)
    keepsake.word += static_cast<char>(reader.byte());
  std::int64_t x = 0, y = 0, t = 0;
  for (std::uint64_t strokes = reader.varint(); strokes > 0 && !reader.short_of; --strokes) {
    Stroke& stroke = keepsake.drawing.strokes.emplace_back();
    for (std::uint64_t points = reader.varint(); points > 0 && !reader.short_of; --points) {
      const std::int64_t dx = from_zigzag(reader.varint()), dy = from_zigzag(reader.varint());
      const auto dt = static_cast<std::int64_t>(reader.varint());
      const bool near =
          within(dx, 2 * farthest) && within(dy, 2 * farthest) && dt >= 0 && dt <= longest;
      if (!near) return failure("a point lies beyond the paper");
      x += dx, y += dy, t += dt;
      if (!within(x, farthest) || !within(y, farthest) || t > longest)
        return failure("a point lies beyond the paper");
      stroke.push_back({static_cast<float>(x) / steps, static_cast<float>(y) / steps,
                        static_cast<float>(static_cast<double>(t) / 1000)});
    }
    if (stroke.empty() && !reader.short_of) return failure("a stroke has no point");
  }
  if (reader.short_of)
    return failure("the drawing is cut short after " + std::to_string(bytes.size()) + " bytes");
  if (keepsake.drawing.strokes.empty()) return failure("the drawing has no ink");
  const Result<std::size_t> size = read_record(reader.bytes, keepsake.record);
  if (!size) return failure(size.error());
  if (*size != reader.bytes.size()) return failure("the drawing has bytes left over");
  return keepsake;
}

}  // namespace ink
