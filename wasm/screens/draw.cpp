// Drawing: the paper, the clock, the voice, and four tools. When the network can't guess, the
// bubble says why and offers to try again; drawing goes on.
#include <cmath>
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

// One line of ink that is rubbed out from its end.
void timer(App& app, float x, float w, float y, double left) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const float share = static_cast<float>(left / app.session.round.seconds);
  ui::line(ui, {x, y}, {x + w, y}, 4.2f, theme.line, 31);
  ui::line(ui, {x, y}, {x + w, y}, 5, left <= game::last_seconds ? theme.red : theme.ink, 31,
           std::max(share, 0.001f));
}

void header(App& app, const Page& page, const Desk& desk) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const game::Round& round = app.session.round;
  const double left = game::seconds_left(round);
  const bool hurry = left <= game::last_seconds;
  const std::string seconds = std::to_string(static_cast<int>(std::ceil(left)));
  const std::string_view name = word(app, round.target);
  const ui::Rect box = desk.header;
  // In the last five seconds each second is a beat.
  const float beat = hurry && round.outcome == game::Outcome::playing && !ui.reduced_motion
                         ? 1 + 0.16f * static_cast<float>(std::pow(left - std::floor(left), 3.0))
                         : 1;
  ui::Vec at;
  if (page.form == Form::landscape) {
    const ui::Paragraph lines = ui::set(ui.type, ui::size::head, name, box.w - 52, 84);
    ui::paragraph(ui, {box.x, box.centre().y}, lines, theme.ink, ui::Align::left);
    at = {box.right(), box.centre().y};
  } else {
    const float em = ui::fit(ui.type, ui::size::head, name, box.w - 76);
    ui::text(ui, {box.x, box.centre().y}, em, theme.ink, name);
    at = {box.right(), box.centre().y - 2};
  }
  const ui::Group group = ui::begin_group(ui);
  ui::text(ui, at, ui::size::big, hurry ? theme.red : theme.ink, seconds, ui::Align::right);
  ui::end_group(ui, group, {.pivot = at - ui::Vec{18, 0}, .offset = {}, .scale = beat});
  timer(app, box.x, box.w, desk.timer_y, left);
}

void voice(App& app, const Desk& desk) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const bool won = app.session.round.outcome == game::Outcome::won;
  if (network_failed(app) && !won) {
    const ui::Rect box = desk.bubble;
    const std::string_view again = say(app, "draw.retry");
    const std::string_view reason = say(app, app.network.error);
    const float em = 20;
    const float w = ui::width(ui.type, em, again);
    ui::bubble(ui, box, desk.tail, 11);
    const bool beside = box.h < 100;  // the link stands beside the sentence, or below it
    const float left = box.x + 18;
    const ui::Paragraph lines =
        beside ? ui::set(ui.type, ui::size::small, reason, box.w - w - 58, box.h)
               : ui::set(ui.type, ui::size::small, reason, box.w - 34, box.h - 40);
    ui::paragraph(ui, {left, box.centre().y - (beside ? 1 : 16)}, lines, theme.ink,
                  ui::Align::left);
    ui::link_button(ui, "retry",
                    beside ? ui::Vec{box.right() - w - 18, box.centre().y - 1}
                           : ui::Vec{left, box.bottom() - 24},
                    em, again);
    return;
  }
  if (!app.saying.empty()) return speech(app, desk, app.saying, theme.ink, app.said_at);
  speech(app, desk, idle_words(app), theme.soft, app.screen_since);
}

void tools(App& app, const Page& page, const Desk& desk) {
  const bool playing = app.session.round.outcome == game::Outcome::playing;
  const bool ink = playing && !app.session.round.drawing.strokes.empty();
  const auto place = [&](int i) { return tool_place(page, desk, i); };
  const float radius = tool_radius;
  ui::round_button(app.ui, "undo", place(0), radius, ui::Icon::undo, say(app, "draw.undo"), ink);
  ui::round_button(app.ui, "clear", place(1), radius, ui::Icon::trash, say(app, "draw.clear"), ink);
  ui::round_button(app.ui, "skip", place(2), radius, ui::Icon::skip, say(app, "draw.skip"),
                   playing);
  mute_button(app, place(3), radius);
}

}  // namespace

void draw(App& app, const Page& page) {
  if (app.session.round.open) return practice(app, page);
  ui::Ui& ui = app.ui;
  const Desk desk = desk_of(page);
  const game::Round& round = app.session.round;
  const bool won = round.outcome == game::Outcome::won;
  if (app.sheet != desk.sheet) {
    ui::take_in(app.canvas, round.drawing);
    if (round.drawing.strokes.empty()) app.canvas = {};
    app.sheet = desk.sheet;
  }
  ui::sheet(ui, desk.sheet, 22);
  const ui::View view = ui::view_of(app.canvas, desk.sheet);
  if (won) loop(app, desk, view);
  ui::draw_ink(ui, round.drawing, view, ui::ink_width, ui.theme->ink);
  key_pen(app);
  header(app, page, desk);
  tools(app, page, desk);
  voice(app, desk);
  if (won) ui::tap_area(ui, "continue", page.all, say(app, "verdict.continue"), !just_ended(app));
  ui.moving = true;  // the clock runs, or the moment of the win
  lifted_card(app, page);
}

}  // namespace screens
