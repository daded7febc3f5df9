#include <doctest/doctest.h>

#include "engine/ink/timeline.h"

TEST_CASE("Points are put in along a line, at their place and time") {
  const ink::Drawing drawing{{{{0, 0, 1}, {10, 0, 2}, {10, 3, 3}}, {{5, 5, 4}}}};
  const ink::Drawing finer = ink::subdivided(drawing, 4);
  REQUIRE(finer.strokes.size() == 2);
  REQUIRE(finer.strokes[0].size() == 5);
  CHECK(finer.strokes[0][1].x == doctest::Approx(10.0 / 3));
  CHECK(finer.strokes[0][1].t == doctest::Approx(4.0 / 3));
  CHECK(finer.strokes[0][3].x == 10);
  CHECK(finer.strokes[0][3].y == 0);
  CHECK(finer.strokes[0][4].y == 3);
  CHECK(finer.strokes[1].size() == 1);
}
