// The verdict: what the network made of the drawing, on the same sheet, until a tap.
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

void verdict(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const game::Round& round = app.session.round;
  const bool won = round.outcome == game::Outcome::won;
  const Desk desk = desk_of(page);
  app.sheet = desk.sheet;
  const ui::Rect sheet = desk.sheet;
  const float middle = sheet.centre().x;
  const bool low = sheet.h < 420;

  if (page.form == Form::landscape) {
    standing(app, {desk.header.x + desk.header.w / 2, desk.header.y + 34}, desk.header.w);
  } else {
    standing(app, {middle, desk.header.centre().y + 6}, desk.header.w);
  }
  ui::sheet(ui, sheet, 22);

  // The drawing steps back to make room for the sentences, and the loop goes with it.
  const float top = low ? 66 : 104;
  const float foot = low ? 60 : 92;
  const ui::Rect room = {sheet.x + 54, sheet.y + top + 26, sheet.w - 108,
                         sheet.h - top - foot - 52};
  const ui::View from = ui::view_of(app.canvas, sheet);
  const float step = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.32f));
  const bool empty = round.drawing.strokes.empty();
  ui::View to = from;
  if (!empty) {
    const float shown = won ? 0.8f : 1.0f;
    to = ui::view_in(round.drawing,
                     ui::inset(room, room.w * (1 - shown) / 2, room.h * (1 - shown) / 2),
                     std::max(from.scale, 1.0f));
  }
  const ui::View view = ui::mix_views(from, to, step);
  if (won) loop(app, desk, view);
  ui::draw_ink(ui, round.drawing, view, ui::ink_width, theme.ink);

  const std::string_view before = ended_words(app, round);
  const float written = ui::progress(ui, app.screen_since, 0.35f);
  ui::paragraph(ui, {middle, sheet.y + (low ? 36 : 54)},
                {.em = ui::size::text, .lines = {std::string(before)}}, theme.soft,
                ui::Align::centre, written);
  const std::string after = won ? in_seconds(app, round) : word_was(app, round);
  const float em = ui::fit(ui.type, 26, after, sheet.w - 48);
  ui::paragraph(ui, {middle, sheet.bottom() - (low ? 34 : 46)}, {.em = em, .lines = {after}},
                won ? theme.green : theme.red, ui::Align::centre,
                ui::progress(ui, app.screen_since, 0.35f, 0.2f));
  speech(app, desk, app.saying, theme.ink, app.said_at);

  ui::Vec hint = desk.controls;
  if (page.form == Form::landscape) {
    hint = {desk.header.x + desk.header.w / 2, desk.header.y + 78};
  }
  const bool ended = !just_ended(app);
  if (!ended) ui.moving = true;
  ui::tap_area(ui, "continue", page.all, say(app, "verdict.continue"), ended);
  // In the mirror behind the way on, to which the keyboard comes first.
  const ui::Vec corner = tool_place(page, desk, 3);
  mute_button(app, corner, tool_radius);
  if (!ended) return;
  const float beside = page.form == Form::landscape
                           ? desk.header.w
                           : std::min(sheet.w, 2 * (corner.x - hint.x - tool_radius - 10));
  ui::paragraph(ui, hint, ui::set(ui.type, ui::size::note, go_on_words(app), beside, 60),
                theme.soft, ui::Align::centre, ui::progress(ui, app.screen_since, 0.3f, ending));
}

}  // namespace screens
