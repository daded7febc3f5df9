#include "wasm/keys.h"

#include <algorithm>
#include <string>

#include "wasm/app.h"
#include "wasm/sentences.h"

namespace {

bool drawing(const App& app) {
  return app.screen == Screen::draw && app.session.round.outcome == game::Outcome::playing &&
         app.sheet.w > 0;
}

// The pen stays as far within the sheet as its line is wide.
game::Reach reach_of(const App& app) {
  const float scale = ui::view_of(app.canvas, app.sheet).scale;
  const auto half = [&](float side) { return std::max((side / 2 - ui::ink_width) / scale, 0.0f); };
  return {.x = half(app.sheet.w), .y = half(app.sheet.h)};
}

bool* held(game::Arrows& arrows, Key key) {
  switch (key) {
    case Key::left:
      return &arrows.left;
    case Key::right:
      return &arrows.right;
    case Key::up:
      return &arrows.up;
    case Key::down:
      return &arrows.down;
    default:
      return nullptr;
  }
}

// Ink on the way from where it was to where it is. A stroke that was taken back under the pen
// begins anew.
void ink_from(App& app, ui::Vec from) {
  if (!app.keys.pen.down) {
    app.pointer.inking = false;
    return;
  }
  if (!app.pointer.inking) draw_to(app, from);
  if (const ui::Vec to = key_pen_place(app); to.x != from.x || to.y != from.y) draw_to(app, to);
}

// How the keys draw, when they first come.
void explain(App& app) {
  const bool compass = app.keys.pen.steering == game::Steering::compass;
  const std::string_view how = say(app, compass ? "draw.compass" : "draw.arrows");
  speak_up(app, app.session.round.open ? std::string(how)
                                       : text::format(app.texts, "draw.slowly", {{"how", how}}));
}

}  // namespace

bool key_pen_shown(const App& app) {
  return app.keys.pen.in_use && drawing(app);
}

ui::Vec key_pen_place(const App& app) {
  return ui::to_screen(ui::view_of(app.canvas, app.sheet),
                       {.x = app.keys.pen.x, .y = app.keys.pen.y});
}

bool pen_key_down(App& app, Key key) {
  if (!drawing(app)) return false;
  Keys& keys = app.keys;
  bool* const arrow = held(keys.held, key);
  if (arrow == nullptr && key != Key::main_action) return false;
  app.stale = true;
  const game::Steering before = keys.pen.steering;
  const bool was_down = keys.pen.down;
  const ui::Vec from = key_pen_place(app);
  // A finger that is still on the paper has given way.
  if (app.pointer.down) pointer_cancel(app);
  if (arrow != nullptr) {
    *arrow = true;
    const int dx = int{key == Key::right} - int{key == Key::left};
    const int dy = int{key == Key::down} - int{key == Key::up};
    game::nudge(keys.pen, dx, dy, keys.held.slow, reach_of(app));
  } else {
    game::press(keys.pen, app.ui.reduced_motion);
  }
  const bool compass = keys.pen.steering == game::Steering::compass;
  // What the compass passes is ink from its first way on; it makes no dot where it only stands.
  if (!compass) ink_from(app, from);
  if (!keys.pen.down) app.pointer.inking = false;
  if (keys.pen.steering != before) {
    explain(app);
  } else if (keys.pen.down != was_down) {
    app.platform->say(say(app, keys.pen.down ? "mirror.pen.down" : "mirror.pen.up"));
  }
  return true;
}

void pen_key_up(App& app, Key key) {
  if (bool* const arrow = held(app.keys.held, key)) *arrow = false;
}

void move_key_pen(App& app, double dt) {
  if (!key_pen_shown(app)) return;
  const ui::Vec from = key_pen_place(app);
  game::advance(app.keys.pen, app.keys.held, reach_of(app), dt);
  const ui::Vec to = key_pen_place(app);
  if (to.x == from.x && to.y == from.y) return;
  app.stale = true;
  ink_from(app, from);
}

void lift_key_pen(App& app) {
  game::lift(app.keys.pen);
  app.keys.held = {};
}
