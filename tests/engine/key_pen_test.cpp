// The pen that keys move: by arrows, and by one key alone.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/game/key_pen.h"
#include "engine/game/round.h"

namespace {

constexpr double frame = 1.0 / 60;
constexpr game::Reach reach{.x = 150, .y = 200};

// Lets seconds pass in frames.
void wait(game::KeyPen& pen, double seconds, game::Arrows held = {}, double step = frame) {
  for (double t = 0; t < seconds - step / 2; t += step) game::advance(pen, held, reach, step);
}

// A compass whose first frame is over.
game::KeyPen compass() {
  game::KeyPen pen;
  game::press(pen, false);
  game::advance(pen, {}, reach, frame);
  return pen;
}

}  // namespace

TEST_CASE("a held arrow moves the pen evenly, whatever the frames, and gathers speed") {
  game::KeyPen pen;
  game::nudge(pen, 1, 0, false, reach);
  CHECK(pen.in_use);
  CHECK_FALSE(pen.down);
  const float tapped = pen.x;
  CHECK(tapped > 1);
  CHECK(tapped < 10);
  game::advance(pen, {.right = true}, reach, 0.5);  // the time before the key
  CHECK(pen.x == tapped);

  game::KeyPen coarse = pen;
  wait(pen, 0.6, {.right = true});
  wait(coarse, 0.6, {.right = true}, 0.2);
  CHECK(pen.y == 0);
  CHECK(coarse.x == doctest::Approx(pen.x).epsilon(0.01));
  const float first = pen.x - tapped;
  wait(pen, 0.6, {.right = true});
  CHECK(pen.x - tapped - first > first);
  wait(pen, 60, {.right = true});
  CHECK(pen.x == reach.x);
}

TEST_CASE("two arrows give a diagonal of the same speed, opposite ones nothing, and slow is slow") {
  game::KeyPen straight{.in_use = true, .steering = game::Steering::arrows};
  game::KeyPen diagonal = straight, neither = straight, slow = straight;
  wait(straight, 0.6, {.up = true});
  wait(diagonal, 0.6, {.left = true, .up = true});
  wait(neither, 0.6, {.left = true, .right = true});
  wait(slow, 0.6, {.up = true, .slow = true});
  CHECK(straight.y < 0);
  CHECK(diagonal.x == diagonal.y);
  CHECK(std::hypot(diagonal.x, diagonal.y) == doctest::Approx(-straight.y));
  CHECK(neither.x == 0);
  CHECK(slow.y < 0);
  CHECK(slow.y > straight.y / 2);
}

TEST_CASE("after an arrow the key is the pen's, without one it is the compass's") {
  game::KeyPen pen;
  game::nudge(pen, 0, 1, false, reach);
  game::press(pen, false);
  CHECK(pen.down);
  game::press(pen, false);
  CHECK_FALSE(pen.down);
  pen.in_use = false;  // a pointer took over; the arrows are not forgotten
  game::press(pen, false);
  CHECK(pen.steering == game::Steering::arrows);
  CHECK(pen.down);

  game::KeyPen other = compass();
  CHECK(other.steering == game::Steering::compass);
  wait(other, 1);
  CHECK(other.x == 0);
  CHECK(other.y == 0);
  game::nudge(other, 1, 0, false, reach);  // an arrow ends the compass
  CHECK(other.steering == game::Steering::arrows);
  CHECK_FALSE(other.down);
}

TEST_CASE("the compass: the key sends the pen along the needle, and stops it") {
  game::KeyPen pen = compass();
  CHECK(pen.down);
  wait(pen, game::turn_seconds / 4 + 0.05);  // a little past the right: that is meant
  game::press(pen, false);
  CHECK(pen.going);
  wait(pen, 1);
  CHECK(pen.x > 20);
  CHECK(std::abs(pen.y) < 1e-3f);
  game::press(pen, false);
  const float there = pen.x;
  wait(pen, game::turn_seconds / 4);  // the needle turns on, to below
  CHECK(pen.x == there);
  game::press(pen, false);
  wait(pen, 60);
  CHECK(pen.y == reach.y);
  CHECK(pen.x == doctest::Approx(there));
  CHECK_FALSE(pen.going);  // the edge has stopped it
}

TEST_CASE("the needle rests after each turn: then the key is the pen's") {
  game::KeyPen pen = compass();
  wait(pen, game::turn_seconds - 0.1);
  CHECK_FALSE(game::rests(pen));
  wait(pen, 0.2);
  CHECK(game::rests(pen));
  game::press(pen, false);
  CHECK_FALSE(pen.down);
  CHECK_FALSE(pen.going);
  CHECK_FALSE(game::rests(pen));  // it turns again
  wait(pen, game::turn_seconds + game::rest_seconds + 0.1);
  CHECK_FALSE(game::rests(pen));
  CHECK(game::needle(pen, false) < 0.5);
}

TEST_CASE("in steps the needle shows eight directions, and what it shows is meant") {
  game::KeyPen pen = compass();
  for (int i = 0; i < 8; ++i) {
    pen.since = (i + 0.9) * game::turn_seconds / 8;
    const double shown = game::needle(pen, true);
    CHECK(shown == doctest::Approx(i * 0.785398163));
    game::KeyPen sent = pen;
    game::press(sent, true);
    CHECK(sent.heading == doctest::Approx(shown));
  }
}

TEST_CASE("a lifted pen stays where it is, a smaller sheet keeps it, and no time is bad") {
  game::KeyPen pen{.in_use = true,
                   .steering = game::Steering::compass,
                   .x = 140,
                   .down = true,
                   .going = true,
                   .heading = 1.57};
  game::advance(pen, {}, {.x = 80, .y = 80}, 0);
  CHECK(pen.x == 80);
  game::lift(pen);
  CHECK_FALSE(pen.down);
  CHECK_FALSE(pen.going);
  pen.x = 10;
  for (const double dt :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    game::advance(pen, {}, reach, dt);
    CHECK(pen.x == 10);
    CHECK(pen.since == 0);
  }
}

TEST_CASE("drawn with keys, a round's clock takes its time, and all that is told by it") {
  game::Round round = game::make_round(0, 0.5f, 2);
  round.pace = game::keys_pace;
  game::advance(round, 3);
  CHECK(round.elapsed == doctest::Approx(1));
  CHECK(game::seconds_left(round) == doctest::Approx(19));
  round.pace = 1;
  game::advance(round, 3);
  CHECK(round.elapsed == doctest::Approx(4));
  round.pace = game::keys_pace;
  game::advance(round, 47.9);
  CHECK(round.outcome == game::Outcome::playing);
  game::advance(round, 0.2);
  CHECK(round.outcome == game::Outcome::lost);
}
