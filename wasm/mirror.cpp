// The mirror's content: what the canvas shows, in words.
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "wasm/app.h"
#include "wasm/network.h"
#include "wasm/sentences.h"

void reflect(App& app) {
  constexpr std::string_view names[] = {"title", "card", "draw", "verdict", "gallery", "keep"};
  platform::Mirror mirror;
  mirror.screen = names[static_cast<std::size_t>(app.screen)];
  const game::Round& round = app.session.round;
  const bool has_word =
      app.screen == Screen::card || app.screen == Screen::draw || app.screen == Screen::verdict;
  const std::string name(has_word ? word(app, round.target) : std::string_view());
  if (has_word) mirror.word = app.card.classes[static_cast<std::size_t>(round.target)];
  switch (app.screen) {
    case Screen::title:
      mirror.heading = say(app, "title");
      mirror.text = say(app, "title.tagline");
      break;
    case Screen::card:
      mirror.heading = text::format(app.texts, "mirror.card",
                                    {{"word", name}, {"seconds", whole_seconds(round)}});
      mirror.text = text::format(app.texts, "mirror.round",
                                 {{"n", std::to_string(app.session.played.size() + 1)},
                                  {"of", std::to_string(app.session.rules.rounds)}});
      break;
    case Screen::draw:
      mirror.heading = text::format(app.texts, "mirror.draw", {{"word", name}});
      if (network_failed(app)) mirror.text = say(app, app.network.error);
      mirror.paper[0] = app.sheet.x;
      mirror.paper[1] = app.sheet.y;
      mirror.paper[2] = app.sheet.w;
      mirror.paper[3] = app.sheet.h;
      break;
    case Screen::verdict:
      mirror.heading = verdict_saying(app, round);
      mirror.text =
          round.outcome == game::Outcome::won ? in_seconds(app, round) : thoughts(app, round);
      break;
    case Screen::gallery:
      mirror.heading = gallery_heading(app);
      for (const game::Round& played : app.session.played) {
        const bool won = played.outcome == game::Outcome::won;
        mirror.text +=
            text::format(app.texts, won ? "mirror.gallery.won" : "mirror.gallery.missed",
                         {{"word", word(app, played.target)},
                          {"rest", won ? in_seconds(app, played) : thoughts(app, played)}});
        mirror.text += ' ';
      }
      break;
    case Screen::keep:
      mirror.heading = say(app, "keep.heading");
      mirror.text = kept_sentence(app);
      if (const int chosen = app.keeping.chosen; chosen != all_together) {
        const int target = app.keeping.rounds[static_cast<std::size_t>(chosen)].target;
        mirror.word = app.card.classes[static_cast<std::size_t>(target)];
        mirror.heading += ": " + std::string(word(app, target));
      }
      if (const std::string_view status = keeping_status(app); !status.empty())
        mirror.text = std::string(status) + ' ' + mirror.text;
      break;
  }
  mirror.seconds =
      app.screen == Screen::draw ? static_cast<int>(std::ceil(game::seconds_left(round))) : 0;
  if (has_word && app.screen != Screen::card) {
    if (round.outcome == game::Outcome::won) mirror.result = "won";
    if (round.outcome == game::Outcome::lost) mirror.result = "lost";
    if (round.outcome == game::Outcome::skipped) mirror.result = "skipped";
  }
  for (const ui::Hot& hot : app.ui.hot) {
    mirror.buttons.push_back({.id = hot.id,
                              .label = hot.label,
                              .enabled = hot.enabled,
                              .box = {hot.area.x, hot.area.y, hot.area.w, hot.area.h}});
  }
  if (mirror == app.mirror) return;
  app.mirror = std::move(mirror);
  app.platform->set_mirror(app.mirror);
}
