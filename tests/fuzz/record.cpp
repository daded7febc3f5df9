// .bin: records of strokes, alone and as a stream over a file.
#include "engine/ink/record.h"

#include <algorithm>
#include <vector>

#include "engine/ink/raster.h"
#include "tests/fuzz/fuzz.h"
#include "trainer/data/augment.h"
#include "trainer/data/stream.h"

namespace {

// What is read is written as it was, and can be drawn.
void use(const ink::Record& record, fuzz::Bytes from) {
  std::vector<std::uint8_t> written;
  fuzz::expect(bool(ink::write_record(record, written)), "what was read can be written");
  written[10] = from[10];  // unknown kinds of `recognized` become one
  fuzz::expect(std::ranges::equal(written, from), "it is written as it was");
  std::vector<std::uint8_t> picture(28 * 28);
  ink::raster(record.drawing, {}, picture);
  // Without all else it is read as the same.
  ink::Polylines lines;
  const ink::Polylines same = record.drawing;
  fuzz::expect(*ink::read_lines(from, lines) == from.size(), "lines end where the record does");
  fuzz::expect(lines.x == same.x && lines.y == same.y && lines.ends == same.ends,
               "lines are those of the drawing");
  Random random{record.key};
  ink::raster(data::augment(record.drawing, {}, random), {}, picture);
}

}  // namespace

void fuzz::run(Bytes bytes) {
  ink::Record record;
  std::size_t at = 0, records = 0;
  while (at < bytes.size()) {
    const Bytes rest = bytes.subspan(at);
    const Result<std::size_t> size = ink::read_record(rest, record), same = ink::record_size(rest);
    expect(bool(size) == bool(same), "record_size and read_record agree");
    if (!size) {
      expect_one_line(size.error());
      break;
    }
    expect(*size == *same && *size <= rest.size(), "a record ends within its file");
    use(record, rest.first(*size));
    at += *size;
    ++records;
  }

  const File file(bytes);
  std::size_t streamed = 0;
  attempt([&] {
    const InputFile input(file.path());
    data::Stream stream(input, data::Format::bin);
    for (; stream.next(); ++streamed) expect(stream.end() <= bytes.size(), "a stream stays inside");
  });
  expect(streamed == records, "a stream finds every record");
}
