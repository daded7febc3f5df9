// Paint: the few primitives that everything is drawn with. Lines have round ends and joins and are
// anti-aliased at the pixel of the screen, whatever its ratio.
#pragma once

#include <span>
#include <string_view>

#include "wasm/ui/ui.h"

namespace ui {

void disc(Ui& ui, Vec centre, float radius, Color color);

// A line along the path. One point gives a dot.
void ribbon(Ui& ui, std::span<const Vec> path, float width, Color color);

// Fills a shape that is convex but for a wobble. Points clockwise.
void fill(Ui& ui, std::span<const Vec> outline, Color color);

void fill_rect(Ui& ui, Rect rect, Color color);

enum class Align { left, centre, right };

// One line of text; `at` is its left end, middle or right end, at half its height.
void text(Ui& ui, Vec at, float em, Color color, std::string_view text, Align align = Align::left);

// Lines of text, centred around at.y.
void paragraph(Ui& ui, Vec at, const Paragraph& paragraph, Color color, Align align,
               float share = 1);

// The share (0..1) of the text's characters, for a sentence that writes itself.
std::string_view first_characters(std::string_view text, float share);

// What is drawn between begin_group and end_group can be moved, turned, scaled and faded as one.
struct Group {
  int first_vertex;
};
struct Placement {
  Vec pivot;
  Vec offset;
  float scale = 1;
  float angle = 0;  // radians, clockwise
  float alpha = 1;
};
Group begin_group(Ui& ui);
void end_group(Ui& ui, Group group, const Placement& placement);

// A color with its alpha times k.
Color faded(Color color, float k);
// From a to b.
Color blend(Color a, Color b, float k);

// Path helpers: its length; its first part by length; moved and scaled.
float path_length(std::span<const Vec> path);
Path first_part(std::span<const Vec> path, float share);
Path placed(std::span<const Vec> path, Vec offset, float scale = 1);
// Rounded by quadratic curves through the midpoints of its segments.
Path smoothed(std::span<const Vec> points);

}  // namespace ui
