// examples.bin: other people's drawings, as the game reads them.
#include "engine/ink/examples.h"

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "tests/fuzz/fuzz.h"

void fuzz::run(Bytes bytes) {
  // A word that the seeds have, and whatever the bytes themselves begin with.
  const std::string_view first = as_text(bytes.size() > 24 ? bytes.subspan(20, 4) : bytes);
  for (const std::string_view word :
       {std::string_view("circle"), first, std::string_view("none")}) {
    const auto drawings = ink::examples_of(word, bytes);
    if (!drawings) {
      expect_one_line(drawings.error());
      continue;
    }
    expect(drawings->size() <= ink::most_examples, "a word has no more examples than may be shown");
    for (const ink::Drawing& drawing : *drawings) {
      expect(ink::point_count(drawing) <= ink::most_example_points, "an example is no longer");
      std::vector<std::uint8_t> picture(28 * 28);
      ink::raster(drawing, {}, picture);
    }
  }
  // What can be read of one word is a whole file: of a word that it lacks there is none in it.
  const std::string strange(256, 'x');
  if (ink::examples_of("circle", bytes)) {
    const auto none = ink::examples_of(strange, bytes);
    expect(none && none->empty(), "no name is longer than 255 bytes");
  }
}
