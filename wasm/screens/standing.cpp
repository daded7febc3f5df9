// How the game stands, at the head of a screen: dots for six rounds, tally marks for a streak, the
// scores of two players.
#include <algorithm>
#include <cstddef>
#include <string>

#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

// Won, missed, the present one, those to come.
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

// Fives, as one counts by hand; the last mark is made before one's eyes. Where there are too many,
// or none, in words.
void tally(App& app, ui::Vec centre, float room) {
  ui::Ui& ui = app.ui;
  const bool just_won =
      app.screen == Screen::verdict && app.session.round.outcome == game::Outcome::won;
  const int n = game::rounds_won(app.session) + (just_won ? 1 : 0);
  const float step = 9, high = 28;
  const auto width_of = [&](int i) {  // of the first i marks
    const int gaps = (i - 1) / 5;
    return static_cast<float>(i) * step + static_cast<float>(gaps) * step * 0.6f;
  };
  const std::string sentence =
      n == 0 ? std::string(say(app, "streak.begin"))
             : text::format(app.texts, "streak.count", {{"n", std::to_string(n)}});
  const float em = ui::fit(ui.type, ui::size::note, sentence, room);
  const float gap = 18, told = ui::width(ui.type, em, sentence);
  const bool marks = n > 0 && width_of(n) + gap + told <= room;
  const float left = centre.x - (marks ? width_of(n) + gap + told : told) / 2;
  ui::text(ui, {left + (marks ? width_of(n) + gap : 0), centre.y}, em, ui.theme->soft, sentence);
  if (!marks) return;
  for (int i = 0; i < n; ++i) {
    const bool last = just_won && i + 1 == n;
    const float share = last ? ui::ease_out(ui::progress(ui, app.screen_since, 0.3f, 0.2f)) : 1;
    if (share <= 0) break;
    const float x = left + width_of(i + 1) - step / 2;
    const float lean = static_cast<float>((i * 7) % 5) - 2;
    if (i % 5 == 4) {  // across the four before it
      ui::line(ui, {x - 4.6f * step, centre.y + high * 0.34f}, {x + 1, centre.y - high * 0.36f}, 3,
               ui.theme->ink, 340 + i, share);
    } else {
      ui::line(ui, {x + lean * 0.5f, centre.y - high / 2}, {x - lean * 0.4f, centre.y + high / 2},
               3, ui.theme->ink, 340 + i, share);
    }
  }
}

// Each player's mark and score, the marker under the one whose turn it is.
void scores(App& app, ui::Vec centre, float room) {
  ui::Ui& ui = app.ui;
  const bool verdict = app.screen == Screen::verdict;
  const int now = game::player_now(app.session);
  const float size = 30, gap = 13, rim = 13;  // of the marker around them
  for (int player = 0; player < game::players; ++player) {
    const bool just_won =
        verdict && player == now && app.session.round.outcome == game::Outcome::won;
    const std::string score =
        std::to_string(game::rounds_won_by(app.session, player) + (just_won ? 1 : 0));
    const float w = ui::width(ui.type, ui::size::head, score);
    const float whole = size + gap + w;
    const float apart = std::clamp(room / 2 - whole - rim, 14.0f, 34.0f);
    const float x = player == 0 ? centre.x - apart - whole : centre.x + apart;
    if (player == now) {
      ui::scribble(ui, {x - rim, centre.y - 19, whole + 2 * rim, 40}, 2, ui.theme->marker,
                   61 + player, ui::ease_in_out(ui::progress(ui, app.screen_since, 0.35f, 0.1f)));
    }
    const ui::Color color = player == now ? ui.theme->on_marker : ui.theme->soft;
    player_mark(ui, player, {x + size / 2, centre.y}, size, color);
    const float grown =
        just_won ? 1 + 0.4f * (1 - ui::ease_out(ui::progress(ui, app.screen_since, 0.4f))) : 1;
    const ui::Vec at = {x + size + gap, centre.y - 1};
    const ui::Group group = ui::begin_group(ui);
    ui::text(ui, at, ui::size::head, color, score);
    ui::end_group(ui, group, {.pivot = at + ui::Vec{w / 2, 0}, .offset = {}, .scale = grown});
  }
}

}  // namespace

void player_mark(ui::Ui& ui, int player, ui::Vec centre, float size, ui::Color color) {
  ui::icon(ui, player == 0 ? ui::Icon::sun : ui::Icon::moon, centre, size, size > 24 ? 3.0f : 2.4f,
           color);
}

void standing(App& app, ui::Vec centre, float room) {
  switch (app.session.rules.mode) {
    case game::Mode::streak:
      return tally(app, centre, room);
    case game::Mode::pair:
      return scores(app, centre, room);
    default:
      return dots(app, centre);
  }
}

}  // namespace screens
