// The colours: paper, ink and one marker, by day and by night, and both of them stronger for
// whoever asks for more contrast. tests/ui holds what can be told apart: WCAG AA, and AAA for the
// strong ones.
#pragma once

#include <cstdint>

namespace ui {

using Color = std::uint32_t;  // 0xAABBGGRR, as the vertices want it

constexpr Color rgb(std::uint32_t rrggbb) {
  return 0xff000000u | (rrggbb & 0xffu) << 16 | (rrggbb & 0xff00u) | rrggbb >> 16;
}

struct Theme {
  Color paper;      // the screen
  Color sheet;      // what is drawn on: cards, bubbles
  Color ink;        // strokes, text, outlines
  Color soft;       // second voice; at least 4.5:1 on paper and sheet
  Color line;       // sheet edges, the rest of the timer, doodles: never the only sign of anything
  Color shadow;     // under a sheet
  Color marker;     // the one colour
  Color on_marker;  // text on it
  Color red;        // last five seconds, missed
  Color green;      // recognised
  bool dark;
  bool strong;  // soft is as ink: what it would say is said by another sign
};

// strong: more contrast was asked for.
const Theme& theme(bool dark, bool strong);

}  // namespace ui
