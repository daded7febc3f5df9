#include "engine/model/metadata.h"

#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace model {

namespace {

using Bytes = std::span<const std::uint8_t>;

// Protocol buffers, as much as the card needs (https://protobuf.dev/programming-guides/encoding): a
// message is a row of fields, each a number, a wire type, and a varint, 8 bytes, 4 bytes, or a
// length and that many bytes.
std::optional<std::uint64_t> take_varint(Bytes& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10 && i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(bytes[i] & 0x7f) << (7 * i);
    if (bytes[i] < 0x80) {
      bytes = bytes.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

struct Field {
  std::uint64_t number;
  Bytes payload;  // of a field with a length; else empty
};

std::optional<Field> take_field(Bytes& bytes) {
  const auto tag = take_varint(bytes);
  if (!tag || *tag >> 3 == 0) return std::nullopt;
  std::uint64_t size = 0;
  bool has_payload = false;
  switch (*tag & 7) {
    case 0:
      if (!take_varint(bytes)) return std::nullopt;
      break;
    case 1:
      size = 8;
      break;
    case 5:
      size = 4;
      break;
    case 2: {
      const auto length = take_varint(bytes);
      if (!length) return std::nullopt;
      size = *length;
      has_payload = true;
      break;
    }
    default:
      return std::nullopt;
  }
  if (size > bytes.size()) return std::nullopt;
  const auto taken = static_cast<std::size_t>(size);
  const Field field{*tag >> 3, has_payload ? bytes.first(taken) : Bytes{}};
  bytes = bytes.subspan(taken);
  return field;
}

std::string to_string(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

// FlatBuffers, as much as the card needs (https://flatbuffers.dev/internals): numbers in little
// endian; a reference is an unsigned distance onwards from where it stands; a table begins with the
// distance back to its vtable, which holds its own size, the table's, and where each field lies in
// the table, 0 for one that is absent. All positions are checked where they are read.
class FlatBuffer {
 public:
  explicit FlatBuffer(Bytes bytes) : bytes_(bytes) {}

  // Where what a reference leads to begins.
  [[nodiscard]] std::optional<std::size_t> follow(std::size_t at) const {
    const auto distance = number<std::uint32_t>(at);
    if (!distance || *distance == 0 || *distance >= bytes_.size() - at) return std::nullopt;
    return at + *distance;
  }

  // What field `i` of a table refers to.
  [[nodiscard]] std::optional<std::size_t> field(std::size_t table, std::size_t i) const {
    const auto back = number<std::int32_t>(table);
    if (!back) return std::nullopt;
    const std::int64_t vtable = static_cast<std::int64_t>(table) - *back;
    if (vtable < 0) return std::nullopt;
    const auto start = static_cast<std::size_t>(vtable);
    const auto size = number<std::uint16_t>(start);
    if (!size || 4 + 2 * i + 2 > *size) return std::nullopt;
    const auto offset = number<std::uint16_t>(start + 4 + 2 * i);
    if (!offset || *offset == 0) return std::nullopt;
    return follow(table + *offset);
  }

  // Of a vector or a string: how many items there are.
  [[nodiscard]] std::optional<std::size_t> count(std::size_t at, std::size_t item_size) const {
    const auto n = number<std::uint32_t>(at);
    if (!n || *n > (bytes_.size() - at - 4) / item_size) return std::nullopt;
    return *n;
  }

  [[nodiscard]] std::optional<std::string> string(std::size_t table, std::size_t i) const {
    const auto at = field(table, i);
    const auto size = at ? count(*at, 1) : std::nullopt;
    if (!size) return std::nullopt;
    return to_string(bytes_.subspan(*at + 4, *size));
  }

 private:
  template <typename T>
  [[nodiscard]] std::optional<T> number(std::size_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }

  Bytes bytes_;
};

Result<Metadata> failure() {
  return Result<Metadata>::failure("the file is no ONNX model, or is cut short");
}

Result<Metadata> read_onnx(Bytes onnx) {
  constexpr std::uint64_t graph = 7, metadata_props = 14;  // of ModelProto
  constexpr std::uint64_t entry_key = 1, entry_value = 2;  // of StringStringEntryProto
  Metadata metadata;
  bool has_graph = false;
  while (!onnx.empty()) {
    const auto field = take_field(onnx);
    if (!field) return failure();
    has_graph |= field->number == graph;
    if (field->number != metadata_props) continue;
    auto& [key, value] = metadata.emplace_back();
    for (Bytes entry = field->payload; !entry.empty();) {
      const auto part = take_field(entry);
      if (!part) return failure();
      if (part->number == entry_key) key = to_string(part->payload);
      if (part->number == entry_value) value = to_string(part->payload);
    }
  }
  if (!has_graph) return failure();
  return metadata;
}

// onnxruntime/core/flatbuffers/schema/ort.fbs
Result<Metadata> read_ort(Bytes ort) {
  constexpr std::size_t session_model = 1, model_graph = 7, model_metadata_props = 9;
  constexpr std::size_t entry_key = 0, entry_value = 1;
  const FlatBuffer buffer(ort);
  const auto session = buffer.follow(0);
  const auto model = session ? buffer.field(*session, session_model) : std::nullopt;
  if (!model || !buffer.field(*model, model_graph)) return failure();
  Metadata metadata;
  const auto entries = buffer.field(*model, model_metadata_props);
  if (!entries) return metadata;
  const auto count = buffer.count(*entries, 4);
  if (!count) return failure();
  std::size_t left = ort.size();  // strings that share their bytes could grow without end
  for (std::size_t i = 0; i < *count; ++i) {
    const auto entry = buffer.follow(*entries + 4 + 4 * i);
    auto key = entry ? buffer.string(*entry, entry_key) : std::nullopt;
    auto value = entry ? buffer.string(*entry, entry_value) : std::nullopt;
    if (!key || !value || key->size() + value->size() > left) return failure();
    left -= key->size() + value->size();
    metadata.emplace_back(std::move(*key), std::move(*value));
  }
  return metadata;
}

}  // namespace

bool is_ort(std::span<const std::uint8_t> file) {
  return file.size() >= 8 && std::memcmp(file.data() + 4, "ORTM", 4) == 0;
}

Result<Metadata> read_metadata(std::span<const std::uint8_t> file) {
  return is_ort(file) ? read_ort(file) : read_onnx(file);
}

}  // namespace model
