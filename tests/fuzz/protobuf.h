// Changes a protocol buffer where its lengths would stop a fuzzer that knows nothing of them: one
// field somewhere in the tree of messages is changed, doubled, removed or moved, and all lengths
// around it are made to fit. One change in four is any, lengths and all.
//
// A file that includes this has libFuzzer's custom mutator.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/random.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace fuzz {

struct Field {
  std::uint64_t tag;         // number and wire type
  std::string payload = {};  // of one that is no message: the bytes behind tag and length
  std::optional<std::vector<Field>> message = {};
};
using Message = std::vector<Field>;

inline std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10 && i < bytes.size(); ++i) {
    value |= std::uint64_t(bytes[i] & 0x7f) << (7 * i);
    if ((bytes[i] & 0x80) != 0) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return {};
}

inline void append_varint(std::uint64_t value, std::string& bytes) {
  for (; value >= 0x80; value >>= 7) bytes += char(value | 0x80);
  bytes += char(value);
}

// What cannot be told from a message is taken for one.
inline std::optional<Message> parse(std::string_view bytes, int depth = 0) {
  Message message;
  while (!bytes.empty()) {
    const auto tag = take_varint(bytes);
    if (!tag || *tag >> 3 == 0) return {};
    Field& field = message.emplace_back(Field{*tag});
    const std::string_view before = bytes;
    std::uint64_t size = 0;
    switch (*tag & 7) {
      case 0:
        if (!take_varint(bytes)) return {};
        field.payload = before.substr(0, before.size() - bytes.size());
        continue;
      case 1:
        size = 8;
        break;
      case 2: {
        const auto length = take_varint(bytes);
        if (!length) return {};
        size = *length;
        break;
      }
      case 5:
        size = 4;
        break;
      default:
        return {};
    }
    if (size > bytes.size()) return {};
    field.payload = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if ((*tag & 7) == 2 && size > 0 && depth < 8) field.message = parse(field.payload, depth + 1);
  }
  return message;
}

inline std::string bytes_of(const Message& message) {
  std::string bytes;
  for (const Field& field : message) {
    append_varint(field.tag, bytes);
    const std::string payload = field.message ? bytes_of(*field.message) : field.payload;
    if ((field.tag & 7) == 2) append_varint(payload.size(), bytes);
    bytes += payload;
  }
  return bytes;
}

// Every message of the tree that has fields.
inline void collect(Message& message, std::vector<Message*>& all) {
  if (!message.empty()) all.push_back(&message);
  for (Field& field : message)
    if (field.message) collect(*field.message, all);
}

inline void change(Field& field, Random& random) {
  constexpr std::uint64_t numbers[] = {0, 1, 2, 3, 7, 65535, 65536, 1u << 31, ~std::uint64_t{0}};
  std::string payload = field.message ? bytes_of(*field.message) : field.payload;
  if ((field.tag & 7) == 0) {
    payload.clear();
    append_varint(random.chance(0.5) ? numbers[random.below(std::size(numbers))] : random.below(64),
                  payload);
  } else {
    const std::size_t had = payload.size();
    const bool grows = (field.tag & 7) == 2 && random.chance(0.5);
    payload.resize(had + (grows ? 16 : 0));
    const std::size_t has = payload.empty()
                                ? 0
                                : LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(payload.data()),
                                                   had, payload.size());
    // Arrays of weights mostly keep their length.
    payload.resize(grows || random.chance(0.1) ? has : had);
    if ((field.tag & 7) != 2) payload.resize(had);
  }
  field = {field.tag, std::move(payload)};
}

inline void mutate(Message& root, Random& random) {
  std::vector<Message*> all;
  collect(root, all);
  if (all.empty()) return;
  Message& message = *all[random.below(all.size())];
  const std::size_t i = random.below(message.size()), j = random.below(message.size());
  switch (random.below(6)) {
    case 0:
      message.insert(message.begin() + std::ptrdiff_t(j), Field(message[i]));
      break;
    case 1:
      message.erase(message.begin() + std::ptrdiff_t(i));
      break;
    case 2:
      std::swap(message[i], message[j]);
      break;
    case 3:  // what stands elsewhere: names, and whole nodes
      if (const Message& other = *all[random.below(all.size())]; &other != &message)
        message[i] = Field(other[random.below(other.size())]);
      break;
    default:
      change(message[i], random);
  }
}

}  // namespace fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  Random random{mix_bits(seed)};
  auto message = fuzz::parse({reinterpret_cast<const char*>(data), size});
  if (!message || random.chance(0.25)) return LLVMFuzzerMutate(data, size, most);
  fuzz::mutate(*message, random);
  const std::string bytes = fuzz::bytes_of(*message);
  if (bytes.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
