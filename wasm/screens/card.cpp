// The word card: laid on the table, read, and lifted when the clock begins.
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/text/lines.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

ui::Rect card_rect(const Page& page) {
  const ui::Rect a = page.area;
  if (page.form == Form::landscape) {
    const float h = std::min(a.h - 108, 330.0f);
    return ui::around({a.centre().x, a.y + 46 + h / 2}, std::min(480.0f, a.w - 80), h);
  }
  if (page.form == Form::wide) return ui::around(a.centre() + ui::Vec{0, -6}, 420, 440);
  const float h = std::min(400.0f, a.h - 250);
  return ui::around({a.centre().x, a.y + a.h * 0.463f}, std::min(310.0f, a.w - 56), h);
}

// The word as large as the card bears: in one line, or in two where that would make it small.
ui::Paragraph lettered(const ui::Type& type, std::string_view name, float card_width, bool low) {
  const float em = card_width > 400 && !low ? 60 : 54;
  const auto room = [&](float size) { return card_width - 36 - size * 0.9f; };
  float single = em;
  while (single > 12 && ui::width(type, single, name) > room(single)) single -= 1;
  std::string_view rest = name;
  text::take_piece(rest);
  if (single >= 34 || low || rest.empty()) {
    return {.em = single, .lines = {std::string(name)}};
  }
  ui::Paragraph two;
  for (two.em = 46; two.em > 12; two.em -= 1) {
    two.lines = ui::wrap(type, two.em, name, room(two.em));
    bool fits = two.lines.size() <= 2;
    for (const std::string& line : two.lines) {
      fits = fits && ui::width(type, two.em, line) <= room(two.em);
    }
    if (fits) break;
  }
  return two;
}

// "Draw"; of two players, which of them.
void draw_line(App& app, ui::Vec centre, float room) {
  ui::Ui& ui = app.ui;
  if (app.session.rules.mode != game::Mode::pair) {
    return ui::text(ui, centre, ui::size::text, ui.theme->soft, say(app, "card.draw"),
                    ui::Align::centre);
  }
  const int player = game::player_now(app.session);
  const std::string line =
      text::format(app.texts, "pair.draw", {{"n", std::to_string(player + 1)}});
  const float size = 36, gap = 12;
  const float em = ui::fit(ui.type, ui::size::head, line, room - size - gap);
  const float left = centre.x - (ui::width(ui.type, em, line) + size + gap) / 2;
  player_mark(ui, player, {left + size / 2, centre.y + 1}, size, ui.theme->ink);
  ui::text(ui, {left + size + gap, centre.y}, em, ui.theme->ink, line);
}

void face(App& app, ui::Rect box, float marker) {
  ui::Ui& ui = app.ui;
  const float middle = box.centre().x;
  const bool low = box.h < 340;
  const int seed = 40 + app.session.round.target;
  ui::sheet(ui, box, 21);
  draw_line(app, {middle, box.y + box.h * (low ? 0.16f : 0.225f)}, box.w - 40);
  ui::highlighted(ui, {middle, box.y + box.h * (low ? 0.37f : 0.415f)},
                  lettered(ui.type, word(app, app.session.round.target), box.w, low), seed, marker);
  ui::text(ui, {middle, box.y + box.h * (low ? 0.585f : 0.635f)}, 26, ui.theme->ink,
           text::format(app.texts, "card.time", {{"seconds", whole_seconds(app.session.round)}}),
           ui::Align::centre);
  const float h = low ? 56 : 62;
  ui::main_button(ui, "got-it",
                  ui::around({middle, box.y + box.h * (low ? 0.83f : 0.845f)}, 200, h),
                  ui::size::text, say(app, "card.got_it"));
}

}  // namespace

void card(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const ui::Rect a = page.area;
  const ui::Rect box = card_rect(page);
  const bool landscape = page.form == Form::landscape;
  standing(app, {a.centre().x, landscape ? a.y + 26 : a.y + std::min(54.0f, (box.y - a.y) / 2)},
           std::min(a.w - 140, 420.0f));

  // Laid on the table: it comes from near the eye, a little askew, and settles.
  const float laid = ui::ease_out(ui::progress(ui, app.dealt_at, 0.38f));
  const float side = app.session.round.target % 2 == 0 ? 1.0f : -1.0f;
  const ui::Group group = ui::begin_group(ui);
  face(app, box, ui::ease_in_out(ui::progress(ui, app.dealt_at, 0.34f, 0.22f)));
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {side * 26 * (1 - laid), 74 * (1 - laid)},
                 .scale = ui::mix(1.14f, 1, laid),
                 .angle = side * 0.10f * (1 - laid),
                 .alpha = std::min(1.0f, laid * 2)});
  home_button(app, page);  // in the mirror after the card's own, where the keyboard comes first

  if (!game::may_choose(app.session)) return mute_button(app, right_corner(page));
  const std::string_view dislike = say(app, "card.dislike");
  const std::string_view another = say(app, "card.another");
  const float em = ui::size::note;
  const float gap = em * 0.28f;
  const float first = ui::width(ui.type, em, dislike);
  const float whole = first + gap + ui::width(ui.type, em, another);
  const float y = landscape ? (box.bottom() + a.bottom()) / 2 + 2 : box.bottom() + 62;
  const float x = a.centre().x - whole / 2;
  ui::text(ui, {x, y}, em, ui.theme->soft, dislike);
  ui::link_button(ui, "another-word", {x + first + gap, y}, em, another);
  // On a small phone the corner is taken; the one above is free.
  ui::Vec corner = right_corner(page);
  if (std::abs(y - corner.y) < 50 && x + whole > corner.x - 44) corner.y = a.y + 46;
  mute_button(app, corner);
}

void lifted_card(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  if (app.came_from != Screen::card) return;
  const float t = ui::progress(ui, app.screen_since, 0.3f);
  if (t >= 1) return;
  const ui::Rect box = card_rect(page);
  const std::size_t buttons = ui.hot.size();
  const ui::Group group = ui::begin_group(ui);
  face(app, box, 1);
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {0, -t * t * (box.bottom() - page.all.y) * 0.8f},
                 .scale = 1 + 0.12f * t,
                 .angle = -0.07f * t,
                 .alpha = 1 - t * t});
  ui.hot.resize(buttons);  // a card in the air has no buttons
}

}  // namespace screens
