// Numbers as bytes, for the small forms in which drawings are kept and sent: protobuf's varints and
// zigzag (https://protobuf.dev/programming-guides/encoding).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

inline void append_varint(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  for (; value >= 128; value >>= 7) bytes.push_back(static_cast<std::uint8_t>(value | 128));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

inline std::uint64_t zigzag(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? ~(bits << 1) : bits << 1;
}

inline std::int64_t from_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Takes bytes off the front; once they are short it gives zeros, and `short_of` stays true.
struct ByteReader {
  std::span<const std::uint8_t> bytes;
  bool short_of = false;

  std::uint8_t byte() {
    if (bytes.empty()) return short_of = true, std::uint8_t{0};
    const std::uint8_t value = bytes[0];
    bytes = bytes.subspan(1);
    return value;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 127) << shift;
      if (next < 128) return value;
    }
    short_of = true;
    return 0;
  }

  std::string text(std::size_t size) {
    if (bytes.size() < size) {
      short_of = true;
      return {};
    }
    std::string value(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    return value;
  }
};
