// Buttons drawn by hand. Each has an id that is the same on the screen, in the mirror and in the
// game; the screen only draws it and notes its place, main.cpp and the game do the rest.
#pragma once

#include <string_view>

#include "wasm/ui/sketch.h"

namespace ui {

inline constexpr float least_target = 44;

// The main action: marker under an ink outline. share: how far the marker has come.
void main_button(Ui& ui, std::string_view id, Rect box, float em, std::string_view label,
                 float share = 1);

// Another action beside the main one: an ink outline on the sheet; under its label perhaps a note.
void plain_button(Ui& ui, std::string_view id, Rect box, float em, std::string_view label,
                  std::string_view note = {}, bool enabled = true);

// A word under which a line stands; the box is around the word.
void link_button(Ui& ui, std::string_view id, Vec left_middle, float em, std::string_view label);

// An icon in a circle.
void round_button(Ui& ui, std::string_view id, Vec centre, float radius, Icon icon,
                  std::string_view label, bool enabled);

// A switch, at the right end of its row; all of the row answers. label: for the mirror.
void switch_button(Ui& ui, std::string_view id, Rect row, std::string_view label, bool on,
                   bool enabled = true);

// An area that can be tapped and is not drawn.
void tap_area(Ui& ui, std::string_view id, Rect area, std::string_view label, bool enabled = true);

// The button under a point, the topmost; null when there is none or it is disabled.
const Hot* hot_at(const Ui& ui, Vec point);

}  // namespace ui
