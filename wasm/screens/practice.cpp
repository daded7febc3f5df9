// Practice: a word, the paper, no clock. Beside it what the network thinks of the ink, as bars, and
// the picture that it was sent, pixel for pixel.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "engine/model/scores.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr int n_bars = 5;

struct Bench {
  ui::Rect sheet;
  ui::Rect word;
  ui::Rect bars;
  ui::Rect picture;
  ui::Vec controls;  // of the first button
  ui::Vec step;      // to the next
};

Bench bench_of(const Page& page) {
  const ui::Rect a = page.area;
  if (page.form == Form::landscape) {
    const float left = std::clamp(a.w * 0.31f, 210.0f, 290.0f), right = 84;
    const float side = std::clamp(a.h - 258, 94.0f, 150.0f);
    const float step = std::min(72.0f, (a.h - 76) / 4);
    const ui::Rect sheet = {a.x + left, a.y + 14, a.w - left - right, a.h - 32};
    return {.sheet = sheet,
            .word = {a.x + 20, a.y + 16, left - 40, 44},
            .bars = {a.x + 20, a.y + 64, left - 38, a.h - side - 122},
            .picture = {a.x + 20, a.bottom() - side - 38, side, side},
            .controls = {sheet.right() + right / 2, a.centre().y - 2 * step},
            .step = {0, step}};
  }
  if (page.form == Form::wide) {
    const float side = std::clamp(a.w * 0.27f, 220.0f, 360.0f);
    const float h = std::min(a.h - 220, 760.0f);
    const float w = std::min(h * 1.06f, a.w - side - 90);
    const float top = a.y + (a.h - h - 220) / 2 + 100;
    const float left = a.x + (a.w - w - side - 40) / 2;
    const ui::Rect sheet = {left, top, w, h};
    const float picture = std::min(190.0f, h - 280);
    const float step = std::min(86.0f, (2 * (sheet.centre().x - a.x) - 76) / 4);
    return {.sheet = sheet,
            .word = {left + 6, top - 74, w - 12, 54},
            .bars = {sheet.right() + 40, top + 4, side, 214},
            .picture = {sheet.right() + 44, top + 262, picture, picture},
            .controls = {sheet.centre().x - 2 * step, sheet.bottom() + 64},
            .step = {step, 0}};
  }
  const float w = std::min(a.w - 36, 700.0f);
  const float h = std::min(a.h - 380, w * 1.4f);
  const float top = a.y + 84 + (a.h - 380 - h) / 2;
  const ui::Rect sheet = {a.x + (a.w - w) / 2, top, w, h};
  const float side = w < 320 ? 94 : 122, foot = sheet.bottom() + 24;
  const float step = std::min(80.0f, (a.w - 76) / 4);
  return {.sheet = sheet,
          .word = {sheet.x + 9, top - 66, w - 18, 54},
          .bars = {sheet.x + side + 20, foot - 4, w - side - 24, 164},
          .picture = {sheet.x + 4, foot, side, side},
          .controls = {a.centre().x - 2 * step, sheet.bottom() + 240},
          .step = {step, 0}};
}

// The bytes that were sent, each a pixel.
void picture(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  const Network& network = app.network;
  ui::sheet(ui, box, 24);
  if (!network.picture.empty()) {
    const int pixels =
        static_cast<int>(std::lround(std::sqrt(static_cast<float>(network.picture.size()))));
    // Each of its pixels is as many of the screen's, all alike.
    const float ratio = ui.pixel_ratio, side = static_cast<float>(pixels);
    const float pixel = std::max(1.0f, std::floor((box.w - 10) / side * ratio)) / ratio;
    const auto snapped = [&](float at) { return std::round(at * ratio) / ratio; };
    const ui::Vec corner = {snapped(box.centre().x - pixel * side / 2),
                            snapped(box.centre().y - pixel * side / 2)};
    for (int i = 0; i < pixels * pixels; ++i) {
      const int value = network.picture[static_cast<std::size_t>(i)];
      if (value == 0) continue;
      const int row = i / pixels, column = i % pixels;
      const float x = static_cast<float>(column) * pixel;
      const float y = static_cast<float>(row) * pixel;
      ui::fill_rect(ui, {corner.x + x, corner.y + y, pixel, pixel},
                    ui::blend(ui.theme->sheet, ui.theme->ink, static_cast<float>(value) / 255));
    }
  }
  const std::string_view label = say(app, "practice.sees");
  const float em = ui::fit(ui.type, 18, label, std::max(box.w, 90.0f));
  ui::text(ui, {box.centre().x, box.bottom() + 18}, em, ui.theme->soft, label, ui::Align::centre);
}

// A word, its bar, its share; for the word that is practised the marker, and a notch where it is
// recognised.
void bar(App& app, ui::Rect row, int label, float probability) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const game::Round& round = app.session.round;
  const bool target = label == round.target;
  const float name_w = row.w * (row.w < 200 ? 0.58f : 0.45f), number_w = 43;
  const float em = std::min(row.w > 260 ? 24.0f : 20.0f, row.h * 0.72f);
  const float y = row.centre().y;
  const std::string_view name = word(app, label);
  ui::text(ui, {row.x + name_w - 10, y - 1}, ui::fit(ui.type, em, name, name_w - 12),
           target ? theme.ink : theme.soft, name, ui::Align::right);
  const float x = row.x + name_w;
  const float whole = row.w - name_w - number_w;
  const float thick = std::min(15.0f, row.h * 0.52f);
  const float length = thick + (whole - thick) * probability;
  ui::line(ui, {x + thick / 2, y}, {x + std::max(length - thick / 2, thick / 2 + 1), y}, thick,
           target ? theme.marker : theme.line, 95);
  if (target && round.guesser.threshold <= 1) {
    const float notch = x + thick + (whole - thick) * round.guesser.threshold;
    ui::line(ui, {notch, y - thick * 0.8f}, {notch, y + thick * 0.8f}, 2.2f, theme.ink, 96);
  }
  ui::text(ui, {row.right(), y - 1}, std::min(em, 20.0f), target ? theme.ink : theme.soft,
           percent(probability) + "%", ui::Align::right);
}

void bars(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  if (network_failed(app)) {
    const std::string_view again = say(app, "draw.retry");
    const ui::Paragraph reason =
        ui::set(ui.type, 20, say(app, app.network.error), box.w - 8, box.h - 60);
    ui::paragraph(ui, {box.x + 6, box.centre().y - 24}, reason, ui.theme->ink, ui::Align::left);
    return ui::link_button(ui, "retry", {box.x + 8, box.bottom() - 24}, 22, again);
  }
  if (app.session.round.drawing.strokes.empty() && !app.practice.moving) {
    // The way keys draw was said when they came.
    const std::string_view words =
        key_pen_shown(app) ? std::string_view(app.saying) : idle_words(app);
    const ui::Paragraph hint = ui::set(ui.type, ui::size::note, words, box.w - 8, box.h);
    return ui::paragraph(ui, box.centre(), hint, ui.theme->soft, ui::Align::centre);
  }
  // The word that is practised has a row in any case: the last one, where it is not among the
  // first.
  const int target = app.session.round.target;
  const float h = box.h / (n_bars + 1);
  ui::Rect row = {box.x, box.y, box.w, h};
  bool seen = false;
  for (const auto& [label, probability] : model::top_k(app.practice.bars, n_bars)) {
    bar(app, row, label, probability);
    seen = seen || label == target;
    row.y += h;
  }
  const auto index = static_cast<std::size_t>(target);
  if (!seen && index < app.practice.bars.size()) bar(app, row, target, app.practice.bars[index]);
}

// The word: the marker lies behind it as long as it is recognised, the tick stays until the sheet
// is cleared.
void heading(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  const game::Round& round = app.session.round;
  const std::string_view name = word(app, round.target);
  const bool recognised = game::is_recognised(round);
  const float em = ui::fit(ui.type, ui::size::head, name, box.w - 60);
  const float w = ui::width(ui.type, em, name);
  if (recognised) {
    ui::scribble(ui, {box.x - 8, box.centre().y - em * 0.6f, w + 18, em * 1.25f}, 2,
                 ui.theme->marker, 23, 1, 5);  // under all letters
  }
  if (round.guesser.won) {
    ui::icon(ui, ui::Icon::tick, {box.right() - 22, box.centre().y}, 30, 4.6f, ui.theme->green,
             ui::progress(ui, app.won_at, 0.3f));
  }
  ui::text(ui, {box.x, box.centre().y}, em, recognised ? ui.theme->on_marker : ui.theme->ink, name);
}

}  // namespace

void practice(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const Bench bench = bench_of(page);
  const game::Round& round = app.session.round;
  if (app.sheet != bench.sheet) {
    ui::take_in(app.canvas, round.drawing);
    if (round.drawing.strokes.empty()) app.canvas = {};
    app.sheet = bench.sheet;
  }
  heading(app, bench.word);
  ui::sheet(ui, bench.sheet, 22);
  ui::draw_ink(ui, round.drawing, ui::view_of(app.canvas, bench.sheet), ui::ink_width,
               ui.theme->ink);
  key_pen(app);
  bars(app, bench.bars);
  picture(app, bench.picture);
  const bool ink = !round.drawing.strokes.empty();
  const auto at = [&](float i) { return bench.controls + bench.step * i; };
  ui::round_button(ui, "undo", at(0), 27, ui::Icon::undo, say(app, "draw.undo"), ink);
  ui::round_button(ui, "clear", at(1), 27, ui::Icon::trash, say(app, "draw.clear"), ink);
  ui::round_button(ui, "choose-word", at(2), 27, ui::Icon::words, say(app, "practice.another"),
                   true);
  ui::round_button(ui, "home", at(3), 27, ui::Icon::home, say(app, "button.home"), true);
  mute_button(app, at(4), 27);
  ui.moving = ui.moving || app.practice.moving;
}

}  // namespace screens
