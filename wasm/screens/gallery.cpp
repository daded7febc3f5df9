// The gallery: the drawings, what was to be drawn, and what the network saw.
#include <cstddef>
#include <span>
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

// As much of a line as fits, with an ellipsis.
std::string shortened(const ui::Type& type, float em, std::string line, float room) {
  if (ui::width(type, em, line) <= room) return line;
  while (!line.empty() && ui::width(type, em, line + "…") > room) {
    bool inside = true;  // of a letter's bytes
    while (inside && !line.empty()) {
      inside = (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80;
      line.pop_back();
    }
  }
  return line + "…";
}

}  // namespace

void finished_round(App& app, ui::Rect box, std::size_t index, float delay) {
  ui::Ui& ui = app.ui;
  const game::Round& round = app.session.played[index];
  const int seed = 50 + static_cast<int>(index);
  const ui::Theme& theme = *ui.theme;
  const bool won = round.outcome == game::Outcome::won;
  const float laid = ui::ease_out(ui::progress(ui, app.screen_since, 0.34f, delay));
  const float side = index % 2 == 0 ? -1.0f : 1.0f;
  const ui::Group group = ui::begin_group(ui);
  const std::string id = "drawing-" + std::to_string(index + 1);
  ui::sheet(ui, box, seed);
  if (ui.held == id || ui.hovered == id) ui::outline(ui, box, 9, 2.2f, theme.ink, seed);
  const bool low = box.h < 150;
  const float foot = low ? 52 : 68;
  const bool pair = app.session.rules.mode == game::Mode::pair;
  if (!round.drawing.strokes.empty()) {
    const float top = pair ? (low ? 14.0f : 22.0f) : 4;  // below the player's mark
    const ui::Rect room = ui::inset({box.x, box.y, box.w, box.h - foot}, box.w * 0.13f, 14);
    const ui::View view =
        ui::view_in(round.drawing, {room.x, room.y + top, room.w, room.h - top}, 1.2f);
    ui::draw_ink(ui, round.drawing, view, low ? 3.0f : 3.6f, theme.ink);
  }
  const ui::Color color = won ? theme.green : theme.red;
  const ui::Vec mark = {box.right() - 21, box.y + 22};
  ui::icon(ui, won ? ui::Icon::tick : ui::Icon::cross, mark, won ? 22.0f : 18.0f, 3.8f, color,
           ui::progress(ui, app.screen_since, 0.2f, delay + 0.25f));
  if (pair) {
    player_mark(ui, game::player_of(index), {box.x + 23, box.y + 23}, 22, theme.soft);
  }
  const std::string_view name = word(app, round.target);
  const float room = box.w - 18;
  ui::text(ui, {box.centre().x, box.bottom() - foot + (low ? 14 : 20)},
           ui::fit(ui.type, ui::size::note, name, room), color, name, ui::Align::centre);
  const std::string rest = won ? in_seconds(app, round) : thoughts(app, round);
  const float em = low || box.w < 130 ? 16 : ui::size::small;
  ui::text(ui, {box.centre().x, box.bottom() - (low ? 17 : 21)}, em, theme.soft,
           shortened(ui.type, em, rest, room), ui::Align::centre);
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {0, 30 * (1 - laid)},
                 .scale = ui::mix(1.12f, 1, laid),
                 .angle = side * 0.08f * (1 - laid),
                 .alpha = std::min(1.0f, laid * 2)});
  if (round.drawing.strokes.empty()) return;  // there is nothing to be drawn again
  ui::tap_area(ui, id, box, text::format(app.texts, "mirror.gallery.replay", {{"word", name}}));
}

void what_next(App& app, ui::Vec centre, bool below, float room) {
  ui::Ui& ui = app.ui;
  struct Other {
    std::string_view id;
    ui::Icon icon;
    std::string_view label;
  };
  const Other others[] = {
      {"challenge", ui::Icon::challenge,
       app.session.rules.mode == game::Mode::duel ? "duel.back" : "duel.challenge"},
      {"keep", ui::Icon::keep, "keep.open"},
      {"home", ui::Icon::home, "button.home"}};
  const std::span<const Other> shown = std::span(others).subspan(can_challenge(app) ? 0 : 1);
  constexpr float radius = 28, h = 62;
  const auto n = static_cast<float>(shown.size());
  const float step = std::min(2 * radius + 12, below ? (room + 28) / n : room);
  const float again = below ? 150 : std::min(200.0f, room - n * step);
  const float marker = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.4f, 0.5f));
  const ui::Vec first = below ? centre - ui::Vec{0, 37} : centre - ui::Vec{n * step / 2, 0};
  ui::main_button(ui, "again", ui::around(first, again, h), ui::size::text,
                  say(app, "gallery.again"), marker);
  ui::Vec at = below ? centre + ui::Vec{-(n - 1) * step / 2, 37}
                     : first + ui::Vec{again / 2 + 12 + radius, 0};
  for (const Other& other : shown) {
    ui::round_button(ui, other.id, at, radius, other.icon, say(app, other.label), true);
    at.x += step;
  }
  // What became of a link that was shared, in the room below.
  if (app.duel.told.empty()) return;
  const ui::Paragraph told = ui::set(ui.type, ui::size::small, say(app, app.duel.told),
                                     below ? room + 16 : room, below ? 62 : 24);
  ui::paragraph(ui, centre + ui::Vec{0, below ? 102.0f : 47.0f}, told, ui.theme->ink,
                ui::Align::centre);
}

int columns_of(const Page& page, int cells) {
  return std::min(cells, (page.form == Form::portrait ? 2 : 3) + (cells > 6 ? 1 : 0));
}

ui::Rect Table::cell(int row, int column) const {
  const float w = (grid.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float h = (grid.h - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  return {grid.x + static_cast<float>(column) * (w + gap),
          grid.y + static_cast<float>(row) * (h + gap), w, h};
}

Table table_of(const Page& page, int columns, int cells) {
  const ui::Rect a = page.area;
  Table table = {.grid = {},
                 .columns = columns,
                 .rows = (cells + columns - 1) / columns,
                 .gap = page.form == Form::wide ? 20.0f : 11.0f,
                 .heading = {},
                 .buttons = {},
                 .room = a.w - 40};
  ui::Rect& grid = table.grid;
  if (page.form == Form::portrait) {
    const float w = std::min(a.w - 40, 620.0f);
    const float h = std::min(a.h - 230, w * 1.66f);
    const float top = a.y + 104 + (a.h - 230 - h) / 2;
    grid = {a.x + (a.w - w) / 2, top, w, h};
    table.heading = {a.centre().x, top - 46};
    table.buttons = {a.centre().x, (grid.bottom() + a.bottom()) / 2 - 4};
  } else if (page.form == Form::landscape) {
    const float left = std::clamp(a.w * 0.25f, 180.0f, 240.0f);
    grid = {a.x + left, a.y + 14, a.w - left - 18, a.h - 34};
    table.heading = {a.x + left / 2, a.y + a.h * 0.28f};
    table.buttons = {a.x + left / 2, a.y + a.h * 0.64f};
    table.room = left - 32;
  } else {
    const float h = std::min(a.h - 250, 620.0f);
    const float w = std::min(a.w - 120, h * 1.5f);
    const float top = a.y + 116 + (a.h - 250 - h) / 2;
    grid = {a.x + (a.w - w) / 2, top, w, h};
    table.heading = {a.centre().x, top - 54};
    table.buttons = {a.centre().x, grid.bottom() + 70};
  }
  return table;
}

void gallery(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const bool portrait = page.form == Form::portrait;
  const bool landscape = page.form == Form::landscape;
  const int cells = app.session.rules.rounds;  // six, where no maker wanted otherwise
  // Of two players each has a column of their own, or on a broad screen a row.
  const bool pair = app.session.rules.mode == game::Mode::pair;
  const bool rows_of_players = pair && !portrait;
  const int of_pair = portrait ? game::players : cells / game::players;
  const Table table = table_of(page, pair ? of_pair : columns_of(page, cells), cells);
  const std::string sentence = gallery_heading(app);
  ui::Paragraph lines = {.em = ui::fit(ui.type, ui::size::big, sentence, table.room),
                         .lines = {sentence}};
  if (landscape) lines = ui::set(ui.type, ui::size::head, sentence, table.room, 90);
  ui::paragraph(ui, table.heading, lines, ui.theme->ink, ui::Align::centre);
  for (int i = 0; i < static_cast<int>(app.session.played.size()); ++i) {
    const int row = rows_of_players ? i % table.rows : i / table.columns;
    const int column = rows_of_players ? i / table.rows : i % table.columns;
    finished_round(app, table.cell(row, column), static_cast<std::size_t>(i),
                   0.07f * static_cast<float>(i));
  }
  what_next(app, table.buttons, landscape, table.room);
}

}  // namespace screens
