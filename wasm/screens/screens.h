// The screens: each draws the state of the game and notes its buttons; none changes anything.
#pragma once

#include "wasm/app.h"
#include "wasm/ui/sketch.h"

namespace screens {

// How the page is laid out: a phone held upright (or a tablet), a phone on its side, a wide screen.
enum class Form { portrait, landscape, wide };

struct Page {
  ui::Rect all;   // the whole canvas
  ui::Rect area;  // within the safe areas
  Form form;
};

Page page_of(const platform::Size& size);

// The places of the draw screen, which the verdict shares: the paper does not move between them.
struct Desk {
  ui::Rect sheet;
  ui::Rect
      header;  // the word on its left, the seconds on its right (in landscape below each other)
  float timer_y;
  ui::Rect bubble;
  ui::Tail tail;
  ui::Vec controls;  // the middle of the round buttons
  bool upright;      // they stand below each other
};

Desk desk_of(const Page& page);

// The dots of the six rounds: won, missed, the present one, those to come.
void dots(App& app, ui::Vec centre);

// The marker goes around the drawing of the present round by hand, in the 400 ms after the win.
void loop(App& app, const Desk& desk, const ui::View& view);

// The bubble of the desk with a sentence that pops and writes itself.
void speech(App& app, const Desk& desk, std::string_view sentence, ui::Color color, double since);

void title(App& app, const Page& page);
void card(App& app, const Page& page);
void draw(App& app, const Page& page);
void verdict(App& app, const Page& page);
void gallery(App& app, const Page& page);
void keep(App& app, const Page& page);

// The card as it is lifted off the table, over the draw screen.
void lifted_card(App& app, const Page& page);

// The screen that the game is on.
void present(App& app, const Page& page);

}  // namespace screens
