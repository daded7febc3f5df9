#include "engine/game/key_pen.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace game {

namespace {

constexpr double whole_turn = 2 * std::numbers::pi;

// Of the sheet's shorter side, a second: an arrow that has just gone down, and that is held for
// gather_seconds; with the slow key; along the needle.
constexpr double first_speed = 0.1, full_speed = 0.4, gather_seconds = 1.2;
constexpr double slow_speed = 0.07;
constexpr double compass_speed = 0.22;
// Of the shorter side: what a tap of an arrow moves.
constexpr double tap = 0.012, slow_tap = 0.004;

// Moves it, as far as it may; false: not so far.
bool move(KeyPen& pen, double dx, double dy, Reach reach) {
  const float x = pen.x + static_cast<float>(dx), y = pen.y + static_cast<float>(dy);
  pen.x = std::clamp(x, -reach.x, reach.x);
  pen.y = std::clamp(y, -reach.y, reach.y);
  return pen.x == x && pen.y == y;
}

double side_of(Reach reach) {
  return 2 * static_cast<double>(std::min(reach.x, reach.y));
}

void move_by_arrows(KeyPen& pen, const Arrows& held, Reach reach, double dt) {
  const int dx = int{held.right} - int{held.left}, dy = int{held.down} - int{held.up};
  if (dx == 0 && dy == 0) {
    pen.since = 0;
    return;
  }
  const double gathered = std::min((pen.since + dt / 2) / gather_seconds, 1.0);
  const double speed = held.slow ? slow_speed : first_speed + (full_speed - first_speed) * gathered;
  const double way = side_of(reach) * speed * dt / std::hypot(dx, dy);
  pen.since += dt;
  move(pen, way * dx, way * dy, reach);
}

void move_by_compass(KeyPen& pen, Reach reach, double dt) {
  if (!pen.going) {
    pen.since = std::fmod(pen.since + dt, turn_seconds + rest_seconds);
    return;
  }
  const double way = side_of(reach) * compass_speed * dt;
  // At the edge it stops, and the needle turns on.
  pen.going = move(pen, way * std::sin(pen.heading), -way * std::cos(pen.heading), reach);
}

}  // namespace

void nudge(KeyPen& pen, int dx, int dy, bool slow, Reach reach) {
  if (pen.steering != Steering::arrows) lift(pen);
  pen.steering = Steering::arrows;
  pen.in_use = true;
  pen.fresh = true;
  const double way = side_of(reach) * (slow ? slow_tap : tap);
  move(pen, way * dx, way * dy, reach);
}

void press(KeyPen& pen, bool in_steps) {
  pen.fresh = true;
  const bool comes = !std::exchange(pen.in_use, true);
  if (pen.steering == Steering::arrows) {
    pen.down = !pen.down;
  } else if (comes) {
    pen.steering = Steering::compass;
    pen.down = true;
    pen.since = 0;
  } else if (pen.going) {
    pen.going = false;
  } else if (rests(pen)) {
    pen.down = !pen.down;
    pen.since = 0;
  } else {
    const double step = whole_turn / (in_steps ? 8 : 16);
    pen.heading = std::round(needle(pen, in_steps) / step) * step;
    pen.going = true;
  }
}

void advance(KeyPen& pen, const Arrows& held, Reach reach, double dt) {
  const bool fresh = std::exchange(pen.fresh, false);
  if (!std::isfinite(dt) || dt < 0 || fresh) dt = 0;
  if (!pen.in_use) return;
  move(pen, 0, 0, reach);  // the sheet may have become smaller
  if (pen.steering == Steering::arrows) {
    move_by_arrows(pen, held, reach, dt);
  } else {
    move_by_compass(pen, reach, dt);
  }
}

void lift(KeyPen& pen) {
  pen.down = false;
  pen.going = false;
  pen.since = 0;
}

double needle(const KeyPen& pen, bool in_steps) {
  if (pen.going) return pen.heading;
  const double share = std::min(pen.since / turn_seconds, 1.0);
  return whole_turn * (in_steps ? std::floor(share * 8) / 8 : share);
}

bool rests(const KeyPen& pen) {
  return !pen.going && pen.since >= turn_seconds;
}

}  // namespace game
