// Things drawn by hand: outlines that wobble by about a pixel, marker scribble, speech bubbles,
// icons, doodles. Each shape is made once from a seed and kept; nothing shakes.
#pragma once

#include "wasm/ui/paint.h"

namespace ui {

// A sheet of paper with its shadow.
void sheet(Ui& ui, Rect rect, int seed);

// An ink outline with round corners, whose ends cross as a hand's do; share: how much of it is
// drawn.
void outline(Ui& ui, Rect rect, float radius, float width, Color color, int seed, float share = 1);

// The same shape, filled.
void fill_outline(Ui& ui, Rect rect, float radius, Color color, int seed);

// Marker scribble that fills the rect in horizontal strokes; share: how much of it is drawn;
// most_short: how far from the rect's sides a stroke may end, CSS pixels.
inline constexpr float carelessness = 26;
void scribble(Ui& ui, Rect rect, int strokes, Color color, int seed, float share = 1,
              float most_short = carelessness);

// Words with marker behind them, around `centre`.
void highlighted(Ui& ui, Vec centre, const Paragraph& words, int seed, float share = 1);

// A line by hand.
void line(Ui& ui, Vec from, Vec to, float width, Color color, int seed, float share = 1);

// A speech bubble whose tail points up from its top, or left from its side.
enum class Tail { up, left };
void bubble(Ui& ui, Rect rect, Tail tail, int seed);

// The marker's loop around something that was recognised, by hand, no wider than `room`; share: how
// far it has come.
void loop_around(Ui& ui, Rect thing, Rect room, int seed, float share);

enum class Icon {
  undo,
  trash,
  skip,
  tick,
  cross,
  home,
  words,
  before,
  next,
  sun,
  moon,
  heard,
  muted,
  gear,
  back,
  play,
  pause,
  keep,
  challenge
};
inline constexpr int icons = 19;
// size: of the square it fills.
void icon(Ui& ui, Icon icon, Vec centre, float size, float width, Color color, float share = 1);

enum class Doodle { octopus, cat, bicycle, boat, balloon, flower };
inline constexpr int doodles = 6;
void doodle(Ui& ui, Doodle doodle, Vec centre, float size, float width, Color color,
            float share = 1);

}  // namespace ui
