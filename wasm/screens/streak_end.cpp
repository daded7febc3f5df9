// The end of a streak: how long it was, the best, and the drawing that ended it.
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/motion.h"

namespace screens {

void streak_end(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const ui::Rect a = page.area;
  const bool landscape = page.form == Form::landscape;
  ui::Rect sheet;
  ui::Vec heading, best, buttons;
  float room = a.w - 90;  // of the heading
  if (landscape) {
    const float w = std::min((a.h - 44) * 1.06f, a.w * 0.52f);
    const float h = std::min(a.h - 44, w * 1.1f);
    sheet = {a.right() - w - 40, a.centre().y - h / 2, w, h};
    room = sheet.x - a.x - 110;
    const float middle = (a.x + sheet.x) / 2;
    heading = {middle, a.y + a.h * 0.24f};
    best = {middle, a.y + a.h * 0.44f};
    buttons = {middle, a.y + a.h * 0.74f};
  } else {
    const bool wide = page.form == Form::wide;
    const float h = std::min(a.h - 330, wide ? 430.0f : 440.0f);
    const float w = std::min(a.w - 76, h * (wide ? 1.1f : 0.92f));
    const float top = a.y + 190 + (a.h - 330 - h) / 2;
    sheet = {a.centre().x - w / 2, top, w, h};
    heading = {a.centre().x, top - 112};
    best = {a.centre().x, top - 42};
    buttons = {a.centre().x, (sheet.bottom() + a.bottom()) / 2};
  }
  const std::string sentence = streak_heading(app);
  const float em = ui::fit(ui.type, landscape ? ui::size::big : 54, sentence, room);
  ui::highlighted(ui, heading, {.em = em, .lines = {sentence}}, 71,
                  ui::ease_in_out(ui::progress(ui, app.screen_since, 0.45f, 0.15f)));
  const bool new_best = app.best_streak > app.best_streak_before;
  const std::string record = streak_best(app);
  ui::text(ui, best, ui::fit(ui.type, ui::size::text, record, room + 40),
           new_best ? ui.theme->green : ui.theme->soft, record, ui::Align::centre);
  if (const std::size_t n = app.session.played.size(); n > 0) finished_round(app, sheet, n - 1, 0);
  what_next(app, buttons, false, landscape ? sheet.x - a.x - 40 : a.w - 40);
}

}  // namespace screens
