#include <cmath>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float corner_x = 44, corner_y = 46;

ui::Rect safe_area(const platform::Size& size) {
  return {size.inset_left, size.inset_top,
          std::max(1.0f, size.width - size.inset_left - size.inset_right),
          std::max(1.0f, size.height - size.inset_top - size.inset_bottom)};
}

bool is_broad(ui::Rect area) {
  return area.w > area.h * 1.05f;
}

}  // namespace

platform::Size roomy(platform::Size size, float& scale) {
  const ui::Rect area = safe_area(size);
  const bool broad = is_broad(area);
  const float least_w = broad ? 568 : 320, least_h = broad ? 320 : 568;
  scale = std::min({1.0f, area.w / least_w, area.h / least_h});
  for (float* length : {&size.width, &size.height, &size.inset_top, &size.inset_right,
                        &size.inset_bottom, &size.inset_left}) {
    *length /= scale;
  }
  size.pixel_ratio *= scale;
  return size;
}

Page page_of(const platform::Size& size) {
  const ui::Rect all = {0, 0, size.width, size.height};
  const ui::Rect area = safe_area(size);
  Form form = Form::portrait;
  if (is_broad(area)) form = area.h < 560 ? Form::landscape : Form::wide;
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

ui::Vec tool_place(const Page& page, const Desk& desk, int i) {
  const float room = desk.upright ? page.area.h : page.area.w;
  const float step = std::min(86.0f, (room - 2 * tool_radius - 16) / 3);
  const float along = (static_cast<float>(i) - 1.5f) * step;
  return desk.controls + (desk.upright ? ui::Vec{0, along} : ui::Vec{along, 0});
}

ui::Vec left_corner(const Page& page) {
  return {page.area.x + corner_x, page.area.bottom() - corner_y};
}

ui::Vec right_corner(const Page& page) {
  return {page.area.right() - corner_x, page.area.bottom() - corner_y};
}

void mute_button(App& app, ui::Vec centre, float radius) {
  const bool mute = is_mute(app.voice);
  ui::round_button(app.ui, "mute", centre, radius, mute ? ui::Icon::muted : ui::Icon::heard,
                   say(app, mute ? "sound.unmute" : "sound.mute"), true);
}

void loop(App& app, const Desk& desk, const ui::View& view) {
  const ui::Rect drawn = ui::screen_bounds(app.session.round.drawing, view);
  ui::loop_around(app.ui, drawn, ui::inset(desk.sheet, -8, -8), 9,
                  ui::ease_in_out(ui::progress(app.ui, app.won_at, 0.4f)));
}

namespace {

// A marker with its tip at a place, or a little above it, its body to the upper right.
void marker(ui::Ui& ui, ui::Vec tip, bool down) {
  const ui::Theme& theme = *ui.theme;
  const ui::Vec lean = {0.58f, -0.81f};
  if (!down) {
    ui::disc(ui, tip, 5.5f, theme.sheet);
    ui::disc(ui, tip, 4, theme.ink);
    ui::disc(ui, tip, 2.2f, theme.sheet);
    tip = tip + ui::Vec{5, -13};
  }
  const auto part = [&](float from, float to, float width, ui::Color color) {
    const ui::Vec ends[] = {tip + lean * from, tip + lean * to};
    ui::ribbon(ui, ends, width, color);
  };
  part(2, 12, 9, theme.sheet);  // apart from the ink beneath
  part(17, 50, 25, theme.sheet);
  part(2, 12, 5, theme.ink);
  part(17, 50, 20, theme.ink);
  part(17, 50, 15, theme.marker);
  part(20, 22, 7, theme.on_marker);
}

// The ring in which the needle turns. While the needle rests the pen itself is to be pressed.
void compass(ui::Ui& ui, const game::KeyPen& pen, ui::Vec at) {
  const ui::Theme& theme = *ui.theme;
  const float radius = 38;
  const bool rests = game::rests(pen);
  ui::outline(ui, ui::around(at, 2 * radius, 2 * radius), radius, rests ? 3.4f : 1.8f,
              rests ? theme.ink : theme.soft, 77);
  if (rests) return marker(ui, at, pen.down);
  ui::disc(ui, at, 6.5f, theme.sheet);
  ui::disc(ui, at, 5, theme.ink);
  if (!pen.down) ui::disc(ui, at, 3, theme.sheet);
  const auto angle = static_cast<float>(game::needle(pen, ui.reduced_motion));
  const ui::Vec along = {std::sin(angle), -std::cos(angle)};
  const ui::Vec across = {-along.y, along.x};
  const ui::Vec tip = at + along * (radius + 12);
  const ui::Vec shaft[] = {at + along * 13, tip};
  const ui::Vec head[] = {tip - along * 13 + across * 9, tip, tip - along * 13 - across * 9};
  for (const bool beneath : {true, false}) {
    const ui::Color color = beneath ? theme.sheet : (pen.going ? theme.red : theme.ink);
    const float width = beneath ? 9 : 4.6f;
    ui::ribbon(ui, shaft, width, color);
    ui::ribbon(ui, head, width, color);
  }
}

}  // namespace

void key_pen(App& app) {
  if (!key_pen_shown(app)) return;
  const game::KeyPen& pen = app.keys.pen;
  const game::Arrows& held = app.keys.held;
  const ui::Vec at = key_pen_place(app);
  if (pen.steering == game::Steering::compass) {
    compass(app.ui, pen, at);
    app.ui.moving = true;
  } else {
    marker(app.ui, at, pen.down);
    app.ui.moving = app.ui.moving || held.left || held.right || held.up || held.down;
  }
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

void home_button(App& app, const Page& page) {
  const ui::Vec at = page.area.corner() + ui::Vec{38, 38};
  ui::round_button(app.ui, "home", at, 24, ui::Icon::home, say(app, "button.home"), true);
}

void present(App& app, const Page& page) {
  app.ui.hot.clear();
  // Not a switch: of it and all screens the compiler makes one function, which a browser compiles
  // whole before the first screen is seen.
  using Presenter = void (*)(App&, const Page&);
  static constexpr Presenter presenters[] = {title, card,     draw,   verdict, gallery, streak_end,
                                             words, settings, replay, keep,    duel};
  static_assert(std::size(presenters) == static_cast<std::size_t>(Screen::duel) + 1);
  presenters[static_cast<std::size_t>(app.screen)](app, page);
}

}  // namespace screens
