// The end of a duel: for each word both drawings side by side, the player's own and the friend's,
// which is drawn again at its own times in a paler ink.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/ink/timeline.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

// One player's half of a sheet.
struct Half {
  ui::Rect box;
  const ink::Drawing* whole;  // has its place from the first stroke on
  const ink::Drawing* drawn;  // so far
  bool won;
  double seconds;
  ui::Color color;
  std::string_view whose;
};

void half_sheet(ui::Ui& ui, const Half& half, float head, float foot, float marked) {
  const ui::Rect box = half.box;
  const bool small = box.w < 70;
  const float middle = box.centre().x;
  if (head > 12) {
    ui::text(ui, {middle, box.y + 18}, ui::fit(ui.type, 16, half.whose, box.w - 10), ui.theme->soft,
             half.whose, ui::Align::centre);
  }
  if (!half.whole->strokes.empty()) {
    const ui::Rect room = {box.x + 9, box.y + head, box.w - 18, box.h - head - foot};
    ui::draw_ink(ui, *half.drawn, ui::view_in(*half.whole, room, 1.2f), small ? 2.4f : 3.2f,
                 half.color);
  }
  const float y = box.bottom() - 19;
  if (!half.won) {
    ui::icon(ui, ui::Icon::cross, {middle, y}, small ? 13 : 16, 3.2f, ui.theme->red, marked);
    return;
  }
  // The tick and the seconds as one, in the middle.
  const std::string seconds = seconds_of(half.seconds);
  const float em = small ? 16 : ui::size::small, tick = small ? 12 : 15, gap = 4;
  const float left = middle - (tick + gap + ui::width(ui.type, em, seconds)) / 2;
  ui::icon(ui, ui::Icon::tick, {left + tick / 2, y}, tick, 3, ui.theme->green, marked);
  ui::text(ui, {left + tick + gap, y}, em, ui.theme->soft, seconds);
}

void both(App& app, ui::Rect box, std::size_t index) {
  ui::Ui& ui = app.ui;
  const game::Round& mine = app.session.played[index];
  const game::Challenge::Round& theirs = app.duel.friends.rounds[index];
  const int seed = 50 + static_cast<int>(index);
  const float delay = 0.07f * static_cast<float>(index);
  const float laid = ui::ease_out(ui::progress(ui, app.screen_since, 0.34f, delay));
  const float marked = ui::progress(ui, app.screen_since, 0.2f, delay + 0.25f);

  // The ghost as it stands now.
  const ink::Drawing& ghost = app.duel.ghosts[index];
  const double end = ink::duration(ghost), at = ui.now - app.duel.drawn_at;
  const bool whole = ui.reduced_motion || at >= end;
  if (!whole) ui.moving = true;
  const ink::Drawing drawn = whole ? ghost : ink::drawn_until(ghost, at);

  const ui::Group group = ui::begin_group(ui);
  ui::sheet(ui, box, seed);
  const float foot = box.h < 130 ? 54 : 66;
  const float head = box.h < 150 ? 10 : 32;
  const ui::Rect left = {box.x, box.y, box.w / 2, box.h};
  const ui::Rect right = {box.centre().x, box.y, box.w / 2, box.h};
  const std::string number = std::to_string(index + 1);
  const std::string mine_id = "drawing-" + number, theirs_id = "ghost-" + number;
  for (const auto& [id, half] : {std::pair(mine_id, left), std::pair(theirs_id, right)}) {
    if (ui.held == id || ui.hovered == id)
      ui::outline(ui, ui::inset(half, 2, 2), 9, 2.2f, ui.theme->ink, seed);
  }
  ui::line(ui, {box.centre().x, box.y + 14}, {box.centre().x, box.bottom() - foot - 2}, 1.6f,
           ui.theme->line, seed);
  half_sheet(ui,
             {.box = left,
              .whole = &mine.drawing,
              .drawn = &mine.drawing,
              .won = mine.outcome == game::Outcome::won,
              .seconds = mine.won_at,
              .color = ui.theme->ink,
              .whose = say(app, "duel.you")},
             head, foot, marked);
  half_sheet(ui,
             {.box = right,
              .whole = &ghost,
              .drawn = &drawn,
              .won = theirs.won,
              .seconds = static_cast<double>(theirs.seconds),
              .color = ui.theme->soft,
              .whose = say(app, "duel.them")},
             head, foot, marked);
  const std::string_view name = word(app, mine.target);
  ui::text(ui, {box.centre().x, box.bottom() - foot + 17},
           ui::fit(ui.type, ui::size::note, name, box.w - 18), ui.theme->ink, name,
           ui::Align::centre);
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {0, 30 * (1 - laid)},
                 .scale = ui::mix(1.12f, 1, laid),
                 .alpha = std::min(1.0f, laid * 2)});
  if (!mine.drawing.strokes.empty()) {
    ui::tap_area(ui, mine_id, left,
                 text::format(app.texts, "mirror.gallery.replay", {{"word", name}}));
  }
  if (!ghost.strokes.empty()) {
    ui::tap_area(ui, theirs_id, right, text::format(app.texts, "duel.again", {{"word", name}}));
  }
}

}  // namespace

void duel(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const bool landscape = page.form == Form::landscape;
  const int cells = static_cast<int>(app.session.played.size());
  const Table table = table_of(page, columns_of(page, cells), cells);
  const std::string heading = duel_heading(app);
  const std::string_view verdict = duel_verdict(app);
  const float swipe = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.45f, 0.15f));
  if (landscape) {
    ui::paragraph(ui, table.heading - ui::Vec{0, 44},
                  ui::set(ui.type, ui::size::head, heading, table.room, 84), ui.theme->ink,
                  ui::Align::centre);
    ui::paragraph(ui, table.heading + ui::Vec{0, 24},
                  ui::set(ui.type, ui::size::note, verdict, table.room, 60), ui.theme->soft,
                  ui::Align::centre);
  } else {
    const float em =
        ui::fit(ui.type, page.form == Form::wide ? ui::size::big : 38.0f, heading, table.room - 30);
    ui::highlighted(ui, table.heading - ui::Vec{0, 14}, {.em = em, .lines = {heading}}, 73, swipe);
    ui::text(ui, table.heading + ui::Vec{0, 26},
             ui::fit(ui.type, ui::size::note, verdict, table.room), ui.theme->soft, verdict,
             ui::Align::centre);
  }
  for (int i = 0; i < cells; ++i) {
    both(app, table.cell(i / table.columns, i % table.columns), static_cast<std::size_t>(i));
  }
  what_next(app, table.buttons, landscape, table.room);
}

}  // namespace screens
