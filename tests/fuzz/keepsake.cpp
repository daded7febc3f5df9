// The drawings that the device keeps.
#include "engine/ink/keepsake.h"

#include <algorithm>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/ink/simplify.h"
#include "tests/fuzz/fuzz.h"

void fuzz::run(Bytes bytes) {
  const Result<ink::Keepsake> kept = ink::read_keepsake(bytes);
  if (!kept) return expect_one_line(kept.error());
  expect(kept->drawing.strokes.size() <= bytes.size(), "no more strokes than bytes");
  const auto point_count = static_cast<std::size_t>(ink::point_count(kept->drawing));
  expect(point_count <= bytes.size() / 3, "a point takes three bytes");
  std::vector<std::uint8_t> picture(28 * 28);
  ink::raster(kept->record.drawing, {}, picture);

  // Scribbles over the whole of the paper take memory to simplify; drawings don't.
  const ink::Box box = ink::bounds(kept->drawing);
  const float side = std::max(box.right - box.left, box.bottom - box.top);
  if (ink::ink_length(kept->drawing) > 300.0 * side) return;
  const auto again = ink::write_keepsake(
      kept->word, kept->record.recognized == ink::Recognized::yes, kept->seconds, kept->drawing);
  if (!again) return;  // a stroke of more points than a record holds
  const Result<ink::Keepsake> same = ink::read_keepsake(*again);
  expect(bool(same), "what is written can be read");
  expect(same->word == kept->word && same->drawing.strokes.size() == kept->drawing.strokes.size(),
         "it is the same");
}
