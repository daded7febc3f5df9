// The title: the name, what it is, Play and the other ways to play, and the choice of a language.
// The doodles draw themselves once and are still.
#include <cstddef>
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float languages_gap = 30;  // between their names

struct Placed {
  ui::Doodle doodle;
  float x, y;  // in shares of the page
  float size;  // of the square, CSS pixels
};

// The other ways to play, calmer than Play, in a row: three, where the maker offers all.
void other_ways(App& app, ui::Vec centre, float width, float h) {
  const std::span<const game::Mode> others = std::span(app.modes).subspan(1);
  const float gap = 10, em = width > 400 ? 24 : 22;
  const float w = (width - 2 * gap) / 3;
  const float step = w + gap;
  ui::Vec at = centre - ui::Vec{step * (static_cast<float>(others.size()) - 1) / 2, 0};
  for (const game::Mode mode : others) {
    const bool remembers = mode == game::Mode::streak && app.best_streak > 0;
    const std::string best =
        remembers ? text::format(app.texts, "title.best", {{"n", std::to_string(app.best_streak)}})
                  : std::string();
    const std::string label = "title." + std::string(name_of(mode));
    ui::plain_button(app.ui, name_of(mode), ui::around(at, w, h), em, say(app, label), best);
    at.x += step;
  }
}

constexpr Placed portrait_doodles[] = {{ui::Doodle::octopus, 0.20f, 0.175f, 88},
                                       {ui::Doodle::cat, 0.79f, 0.195f, 88},
                                       {ui::Doodle::bicycle, 0.21f, 0.585f, 96},
                                       {ui::Doodle::boat, 0.79f, 0.615f, 86}};
constexpr Placed landscape_doodles[] = {{ui::Doodle::octopus, 0.13f, 0.27f, 84},
                                        {ui::Doodle::cat, 0.86f, 0.26f, 84},
                                        {ui::Doodle::bicycle, 0.14f, 0.74f, 92},
                                        {ui::Doodle::boat, 0.86f, 0.76f, 84}};
constexpr Placed wide_doodles[] = {
    {ui::Doodle::octopus, 0.17f, 0.25f, 150}, {ui::Doodle::cat, 0.83f, 0.24f, 150},
    {ui::Doodle::bicycle, 0.15f, 0.70f, 170}, {ui::Doodle::boat, 0.85f, 0.72f, 150},
    {ui::Doodle::balloon, 0.32f, 0.49f, 110}, {ui::Doodle::flower, 0.69f, 0.51f, 110}};

void doodles(ui::Ui& ui, const Page& page, std::span<const Placed> figures, double since) {
  float delay = 0.15f;
  for (const Placed& placed : figures) {
    const ui::Vec at = {page.area.x + page.area.w * placed.x, page.area.y + page.area.h * placed.y};
    ui::doodle(ui, placed.doodle, at, placed.size, placed.size > 100 ? 4.0f : 3.2f, ui.theme->line,
               ui::ease_in_out(ui::progress(ui, since, 0.9f, delay)));
    delay += 0.18f;
  }
}

}  // namespace

float languages_width(const App& app) {
  float w = -languages_gap;
  for (const text::Language& language : app.languages) {
    w += ui::width(app.ui.type, ui::size::note, language.name) + languages_gap;
  }
  return w;
}

void languages(App& app, ui::Vec centre) {
  ui::Ui& ui = app.ui;
  if (app.languages.size() < 2) return;
  const float em = ui::size::note, gap = languages_gap;
  ui::Vec at = centre - ui::Vec{languages_width(app) / 2, 0};
  for (std::size_t i = 0; i < app.languages.size(); ++i) {
    const std::string& name = app.languages[i].name;
    if (static_cast<int>(i) == app.language) {
      ui::text(ui, at, em, ui.theme->ink, name);
    } else {
      ui::link_button(ui, "language-" + app.languages[i].code, at, em, name);
    }
    at.x += ui::width(ui.type, em, name) + gap;
    if (i + 1 < app.languages.size()) ui::disc(ui, at - ui::Vec{gap / 2, 0}, 2, ui.theme->soft);
  }
}

void title(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const ui::Rect a = page.area;
  const float middle = a.centre().x;
  float name_y = 0.34f, line_y = 0.455f, play_y = 0.725f, ways_y = 0.835f;
  float play_w = 222, play_h = 72, ways_w = std::min(a.w - 44, 380.0f), ways_h = 58;
  float languages_y = 0.925f;
  if (page.form == Form::landscape) {
    name_y = 0.2f, line_y = 0.4f, play_y = 0.59f, ways_y = 0.785f, languages_y = 0.93f;
    play_h = 60, ways_h = a.h < 340 ? 48 : 52;
  } else if (page.form == Form::wide) {
    name_y = 0.33f, line_y = 0.445f, play_y = 0.6f, ways_y = 0.72f, languages_y = 0.83f;
    play_w = 250, play_h = 78, ways_w = 460, ways_h = 62;
  } else if (a.h < 620) {
    play_y = 0.715f, ways_y = 0.825f;
    play_h = 62, ways_h = 48;
  }
  if (page.form == Form::portrait) doodles(ui, page, portrait_doodles, app.screen_since);
  if (page.form == Form::landscape) doodles(ui, page, landscape_doodles, app.screen_since);
  if (page.form == Form::wide) doodles(ui, page, wide_doodles, app.screen_since);

  const float swipe = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.5f, 0.1f));
  const float em = page.form == Form::wide ? ui::size::title : ui::size::huge;
  const std::string name(say(app, "title"));
  ui::highlighted(ui, {middle, a.y + a.h * name_y},
                  {.em = ui::fit(ui.type, em, name, a.w - 100), .lines = {name}}, 5, swipe);

  const std::string sentence = title_sentence(app);
  const bool stuck = lacks_words(app);
  const bool link =
      app.wanted.empty() && !app.duel.text.empty();  // a friend's: more than the tagline
  const ui::Paragraph lines =
      ui::set(ui.type, page.form == Form::wide ? ui::size::text : ui::size::note, sentence,
              std::min(a.w - 60, page.form == Form::landscape ? 600.0f : 420.0f), 90);
  // More than one line grows downwards, away from the name.
  const float more = static_cast<float>(lines.lines.size()) - 1;
  ui::paragraph(ui, {middle, a.y + a.h * line_y + more * lines.em * ui::leading / 2}, lines,
                stuck || link ? ui.theme->ink : ui.theme->soft, ui::Align::centre);

  const ui::Rect play = ui::around({middle, a.y + a.h * play_y}, play_w, play_h);
  const float marker = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.45f, 0.35f));
  ui::main_button(ui, stuck ? "retry" : "play", play, page.form == Form::wide ? 38 : ui::size::head,
                  say(app, stuck ? "draw.retry" : "title.play"), marker);
  other_ways(app, {middle, a.y + a.h * ways_y}, ways_w, ways_h);
  languages(app, {middle, a.y + a.h * languages_y});
  ui::round_button(ui, "settings", left_corner(page), corner_radius, ui::Icon::gear,
                   say(app, "settings.open"), true);
  mute_button(app, right_corner(page));
}

}  // namespace screens
