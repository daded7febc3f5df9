// The mirror's content: what the canvas shows, in words.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "wasm/app.h"
#include "wasm/network.h"
#include "wasm/sentences.h"

namespace {

// While it plays the mirror goes from step to step, so as not to be written sixty times a second.
double mirrored_time(const App& app) {
  const Replay& replay = app.replay;
  if (!replay.playing) return std::max(replay.at, 0.0);
  const game::Step* step = game::step_at(shown_insight(app), replay.at);
  return step != nullptr ? step->at : 0;
}

// "2.3 of 5.1 seconds: bicycle 82%, motorbike 9%."
std::string place_words(const App& app) {
  const game::Insight& insight = shown_insight(app);
  const game::Step* step = game::step_at(insight, app.replay.at);
  const std::string thought = step != nullptr ? guesses(app, *step) : std::string();
  return text::format(app.texts, "mirror.replay.at",
                      {{"seconds", seconds_of(mirrored_time(app))},
                       {"of", seconds_of(insight.seconds)},
                       {"guesses", thought.empty() ? say(app, "mirror.replay.nothing") : thought}});
}

std::string replay_words(const App& app) {
  if (network_failed(app)) return std::string(say(app, "replay.unseen"));
  std::string words = place_words(app);
  const std::string insight = insight_words(app, shown_insight(app));
  if (!insight.empty()) words += ' ' + insight;
  if (!app.replay.others.empty()) {
    words += ' ' + text::format(app.texts, "mirror.replay.others",
                                {{"n", std::to_string(app.replay.others.size())}});
  }
  return words;
}

}  // namespace

void reflect(App& app) {
  constexpr std::string_view names[] = {"title", "card", "draw", "verdict", "gallery", "replay"};
  platform::Mirror mirror;
  mirror.screen = names[static_cast<std::size_t>(app.screen)];
  const bool again = app.screen == Screen::replay;
  const game::Round& round = again ? shown_round(app) : app.session.round;
  const bool has_word = app.screen == Screen::card || app.screen == Screen::draw ||
                        app.screen == Screen::verdict || again;
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
    case Screen::replay:
      mirror.heading = text::format(app.texts, "mirror.replay", {{"word", name}});
      mirror.text = replay_words(app);
      mirror.paper[0] = app.sheet.x;
      mirror.paper[1] = app.sheet.y;
      mirror.paper[2] = app.sheet.w;
      mirror.paper[3] = app.sheet.h;
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
    platform::MirrorButton& button = mirror.buttons.emplace_back(
        platform::MirrorButton{.id = hot.id,
                               .label = hot.label,
                               .enabled = hot.enabled,
                               .box = {hot.area.x, hot.area.y, hot.area.w, hot.area.h}});
    if (hot.id == "timeline") {
      const double end = shown_insight(app).seconds;
      button.percent = end > 0 ? static_cast<int>(mirrored_time(app) / end * 100 + 0.5) : 100;
      button.value = place_words(app);
    }
  }
  if (mirror == app.mirror) return;
  app.mirror = std::move(mirror);
  app.platform->set_mirror(app.mirror);
}
