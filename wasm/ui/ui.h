// What every drawing function is given: where to draw, with which colours and letters, and what
// moves.
//
// A frame is drawn whole, from the state of the game, into one ImGui draw list; no widget of ImGui
// is used. Buttons note their places while they are drawn (`hot`); the pointer of the next event
// meets those.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "wasm/ui/geometry.h"
#include "wasm/ui/theme.h"
#include "wasm/ui/type.h"

struct ImDrawList;

namespace ui {

struct Hot {
  std::string id;
  std::string label;  // for the mirror
  Rect area;          // what answers to the pointer, at least 44 x 44
  Rect box;           // what is seen
  bool enabled = true;
};

// Shapes drawn by hand, kept so that they are made once: (kind, width, height, seed) -> path.
using ShapeKey = std::tuple<int, int, int, int>;

struct Ui {
  ImDrawList* draw = nullptr;
  const Theme* theme = nullptr;
  Type type;
  std::map<ShapeKey, Path> shapes;
  float pixel_ratio = 1;  // the screen's pixels to one of the game's
  float scale = 1;  // CSS pixels to one of the game's; less than 1 where the page is too small
  double now = 0;   // seconds since the start
  bool reduced_motion = false;
  bool moving = false;  // something is under way: draw another frame

  std::vector<Hot> hot;  // the buttons of the frame, the last one on top
  std::string hovered;   // ids
  std::string held;      // the button under the finger
  std::string released;  // the button let go last, for its bounce
  double released_at = -1e9;
};

}  // namespace ui
