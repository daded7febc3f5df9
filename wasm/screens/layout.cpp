#include <cstddef>

#include "wasm/screens/screens.h"
#include "wasm/ui/motion.h"

namespace screens {

Page page_of(const platform::Size& size) {
  const ui::Rect all = {0, 0, size.width, size.height};
  const ui::Rect area = {size.inset_left, size.inset_top,
                         std::max(1.0f, size.width - size.inset_left - size.inset_right),
                         std::max(1.0f, size.height - size.inset_top - size.inset_bottom)};
  Form form = Form::portrait;
  if (area.w > area.h * 1.05f) form = area.h < 560 ? Form::landscape : Form::wide;
  return {.all = all, .area = area, .form = form};
}

Desk desk_of(const Page& page) {
  const ui::Rect a = page.area;
  if (page.form == Form::landscape) {
    const float left = std::clamp(a.w * 0.27f, 170.0f, 260.0f);
    const float right = 84;
    const ui::Rect sheet = {a.x + left, a.y + 14, a.w - left - right, a.h - 32};
    return {.sheet = sheet,
            .header = {a.x + 20, a.y + 14, left - 40, 92},
            .timer_y = a.y + 116,
            .bubble = {a.x + 14, a.y + 164, left - 34, std::min(132.0f, a.h - 184)},
            .tail = ui::Tail::up,
            .controls = {sheet.right() + right / 2, a.y + a.h / 2},
            .upright = true};
  }
  if (page.form == Form::wide) {
    const float side = std::clamp(a.w * 0.25f, 200.0f, 340.0f);
    const float h = std::min(a.h - 236, 760.0f);
    const float w = std::min(h * 1.06f, a.w - 2 * side);
    const float top = a.y + (a.h - h - 236) / 2 + 118;
    const ui::Rect sheet = {a.x + (a.w - w) / 2, top, w, h};
    return {.sheet = sheet,
            .header = {sheet.x + 6, top - 92, w - 12, 54},
            .timer_y = top - 24,
            .bubble = {sheet.right() + 44, top + h * 0.3f, side - 68, 124},
            .tail = ui::Tail::left,
            .controls = {sheet.centre().x, sheet.bottom() + 66},
            .upright = false};
  }
  // A tablet held upright keeps the paper from becoming a wall.
  const float w = std::min(a.w - 36, 700.0f);
  const float h = std::min(a.h - 304, w * 1.56f);
  const float top = a.y + 108 + (a.h - 304 - h) / 2;
  const ui::Rect sheet = {a.x + (a.w - w) / 2, top, w, h};
  return {.sheet = sheet,
          .header = {sheet.x + 9, top - 84, w - 18, 54},
          .timer_y = top - 22,
          .bubble = {sheet.x + 1, sheet.bottom() + 28, w - 2, 66},
          .tail = ui::Tail::up,
          .controls = {sheet.centre().x, sheet.bottom() + 146},
          .upright = false};
}

void dots(App& app, ui::Vec centre) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const float step = 24, radius = 7.2f;
  ui::Vec at = centre - ui::Vec{step * static_cast<float>(app.session.rules.rounds - 1) / 2, 0};
  // On the verdict the round is finished, though it stands in `played` only when the player goes
  // on.
  const auto outcome_of = [&](std::size_t i) {
    if (i < app.session.played.size()) return app.session.played[i].outcome;
    const bool present = i == app.session.played.size() && app.screen == Screen::verdict;
    return present ? app.session.round.outcome : game::Outcome::playing;
  };
  for (int i = 0; i < app.session.rules.rounds; ++i, at.x += step) {
    const game::Outcome outcome = outcome_of(static_cast<std::size_t>(i));
    const bool present = i == static_cast<int>(app.session.played.size());
    const ui::Rect box = ui::around(at, radius * 2, radius * 2);
    ui::Color inside = theme.paper;
    if (outcome == game::Outcome::won) inside = theme.green;
    if (outcome == game::Outcome::playing && present) inside = theme.marker;
    const float grown =
        present ? 1 + 0.35f * (1 - ui::ease_out(ui::progress(ui, app.screen_since, 0.4f))) : 1;
    const ui::Group group = ui::begin_group(ui);
    ui::fill_outline(ui, box, radius, inside, 300 + i);
    ui::outline(ui, box, radius, 1.8f, theme.ink, 300 + i);
    if (outcome == game::Outcome::won) {
      ui::icon(ui, ui::Icon::tick, at, 8, 1.8f, theme.dark ? theme.on_marker : theme.sheet);
    } else if (outcome != game::Outcome::playing) {
      ui::icon(ui, ui::Icon::cross, at, 7, 1.8f, theme.red);
    }
    ui::end_group(ui, group, {.pivot = at, .offset = {}, .scale = grown});
  }
}

void loop(App& app, const Desk& desk, const ui::View& view) {
  const ui::Rect drawn = ui::screen_bounds(app.session.round.drawing, view);
  ui::loop_around(app.ui, drawn, ui::inset(desk.sheet, -8, -8), 9,
                  ui::ease_in_out(ui::progress(app.ui, app.won_at, 0.4f)));
}

void speech(App& app, const Desk& desk, std::string_view sentence, ui::Color color, double since) {
  ui::Ui& ui = app.ui;
  const ui::Rect box = desk.bubble;
  const bool up = desk.tail == ui::Tail::up;
  // It grows out of its tail; a new sentence in it is a smaller pop.
  const float pop = ui::ease_back(ui::progress(ui, since, 0.26f));
  const ui::Vec tip = up ? ui::Vec{box.x + 16, box.y - 20} : ui::Vec{box.x - 20, box.y + 16};
  const ui::Group group = ui::begin_group(ui);
  ui::bubble(ui, box, desk.tail, 11);
  const ui::Paragraph lines =
      ui::set(ui.type, ui::size::text, sentence, box.w - (box.w < 200 ? 32 : 42), box.h - 12);
  const float left = box.x + (box.w < 200 ? 17 : 22);
  ui::paragraph(ui, {left, box.centre().y - 1}, lines, color, ui::Align::left,
                ui::progress(ui, since, 0.3f, 0.06f));
  ui::end_group(ui, group, {.pivot = tip, .offset = {}, .scale = ui::mix(0.86f, 1, pop)});
}

void present(App& app, const Page& page) {
  app.ui.hot.clear();
  switch (app.screen) {
    case Screen::title:
      return title(app, page);
    case Screen::card:
      return card(app, page);
    case Screen::draw:
      return draw(app, page);
    case Screen::verdict:
      return verdict(app, page);
    case Screen::gallery:
      return gallery(app, page);
    case Screen::keep:
      return keep(app, page);
  }
}

}  // namespace screens
