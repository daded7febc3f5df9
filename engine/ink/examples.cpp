#include "engine/ink/examples.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace ink {

namespace {

constexpr std::string_view head = "inkling examples 1\n";

}  // namespace

void begin_examples(std::vector<std::uint8_t>& bytes) {
  bytes.assign(head.begin(), head.end());
}

Result<std::size_t> add_examples(std::string_view word, std::span<const Record> records,
                                 std::vector<std::uint8_t>& bytes) {
  using Size = Result<std::size_t>;
  if (word.empty() || word.size() > 255) return Size::failure("a word has 1 to 255 bytes");
  if (records.size() > most_examples) return Size::failure("a word has at most 12 examples");
  std::vector<std::uint8_t> written;
  for (const Record& record : records) {
    const Size size =
        write_record({.recognized = record.recognized, .drawing = record.drawing}, written);
    if (!size) return size;
  }
  const std::size_t before = bytes.size();
  bytes.push_back(static_cast<std::uint8_t>(word.size()));
  bytes.insert(bytes.end(), word.begin(), word.end());
  bytes.push_back(static_cast<std::uint8_t>(records.size()));
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::uint8_t>(written.size() >> shift));
  }
  bytes.insert(bytes.end(), written.begin(), written.end());
  return bytes.size() - before;
}

Result<std::vector<Drawing>> examples_of(std::string_view word,
                                         std::span<const std::uint8_t> bytes) {
  using Drawings = Result<std::vector<Drawing>>;
  if (bytes.size() < head.size() || !std::equal(head.begin(), head.end(), bytes.begin())) {
    return Drawings::failure("no file of examples");
  }
  std::span<const std::uint8_t> rest = bytes.subspan(head.size());
  std::vector<Drawing> found;
  while (!rest.empty()) {
    const std::size_t letters = rest[0];
    if (rest.size() < letters + 6) return Drawings::failure("the examples are cut short");
    const std::span<const std::uint8_t> name = rest.subspan(1, letters);
    const std::size_t count = rest[1 + letters];
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size |= static_cast<std::size_t>(rest[2 + letters + i]) << (8 * i);
    }
    rest = rest.subspan(letters + 6);
    if (rest.size() < size) return Drawings::failure("the examples are cut short");
    std::span<const std::uint8_t> records = rest.first(size);
    rest = rest.subspan(size);
    if (!std::equal(name.begin(), name.end(), word.begin(), word.end())) continue;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, most_examples); ++i) {
      Record record;
      const Result<std::size_t> read = read_record(records, record);
      if (!read) return Drawings::failure("an example is broken: " + read.error());
      records = records.subspan(*read);
      if (point_count(record.drawing) <= most_example_points) {
        found.push_back(std::move(record.drawing));
      }
    }
  }
  if (found.size() > most_examples) found.resize(most_examples);
  return found;
}

}  // namespace ink
