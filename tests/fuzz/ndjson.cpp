// .ndjson: drawings as text, simplified and raw, line by line.
#include "trainer/data/ndjson.h"

#include <cmath>
#include <vector>

#include "engine/ink/raster.h"
#include "tests/fuzz/fuzz.h"
#include "trainer/data/stream.h"

namespace {

void use(const ink::Record& record) {
  fuzz::expect(!record.drawing.strokes.empty(), "a drawing has strokes");
  for (const ink::Stroke& stroke : record.drawing.strokes) {
    fuzz::expect(!stroke.empty(), "a stroke has points");
    for (const ink::Point& p : stroke)
      fuzz::expect(p.x >= 0 && p.x < 255.5f && p.y >= 0 && p.y < 255.5f, "points are in the box");
  }
  std::vector<std::uint8_t> picture(28 * 28);
  ink::raster(record.drawing, {}, picture);
  // As text, and back: a whole number each.
  const Result<ink::Record> again = data::read_ndjson(data::write_ndjson(record, "a \xff word"));
  fuzz::expect(bool(again), "what was read can be written and read again");
  fuzz::expect(again->key == record.key, "its key stays");
  fuzz::expect(again->drawing.strokes.size() == record.drawing.strokes.size(), "its strokes stay");
  for (std::size_t s = 0; s < record.drawing.strokes.size(); ++s) {
    const ink::Stroke &before = record.drawing.strokes[s], &after = again->drawing.strokes[s];
    fuzz::expect(before.size() == after.size(), "its points stay");
    for (std::size_t i = 0; i < before.size(); ++i)
      fuzz::expect(
          std::abs(before[i].x - after[i].x) <= 0.5f && std::abs(before[i].y - after[i].y) <= 0.5f,
          "they stay where they are");
  }
}

}  // namespace

void fuzz::run(Bytes bytes) {
  if (const Result<ink::Record> record = data::read_ndjson(as_text(bytes)); record)
    use(*record);
  else
    expect_one_line(record.error());

  const File file(bytes);
  attempt([&] {
    const InputFile input(file.path());
    data::Stream stream(input, data::Format::ndjson);
    while (stream.next()) use(stream.record());
    if (stream.broken() > 0) expect_one_line(stream.first_broken());
  });
}
