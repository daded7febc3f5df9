// Drawing with the keyboard, or with one switch: the keys of the draw screen on their way to the
// pen that they move (game::KeyPen), and its ink on its way to the round.
#pragma once

#include "engine/game/key_pen.h"
#include "wasm/ui/geometry.h"

struct App;
enum class Key;

struct Keys {
  game::KeyPen pen;
  game::Arrows held;
};

// Is there something to draw, and the pen in use for it?
bool key_pen_shown(const App& app);
// Its tip on the screen.
ui::Vec key_pen_place(const App& app);

// Does what a key means for the pen; false: nothing, as there is nothing to draw, or it is none of
// its keys.
bool pen_key_down(App& app, Key key);
void pen_key_up(App& app, Key key);

// Lets `dt` seconds pass: the pen moves, and what it passes while it is down is ink.
void move_key_pen(App& app, double dt);

// The pen is lifted, and no key is held: another screen, lost focus.
void lift_key_pen(App& app);
