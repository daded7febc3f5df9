// The settings, as sheets of rows, and what the game is made of.
#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float links_gap = 24;

void label(App& app, ui::Rect line, std::string_view words) {
  ui::text(app.ui, {line.x, line.centre().y - 1}, ui::size::note, app.ui.theme->ink, words);
}

// A link at the right end of a line. Returns where it begins.
float link(App& app, std::string_view id, float right, float y, std::string_view words) {
  const float em = ui::size::note;
  const float left = right - ui::width(app.ui.type, em, words);
  ui::link_button(app.ui, id, {left, y}, em, words);
  return left;
}

// What a switch is called in the mirror: "Sounds: on".
std::string switch_label(const App& app, std::string_view name, bool on) {
  return text::format(app.texts, on ? "settings.on" : "settings.off", {{"name", say(app, name)}});
}

void language_line(App& app, ui::Rect line) {
  label(app, line, say(app, "settings.language"));
  languages(app, {line.right() - languages_width(app) / 2, line.centre().y - 1});
}

void sounds_line(App& app, ui::Rect line) {
  const bool on = sounds_on(app.voice);
  label(app, line, say(app, "settings.sounds"));
  ui::switch_button(app.ui, "sounds", line, switch_label(app, "settings.sounds", on), on);
}

// Where the device has no voice the switch is off, and the reason stands below.
void speech_line(App& app, ui::Rect line) {
  const bool can = app.voice.can_speak;
  const bool on = can && speech_on(app.voice);
  label(app, line, say(app, "settings.speech"));
  ui::switch_button(app.ui, "speech", line, switch_label(app, "settings.speech", on), on, can);
}

std::string speech_note(const App& app) {
  return app.voice.can_speak ? std::string() : std::string(say(app, "settings.no_voice"));
}

void model_line(App& app, ui::Rect line) {
  const float y = line.centre().y - 1;
  label(app, line, say(app, "settings.model"));
  const float left = link(app, "choose-model", line.right(), y, say(app, "settings.choose"));
  if (app.offer.state == Offer::State::playing)
    link(app, "own-model", left - links_gap, y, say(app, "settings.own"));
}

void drawings_line(App& app, ui::Rect line) {
  label(app, line, say(app, "settings.drawings"));
  if (app.keeping.n_kept > 0)
    link(app, "keep-forget", line.right(), line.centre().y - 1, say(app, "keep.forget"));
}

std::string drawings_note(const App& app) {
  return app.keeping.sure ? std::string(say(app, "keep.forget.sure")) : kept_sentence(app);
}

std::string no_note(const App&) {
  return {};
}

// What can be set, one row each: a line, and in small letters what there is to say about it. What
// else there will be to set is a line of these lists.
struct Row {
  void (*line)(App& app, ui::Rect line);
  std::string (*note)(const App& app);
};
constexpr Row players_rows[] = {
    {language_line, no_note}, {sounds_line, no_note}, {speech_line, speech_note}};
constexpr Row makers_rows[] = {{model_line, model_words}, {drawings_line, drawings_note}};

constexpr float margin = 20;  // of the rows in their sheet, at their sides
constexpr float edge = 8;     // above and below

ui::Paragraph note_of(App& app, const Row& row, float w) {
  return ui::set(app.ui.type, ui::size::small, row.note(app), w, 5 * ui::size::small * ui::leading);
}

float height_of(const ui::Paragraph& note) {
  return note.lines.empty() ? 0 : note.em * ui::leading * static_cast<float>(note.lines.size()) + 4;
}

// line: the height of one.
float rows_height(App& app, std::span<const Row> rows, float w, float line) {
  float h = 0;
  for (const Row& row : rows) h += line + height_of(note_of(app, row, w - 2 * margin));
  return h;
}

void draw_rows(App& app, std::span<const Row> rows, ui::Rect box, float line, bool first) {
  ui::Ui& ui = app.ui;
  ui::Rect at = {box.x + margin, box.y, box.w - 2 * margin, line};
  for (const Row& row : rows) {
    if (!std::exchange(first, false)) {
      ui::line(ui, {at.x, at.y}, {at.right(), at.y}, 1.6f, ui.theme->line,
               60 + static_cast<int>(at.y));
    }
    row.line(app, at);
    const ui::Paragraph note = note_of(app, row, at.w);
    const float h = height_of(note);
    ui::paragraph(ui, {at.x, at.bottom() - 12 + h / 2}, note, ui.theme->soft, ui::Align::left);
    at.y += line + h;
  }
}

// Whose drawings taught the network, and what it promises, in the middle of the box; where there is
// no room for it, only the way to the licences, which say so too.
void about(App& app, ui::Rect box) {
  ui::Ui& ui = app.ui;
  const float em = ui::size::small;
  const float link = 44;
  const std::string words =
      std::string(say(app, "settings.private")) + ' ' + std::string(say(app, "settings.about"));
  const ui::Paragraph lines = ui::set(ui.type, em, words, box.w, std::max(box.h - link, em));
  const bool fits = height_of(lines) + link <= box.h;
  const float h = fits ? height_of(lines) : 0;
  const float y = box.y + std::max(0.0f, (box.h - h - link) / 2);
  if (fits)
    ui::paragraph(ui, {box.centre().x, y + h / 2}, lines, ui.theme->soft, ui::Align::centre);
  const std::string_view licences = say(app, "settings.licences");
  ui::link_button(ui, "licences",
                  {box.centre().x - ui::width(ui.type, em, licences) / 2, y + h + link / 2}, em,
                  licences);
}

// A sheet with rows that is laid on the table.
void lay_rows(App& app, ui::Rect box, std::initializer_list<std::span<const Row>> groups,
              float line) {
  ui::Ui& ui = app.ui;
  const float laid = ui::ease_out(ui::progress(ui, app.screen_since, 0.3f));
  const ui::Group group = ui::begin_group(ui);
  ui::sheet(ui, box, 23);
  ui::Rect at = {box.x, box.y + edge, box.w, 0};
  bool first = true;
  for (const std::span<const Row> rows : groups) {
    draw_rows(app, rows, at, line, first);
    at.y += rows_height(app, rows, box.w, line);
    first = false;
  }
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {0, 34 * (1 - laid)},
                 .scale = ui::mix(1.05f, 1, laid),
                 .angle = 0.03f * (1 - laid),
                 .alpha = std::min(1.0f, laid * 2)});
}

void heading(App& app, ui::Vec centre, float em) {
  ui::text(app.ui, centre, em, app.ui.theme->ink, say(app, "settings.heading"), ui::Align::centre);
}

}  // namespace

void settings(App& app, const Page& page) {
  const ui::Rect a = page.area;
  // Where there is no language to choose there is no row for it.
  const std::span<const Row> players =
      std::span(players_rows).subspan(app.languages.size() < 2 ? 1 : 0);
  const std::span<const Row> makers = makers_rows;
  if (page.form == Form::landscape) {              // two sheets side by side
    const float gap = 16, above = 42, below = 48;  // the heading, and the licences at least
    const float w = (std::min(a.w, 900.0f) - 3 * gap) / 2;
    const float room = a.h - above - below - 2 * edge;
    // Lines lower than a thumb where a note parts them.
    const auto line_of = [&](std::span<const Row> rows, float least) {
      const float notes = rows_height(app, rows, w, 0);
      return std::clamp((room - notes) / static_cast<float>(rows.size()), least, 52.0f);
    };
    const float players_line = line_of(players, ui::least_target + 1);
    const float makers_line = line_of(makers, 38);
    const float h = 2 * edge + std::max(rows_height(app, players, w, players_line),
                                        rows_height(app, makers, w, makers_line));
    const float spare = std::clamp((a.h - above - h - below) * 0.3f, 0.0f, 14.0f);
    const float left = a.centre().x - gap / 2 - w, top = a.y + above + spare;
    lay_rows(app, {left, top, w, h}, {players}, players_line);
    lay_rows(app, {left + w + gap, top, w, h}, {makers}, makers_line);
    // Its g hangs over the sheets.
    heading(app, {a.centre().x, top - 20 - spare * 0.4f}, ui::size::head);
    const float beside = 2 * corner_radius + 30;  // the way back
    about(app, {a.x + beside, top + h + 2, a.w - 2 * beside, a.bottom() - top - h - 4});
  } else {
    const float w = std::min(a.w - 44, 480.0f);
    const float rows = static_cast<float>(players.size() + makers.size());
    const float notes = 2 * edge + rows_height(app, players, w, 0) + rows_height(app, makers, w, 0);
    const float above = 64, below = 150;  // the heading, and the words under the sheet
    const float line =
        std::clamp((a.h - above - notes - below) / rows, ui::least_target + 2, 64.0f);
    const float h = notes + rows * line;
    const float top = a.y + std::max(above, (a.h - h - below) * 0.44f);
    heading(app, {a.centre().x, top - std::min(48.0f, top - a.y - 30)}, ui::size::big);
    lay_rows(app, {a.centre().x - w / 2, top, w, h}, {players, makers}, line);
    const float under = top + h + 12;
    about(app,
          {a.centre().x - w / 2 + 10, under, w - 20, std::min(120.0f, a.bottom() - under - 4)});
  }
  ui::round_button(app.ui, "back", left_corner(page), corner_radius, ui::Icon::back,
                   say(app, "settings.back"), true);
}

}  // namespace screens
