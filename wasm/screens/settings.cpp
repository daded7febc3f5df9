// The settings, as a sheet of rows, and what the game is made of.
#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float row_height = 64;

void label(App& app, ui::Rect row, std::string_view words) {
  ui::text(app.ui, {row.x, row.centre().y - 1}, ui::size::note, app.ui.theme->ink, words);
}

// What a switch is called in the mirror: "Sounds: on".
std::string switch_label(const App& app, std::string_view name, bool on) {
  return text::format(app.texts, on ? "settings.on" : "settings.off", {{"name", say(app, name)}});
}

float one_line(App&, float) {
  return row_height;
}

void language_row(App& app, ui::Rect row) {
  label(app, row, say(app, "settings.language"));
  languages(app, {row.right() - languages_width(app) / 2, row.centre().y - 1});
}

void sounds_row(App& app, ui::Rect row) {
  const bool on = sounds_on(app.voice);
  label(app, row, say(app, "settings.sounds"));
  ui::switch_button(app.ui, "sounds", row, switch_label(app, "settings.sounds", on), on);
}

ui::Paragraph no_voice(App& app, float w) {
  return ui::set(app.ui.type, ui::size::small, say(app, "settings.no_voice"), w - 84, 60);
}

float speech_height(App& app, float w) {
  if (app.voice.can_speak) return row_height;
  const ui::Paragraph lines = no_voice(app, w);
  return row_height - 4 + lines.em * ui::leading * static_cast<float>(lines.lines.size());
}

// Where the device has no voice the switch is off, and the reason stands under its name.
void speech_row(App& app, ui::Rect row) {
  const bool can = app.voice.can_speak;
  const bool on = can && speech_on(app.voice);
  ui::Rect name = row;
  if (!can) {
    const ui::Paragraph lines = no_voice(app, row.w);
    const float h = lines.em * ui::leading * static_cast<float>(lines.lines.size());
    name.h -= h + 4;
    ui::paragraph(app.ui, {row.x, row.bottom() - 14 - h / 2}, lines, app.ui.theme->soft,
                  ui::Align::left);
  }
  label(app, name, say(app, "settings.speech"));
  ui::switch_button(app.ui, "speech", row, switch_label(app, "settings.speech", on), on, can);
}

// What can be set, one row each: its height in a sheet of this width, and how it is drawn. What
// else there will be to set is a line of this list.
struct Row {
  float (*height)(App& app, float w);
  void (*draw)(App& app, ui::Rect row);
};
constexpr Row rows[] = {
    {one_line, language_row}, {one_line, sounds_row}, {speech_height, speech_row}};

constexpr float margin = 20;  // of the rows in their sheet

float sheet_height(App& app, float w) {
  float h = 2 * 8;
  for (const Row& row : rows) h += row.height(app, w - 2 * margin);
  return h;
}

void sheet_of_rows(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  ui::sheet(ui, box, 23);
  ui::Rect row = {box.x + margin, box.y + 8, box.w - 2 * margin, 0};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    row.h = rows[i].height(app, row.w);
    if (i > 0) {
      ui::line(ui, {row.x, row.y}, {row.right(), row.y}, 1.6f, ui.theme->line,
               60 + static_cast<int>(i));
    }
    rows[i].draw(app, row);
    row.y += row.h;
  }
}

// Whose drawings taught the network, and what it promises; below each other around a middle line.
void about(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  const float em = ui::size::small;
  const float middle = box.centre().x;
  const ui::Paragraph promise = ui::set(ui.type, em, say(app, "settings.private"), box.w, 60);
  const ui::Paragraph credit = ui::set(ui.type, em, say(app, "settings.about"), box.w, 80);
  const auto height = [](const ui::Paragraph& lines) {
    return lines.em * ui::leading * static_cast<float>(lines.lines.size());
  };
  const float gap = 14, link = 44;
  float y = box.y + std::max(0.0f, (box.h - height(promise) - height(credit) - gap - link) / 2);
  ui::paragraph(ui, {middle, y + height(promise) / 2}, promise, ui.theme->ink, ui::Align::centre);
  y += height(promise) + gap;
  ui::paragraph(ui, {middle, y + height(credit) / 2}, credit, ui.theme->soft, ui::Align::centre);
  y += height(credit) + link / 2 + 4;
  const std::string_view licences = say(app, "settings.licences");
  ui::link_button(ui, "licences", {middle - ui::width(ui.type, em, licences) / 2, y}, em, licences);
}

}  // namespace

void settings(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const ui::Rect a = page.area;
  ui::Vec heading;
  ui::Rect sheet, words;
  if (page.form == Form::landscape) {
    const float w = std::min(a.w * 0.5f, 460.0f);
    const float h = sheet_height(app, w);
    sheet = {a.right() - w - 24, a.y + std::max(12.0f, (a.h - h) / 2), w, h};
    const float left = sheet.x - a.x;
    heading = {a.x + left / 2, a.y + 60};
    words = {a.x + 36, a.y + 100, left - 72, a.h - 180};
  } else {
    const bool wide = page.form == Form::wide;
    const float w = std::min(a.w - 44, 480.0f);
    const float h = sheet_height(app, w);
    const float rest = 190;  // the words below it
    const float top = a.y + std::max(104.0f, (a.h - h - rest) * (wide ? 0.44f : 0.36f));
    sheet = {a.centre().x - w / 2, top, w, h};
    heading = {a.centre().x, top - 52};
    words = {sheet.x + 10, sheet.bottom() + 24, w - 20, 150};
  }
  ui::text(ui, heading, ui::size::big, ui.theme->ink, say(app, "settings.heading"),
           ui::Align::centre);
  const float laid = ui::ease_out(ui::progress(ui, app.screen_since, 0.3f));
  const ui::Group group = ui::begin_group(ui);
  sheet_of_rows(app, sheet);
  ui::end_group(ui, group,
                {.pivot = sheet.centre(),
                 .offset = {0, 34 * (1 - laid)},
                 .scale = ui::mix(1.05f, 1, laid),
                 .angle = 0.03f * (1 - laid),
                 .alpha = std::min(1.0f, laid * 2)});
  about(app, words);
  ui::round_button(ui, "back", left_corner(page), corner_radius, ui::Icon::back,
                   say(app, "settings.back"), true);
}

}  // namespace screens
