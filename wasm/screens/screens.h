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

// The page in the game's own pixels, and how many CSS pixels one of them is. No screen is laid out
// on less than 320 x 568, or 568 x 320 on its side: a smaller page, as zoom makes it, shows all of
// it smaller.
platform::Size roomy(platform::Size size, float& scale);

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

// Where the i-th of the four round buttons stands.
inline constexpr float tool_radius = 28;
ui::Vec tool_place(const Page& page, const Desk& desk, int i);

// How the game stands: the dots of its rounds, the marks of a streak, the scores of two players.
void standing(App& app, ui::Vec centre, float room);

// The mark by which a player of two is known: a sun, a moon.
void player_mark(ui::Ui& ui, int player, ui::Vec centre, float size, ui::Color color);

// The index-th finished round on a sheet of its own, laid `delay` seconds after the screen came:
// the drawing, its word, and what was seen in it.
void finished_round(App& app, ui::Rect box, std::size_t index, float delay);

// What can be done after a game; below each other, or side by side in no more than `room`.
void what_next(App& app, ui::Vec centre, bool below, float room);

// Where the sheets of a finished game lie, and what stands beside them.
struct Table {
  ui::Rect grid;
  int columns, rows;
  float gap;
  ui::Vec heading, buttons;
  float room;  // for the heading and the buttons, in width

  ui::Rect cell(int row, int column) const;
};

Table table_of(const Page& page, int columns, int cells);
int columns_of(const Page& page, int cells);  // where nothing else decides

// The way back to the title, in the upper left corner.
void home_button(App& app, const Page& page);

// The marker goes around the drawing of the present round by hand, in the 400 ms after the win.
void loop(App& app, const Desk& desk, const ui::View& view);

// The pen that the keys move, over the ink: a marker; or the compass by which one key steers it.
void key_pen(App& app);

// The bubble of the desk with a sentence that pops and writes itself.
void speech(App& app, const Desk& desk, std::string_view sentence, ui::Color color, double since);

// Where round buttons stand in the lower corners, within a thumb's reach.
inline constexpr float corner_radius = 26;
ui::Vec left_corner(const Page& page);
ui::Vec right_corner(const Page& page);

// Mutes, or brings the sound back.
void mute_button(App& app, ui::Vec centre, float radius = corner_radius);

// The languages by their own names, the present one in ink, the others to be chosen.
void languages(App& app, ui::Vec centre);
float languages_width(const App& app);

void title(App& app, const Page& page);
void card(App& app, const Page& page);
void draw(App& app, const Page& page);
void verdict(App& app, const Page& page);
void gallery(App& app, const Page& page);
void streak_end(App& app, const Page& page);
void words(App& app, const Page& page);

// The paper of practice.
void practice(App& app, const Page& page);
void settings(App& app, const Page& page);
void replay(App& app, const Page& page);
void keep(App& app, const Page& page);
void duel(App& app, const Page& page);

// The card as it is lifted off the table, over the draw screen.
void lifted_card(App& app, const Page& page);

// The screen that the game is on.
void present(App& app, const Page& page);

}  // namespace screens
