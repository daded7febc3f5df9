// The replay of finished drawings: what the screen of that name shows. It is given rounds, of
// whatever kind of game, and has copies of them; the network is asked about the one shown
// (network.h), and what it said is kept while the screen is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/game/insight.h"
#include "engine/game/round.h"
#include "engine/ink/drawing.h"
#include "wasm/ui/geometry.h"

struct App;

// A guess on its way to its place: rows and shares follow what was said, softly.
struct Bar {
  int label = 0;
  float row = 0;
  float share = 0;     // 0..1
  float presence = 0;  // 0..1: it comes and goes
};

struct Replay {
  std::vector<game::Round> rounds;  // those with ink
  std::vector<game::Insight> insights;
  std::size_t shown = 0;
  double at = 0;  // seconds of the time line; below 0: about to begin
  bool playing = false;
  bool tinted = false;  // the strokes show what each of them gave
  std::vector<Bar> bars;
  bool settling = false;  // bars are on their way
  ui::Rect line;          // the time line, as it was drawn last

  std::vector<std::uint8_t> examples;  // examples.bin, once it was needed and is there
  bool examples_wanted = false;
  bool examples_seen = false;
  std::vector<ink::Drawing> others;  // of the word shown
  int others_shown = 0;              // of them, as the screen had room last
};

// Opens the screen with one of these rounds, which has ink; the way back leads to where the game
// is.
void open_replay(App& app, const std::vector<game::Round>& rounds, std::size_t index);

const game::Round& shown_round(const App& app);
const game::Insight& shown_insight(const App& app);

// The screen's time, once a frame.
void update_replay(App& app, double dt);

// A button of the screen: replay (play or pause), how, previous, next, back.
void perform_replay(App& app, std::string_view id);

// Goes to where the finger is on the time line.
void scrub(App& app, ui::Vec at);

// timeline-back and -forward go to the step before or after, -start and -end to the ends.
void move_along(App& app, std::string_view id);

// What the network said is void: it is another one now.
void forget_insights(App& app);
