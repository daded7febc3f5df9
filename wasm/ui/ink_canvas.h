// The drawing on its sheet. Ink is kept in its own units, from the middle of the sheet, so that it
// survives any resize: a smaller sheet shows it smaller, and it never leaves the paper.
#pragma once

#include "engine/ink/drawing.h"
#include "wasm/ui/paint.h"

namespace ui {

inline constexpr float ink_width = 6;

// Where the ink stands on the screen: screen = centre + ink * scale.
struct View {
  Vec centre;
  float scale = 1;
};

inline Vec to_screen(const View& view, ink::Point p) {
  return view.centre + Vec{p.x, p.y} * view.scale;
}
inline Vec to_ink(const View& view, Vec p) {
  return (p - view.centre) * (1 / view.scale);
}

// The canvas of a round: half its extent, in ink units. It begins as the sheet and grows with the
// ink.
struct Canvas {
  Vec half;  // zero: not yet known
};

// The view of the canvas on a sheet.
View view_of(const Canvas& canvas, Rect sheet);

// Before the sheet changes its shape: takes the ink that lies outside of the canvas into it.
void take_in(Canvas& canvas, const ink::Drawing& drawing);

// The view that shows a whole drawing in the middle of a rect, enlarged at most `most` times.
View view_in(const ink::Drawing& drawing, Rect rect, float most);

// The rect of the drawing on the screen.
Rect screen_bounds(const ink::Drawing& drawing, const View& view);

View mix_views(const View& a, const View& b, float k);

// Smoothed, round-ended.
void draw_stroke(Ui& ui, const ink::Stroke& stroke, const View& view, float width, Color color);
void draw_ink(Ui& ui, const ink::Drawing& drawing, const View& view, float width, Color color);

}  // namespace ui
