// A pen for a player without a pointer. The arrow keys move it. Or one key alone steers it, by a
// compass: the needle turns, the key sends the pen where it points, and stops it; after each turn
// the needle rests, and the key then lifts the pen or puts it down. (Nothing is to be held, as many
// switches can't be.) Time is passed in; the ink is the caller's.
#pragma once

namespace game {

// Seconds of the needle: of a turn, and of the rest after it.
inline constexpr double turn_seconds = 4;
inline constexpr double rest_seconds = 1.2;

enum class Steering { none, arrows, compass };

struct KeyPen {
  bool in_use = false;                 // until a pointer takes over
  Steering steering = Steering::none;  // an arrow chooses it; the one key, where none was used
  float x = 0, y = 0;                  // from the middle of the sheet, canvas units, y down
  bool down = false;                   // what it passes is ink
  bool fresh = false;                  // a key has just come
  double since = 0;    // seconds: that arrows are held; that the needle has turned and rested
  bool going = false;  // by the compass, along `heading`
  double heading = 0;  // radians, clockwise from up
};

// Where the pen may be: half of the sheet, canvas units.
struct Reach {
  float x = 0, y = 0;
};

// The keys that are held.
struct Arrows {
  bool left = false, right = false, up = false, down = false;
  bool slow = false;
};

// An arrow key has gone down: dx, dy are -1, 0 or 1. It moves the pen a little even when it is let
// go before any time has passed.
void nudge(KeyPen& pen, int dx, int dy, bool slow, Reach reach);

// The one key has gone down. in_steps: the needle goes from one of eight directions to the next,
// else it turns evenly, and the nearest of sixteen is meant.
void press(KeyPen& pen, bool in_steps);

// Lets `dt` seconds pass. Those in which a key came were before it, and move nothing.
void advance(KeyPen& pen, const Arrows& held, Reach reach, double dt);

// Lifts and stops it.
void lift(KeyPen& pen);

// Of the compass: radians, clockwise from up; and is it the time for the pen?
double needle(const KeyPen& pen, bool in_steps);
bool rests(const KeyPen& pen);

}  // namespace game
