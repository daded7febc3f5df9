// The mirror's content: what the canvas shows, in words.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "engine/model/scores.h"
#include "wasm/app.h"
#include "wasm/network.h"
#include "wasm/sentences.h"

namespace {

std::string number(int n) {
  return std::to_string(n);
}

// How the game stands, on the card.
std::string standing(const App& app) {
  const game::Session& session = app.session;
  switch (session.rules.mode) {
    case game::Mode::streak:
      return text::format(
          app.texts, "mirror.streak",
          {{"n", number(game::rounds_won(session))}, {"best", number(app.best_streak)}});
    case game::Mode::pair:
      return text::format(app.texts, "mirror.pair.scores",
                          {{"a", number(game::rounds_won_by(session, 0))},
                           {"b", number(game::rounds_won_by(session, 1))}});
    default:
      return text::format(
          app.texts, "mirror.round",
          {{"n", std::to_string(session.played.size() + 1)}, {"of", number(session.rules.rounds)}});
  }
}

std::string finished(const App& app, const game::Round& round) {
  const bool won = round.outcome == game::Outcome::won;
  return text::format(app.texts, won ? "mirror.gallery.won" : "mirror.gallery.missed",
                      {{"word", word(app, round.target)},
                       {"rest", won ? in_seconds(app, round) : thoughts(app, round)}});
}

// What the verdict says besides its heading.
std::string verdict_words(const App& app) {
  const game::Round& round = app.session.round;
  std::string words = round.outcome == game::Outcome::won
                          ? finished(app, round)
                          : std::string(ended_words(app, round)) + ' ' + word_was(app, round);
  if (app.session.rules.mode == game::Mode::pair) words += ' ' + go_on_words(app);
  return words;
}

// What practice shows as bars.
std::string first_guesses(const App& app) {
  std::string list;
  for (const auto& [label, probability] :
       model::top_k(app.session.round.guesser.probabilities, 5)) {
    if (!list.empty()) list += say(app, "list.comma");
    list += text::format(app.texts, "practice.rest",
                         {{"word", word(app, label)}, {"percent", percent(probability)}});
  }
  return list;
}

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

// A rectangle in CSS pixels.
void put_box(float (&box)[4], const ui::Rect& rect, float scale) {
  const float lengths[] = {rect.x, rect.y, rect.w, rect.h};
  for (int i = 0; i < 4; ++i) box[i] = lengths[i] * scale;
}

std::string replay_words(const App& app) {
  const std::string ended = finished(app, shown_round(app)) + ' ';
  if (network_failed(app)) return ended + std::string(say(app, "replay.unseen"));
  std::string words = ended + place_words(app);
  const std::string insight = insight_words(app, shown_insight(app));
  if (!insight.empty()) words += ' ' + insight;
  if (app.replay.others_shown > 0)
    words += ' ' + text::format(app.texts, "mirror.replay.others",
                                {{"n", number(app.replay.others_shown)}});
  return words;
}

// "down,50,50,going": whether the pen of the keys is down, its place in hundredths of the paper,
// and what the compass does.
std::string pen_words(const App& app) {
  if (!key_pen_shown(app)) return {};
  const game::KeyPen& pen = app.keys.pen;
  const ui::Vec at = key_pen_place(app) - app.sheet.corner();
  const auto hundredths = [](float part, float whole) {
    return number(static_cast<int>(std::lround(100 * part / whole)));
  };
  std::string words = pen.down ? "down" : "up";
  words += ',' + hundredths(at.x, app.sheet.w) + ',' + hundredths(at.y, app.sheet.h);
  if (pen.steering == game::Steering::compass)
    words += pen.going ? ",going" : (game::rests(pen) ? ",resting" : ",turning");
  return words;
}

}  // namespace

void reflect(App& app) {
  constexpr std::string_view names[] = {"title",   "card",   "draw",  "verdict",
                                        "gallery", "streak", "words", "settings",
                                        "replay",  "keep",   "duel"};
  platform::Mirror mirror;
  const bool pair = app.session.rules.mode == game::Mode::pair;
  const bool practice = app.screen == Screen::draw && app.session.round.open;
  mirror.screen = practice ? "practice" : names[static_cast<std::size_t>(app.screen)];
  const bool again = app.screen == Screen::replay;
  const game::Round& round = again ? shown_round(app) : app.session.round;
  const bool has_word = app.screen == Screen::card || app.screen == Screen::draw ||
                        app.screen == Screen::verdict || again;
  const std::string name(has_word ? word(app, round.target) : std::string_view());
  if (has_word) mirror.word = app.card.classes[static_cast<std::size_t>(round.target)];
  switch (app.screen) {
    case Screen::title:
      mirror.heading = say(app, "title");
      mirror.text = title_sentence(app);
      break;
    case Screen::card:
      mirror.heading = text::format(app.texts, pair ? "mirror.pair.card" : "mirror.card",
                                    {{"n", number(game::player_now(app.session) + 1)},
                                     {"word", name},
                                     {"seconds", whole_seconds(round)}});
      mirror.text = standing(app);
      break;
    case Screen::draw:
      mirror.heading =
          text::format(app.texts, practice ? "mirror.practice" : "mirror.draw", {{"word", name}});
      mirror.pen = pen_words(app);
      mirror.keys = say(app, "mirror.keys");
      if (!practice) mirror.keys.append(" ").append(say(app, "mirror.keys.clock"));
      mirror.text = practice             ? first_guesses(app)
                    : app.saying.empty() ? std::string(idle_words(app))
                                         : app.saying;
      if (network_failed(app)) mirror.text = say(app, app.network.error);
      break;
    case Screen::verdict:
      mirror.heading = verdict_saying(app, round);
      mirror.text = verdict_words(app);
      break;
    case Screen::gallery:
      mirror.heading = gallery_heading(app);
      for (std::size_t i = 0; i < app.session.played.size(); ++i) {
        const std::string told = finished(app, app.session.played[i]);
        mirror.text += pair ? text::format(app.texts, "mirror.pair.gallery",
                                           {{"n", number(game::player_of(i) + 1)}, {"round", told}})
                            : told;
        mirror.text += ' ';
      }
      break;
    case Screen::streak_end:
      mirror.heading = streak_heading(app);
      mirror.text = streak_best(app);
      if (!app.session.played.empty())
        mirror.text += ' ' + finished(app, app.session.played.back());
      break;
    case Screen::words:
      mirror.heading = say(app, "practice.which");
      break;
    case Screen::settings:
      mirror.heading = say(app, "settings.heading");
      mirror.text = say(app, "settings.private");
      mirror.text += ' ';
      mirror.text += say(app, "settings.about");
      if (!app.voice.can_speak) {
        mirror.text += ' ';
        mirror.text += say(app, "settings.no_voice");
      }
      mirror.text += ' ' + model_words(app) + ' ' + kept_sentence(app);
      break;
    case Screen::replay:
      mirror.heading = text::format(app.texts, "mirror.replay", {{"word", name}});
      mirror.text = replay_words(app);
      break;
    case Screen::duel:
      mirror.heading = duel_heading(app);
      mirror.text = duel_words(app);
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
  if (app.screen == Screen::draw || again) {
    put_box(mirror.paper, app.sheet, app.ui.scale);
  }
  mirror.seconds = app.screen == Screen::draw && !practice
                       ? static_cast<int>(std::ceil(game::seconds_left(round)))
                       : 0;
  if (has_word && app.screen != Screen::card) {
    if (round.outcome == game::Outcome::won) mirror.result = "won";
    if (practice && round.guesser.won) mirror.result = "recognised";
    if (round.outcome == game::Outcome::lost) mirror.result = "lost";
    if (round.outcome == game::Outcome::skipped) mirror.result = "skipped";
  }
  for (const ui::Hot& hot : app.ui.hot) {
    platform::MirrorButton& button = mirror.buttons.emplace_back(
        platform::MirrorButton{.id = hot.id, .label = hot.label, .enabled = hot.enabled});
    put_box(button.box, hot.area, app.ui.scale);
    if (hot.id == "timeline") {
      const double end = shown_insight(app).seconds;
      button.percent = end > 0 ? static_cast<int>(mirrored_time(app) / end * 100 + 0.5) : 100;
      button.value = place_words(app);
    }
  }
  app.mirrored = app.screen;
  if (mirror == app.mirror) return;
  app.mirror = std::move(mirror);
  app.platform->set_mirror(app.mirror);
}
