// One word: its seconds, ink, guesses, and how it ended. Time is passed in; nothing here knows a
// clock.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "engine/game/guesser.h"
#include "engine/ink/drawing.h"

namespace game {

inline constexpr double round_seconds = 20;
// The last seconds of a round are counted down aloud.
inline constexpr double last_seconds = 5;
// How long a win is held on the paper before the verdict, so that the player sees it happen.
inline constexpr double hold_seconds = 1.2;

// Of a round's clock, where it is drawn with keys, which takes time.
inline constexpr double keys_pace = 1.0 / 3;

// The seconds of a round that has no clock.
inline constexpr double no_clock = std::numeric_limits<double>::infinity();

enum class Outcome { playing, won, lost, skipped };

struct Round {
  int target = 0;
  double seconds = round_seconds;  // there are
  double pace = 1;                 // of its clock: its seconds in one of the world
  double elapsed = 0;              // seconds of drawing, by its clock
  double held = 0;                 // seconds since the outcome fell
  double won_at = 0;               // seconds, where won; of practice, of the first time
  bool open = false;               // practice: a win does not end it
  Outcome outcome = Outcome::playing;
  ink::Drawing drawing;  // in canvas units
  std::vector<int>
      said;  // labels, in the order in which they were said; a win's target is the last
  Guesser guesser;
  Wording wording;
};

Round make_round(int target, float threshold, int n_labels, double seconds = round_seconds);

// Practice: no clock, and drawing goes on after the word was recognised, until it is put away.
Round make_practice(int target, float threshold, int n_labels);

// Would the newest scores win? In practice they may come to that, and fall below it again;
// guesser.won tells whether they ever did.
bool is_recognised(const Round& round);

// Lets `dt` seconds of the world pass; returns what is said in this moment. A win freezes the
// clock; at the end of the time the round is lost. In practice neither happens, but the win is
// said, once. dt < 0 or not finite counts as 0.
Saying advance(Round& round, double dt);

void skip(Round& round);

double seconds_left(const Round& round);

// Has one of the last seconds begun since `elapsed` was `before`?
bool ticks(const Round& round, double before);

// Is it time for the verdict? At once when skipped or lost, after hold_seconds when won.
bool is_over(const Round& round);

// The ink: points are taken only while the round is played. Practice begins anew when it is
// cleared.
void begin_stroke(Round& round, ink::Point point);
void extend_stroke(Round& round, ink::Point point);
void undo_stroke(Round& round);
void clear_ink(Round& round);

// Is there more than a dot? What is no larger than this, in canvas units, is one to whoever looks
// at it; enlarged to the network's picture, as all drawings are, it would be a line across it.
inline constexpr float largest_dot = 12;
bool can_be_judged(const ink::Drawing& drawing);

}  // namespace game
