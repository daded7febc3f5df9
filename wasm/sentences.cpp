#include "wasm/sentences.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "wasm/app.h"

namespace {

std::string varied(App& app, game::Occasion occasion, std::string_view kind,
                   std::initializer_list<text::Argument> arguments = {}) {
  const auto key = [&](int n) { return std::string(kind) + "." + std::to_string(n); };
  int n = 0;
  while (app.texts.entries.contains(key(n + 1))) ++n;
  const int choice = game::choose(app.session.round.wording, occasion, n);
  return choice < 0 ? std::string() : text::format(app.texts, key(choice + 1), arguments);
}

}  // namespace

std::string sentence_of(App& app, const game::Saying& saying) {
  const auto named = [&](std::size_t i) { return with_article(app, saying.labels[i]); };
  const bool ready = app.network.state == platform::ClassifierState::ready;
  switch (saying.occasion) {
    case game::Occasion::nothing:
      return {};
    case game::Occasion::won:
      return text::format(app.texts, "say.won", {{"a", named(0)}});
    case game::Occasion::one_guess:
      return varied(app, saying.occasion, "say.one", {{"a", named(0)}});
    case game::Occasion::two_guesses:
      return varied(app, saying.occasion, "say.two", {{"a", named(0)}, {"b", named(1)}});
    case game::Occasion::no_ink:
      return ready ? varied(app, saying.occasion, "say.no_ink") : std::string();
    case game::Occasion::no_idea:  // who sees nothing has no ideas to promise
      return ready ? varied(app, saying.occasion, "say.no_idea") : std::string();
  }
  return {};
}

std::string_view say(const App& app, std::string_view key) {
  return text::lookup(app.texts, key);
}

std::string_view word(const App& app, int label) {
  return text::lookup(app.texts, app.card.classes[static_cast<std::size_t>(label)]);
}

std::string with_article(const App& app, int label) {
  return text::with_article(app.texts, app.card.classes[static_cast<std::size_t>(label)]);
}

std::string gallery_heading(const App& app) {
  if (app.session.rules.mode == game::Mode::pair) {
    const int leader = game::leader(app.session);
    const int first = game::rounds_won_by(app.session, std::max(leader, 0));
    const int second = game::rounds_won_by(app.session, leader == 1 ? 0 : 1);
    return text::format(app.texts, leader < 0 ? "pair.even" : "pair.wins",
                        {{"n", std::to_string(leader + 1)},
                         {"a", std::to_string(first)},
                         {"b", std::to_string(second)}});
  }
  return text::format(app.texts, "gallery.heading",
                      {{"n", std::to_string(game::rounds_won(app.session))},
                       {"of", std::to_string(app.session.rules.rounds)}});
}

std::string verdict_saying(const App& app, const game::Round& round) {
  const std::string target = with_article(app, round.target);
  if (round.outcome == game::Outcome::won)
    return text::format(app.texts, "verdict.won", {{"a", target}});
  std::vector<int> said = round.said;
  std::erase(said, round.target);
  if (said.empty()) return text::format(app.texts, "verdict.nothing", {{"a", target}});
  const std::string last = with_article(app, said.back());
  if (said.size() == 1) return text::format(app.texts, "verdict.one", {{"a", last}});
  return text::format(app.texts, "verdict.two",
                      {{"a", with_article(app, said[said.size() - 2])}, {"b", last}});
}

std::string_view ended_words(const App& app, const game::Round& round) {
  if (round.outcome == game::Outcome::won) return say(app, "verdict.won.before");
  const bool skipped = round.outcome == game::Outcome::skipped;
  return say(app, skipped ? "verdict.skipped.before" : "verdict.lost.before");
}

std::string word_was(const App& app, const game::Round& round) {
  return text::format(app.texts, "verdict.word", {{"a", with_article(app, round.target)}});
}

std::string go_on_words(const App& app) {
  const auto next = app.session.played.size() + 1;
  const bool last = static_cast<int>(next) >= app.session.rules.rounds;
  if (app.session.rules.mode != game::Mode::pair || last)
    return std::string(say(app, "verdict.go_on"));
  return text::format(app.texts, "pair.hand_over",
                      {{"n", std::to_string(game::player_of(next) + 1)}});
}

std::string thoughts(const App& app, const game::Round& round) {
  std::string list;
  int n = 0;
  for (std::size_t i = round.said.size(); i-- > 0 && n < 2;) {
    if (round.said[i] == round.target) continue;
    if (!list.empty()) list += say(app, "list.comma");
    list += word(app, round.said[i]);
    ++n;
  }
  if (list.empty()) return std::string(say(app, "gallery.nothing"));
  return text::format(app.texts, "gallery.saw", {{"list", list}});
}

std::string in_seconds(const App& app, const game::Round& round) {
  return text::format(app.texts, "verdict.seconds", {{"seconds", seconds_of(round.won_at)}});
}

std::string streak_heading(const App& app) {
  const int n = game::rounds_won(app.session);
  if (n == 0) return std::string(say(app, "streak.none"));
  if (n == 1) return std::string(say(app, "streak.one"));
  return text::format(app.texts, "streak.many", {{"n", std::to_string(n)}});
}

std::string streak_best(const App& app) {
  if (app.best_streak > app.best_streak_before) return std::string(say(app, "streak.new_best"));
  return text::format(app.texts, "streak.best", {{"n", std::to_string(app.best_streak)}});
}

std::string percent(float probability) {
  return std::to_string(static_cast<int>(std::lround(100 * probability)));
}

std::string whole_seconds(const game::Round& round) {
  return std::to_string(static_cast<int>(round.seconds));
}

std::string seconds_of(double seconds) {
  char number[16];
  std::snprintf(number, sizeof number, "%.1f", seconds);
  return number;
}

std::string guesses(const App& app, const game::Step& step) {
  std::string list;
  for (const model::Score& guess : step.guesses) {
    const int percent = static_cast<int>(guess.probability * 100 + 0.5f);
    if (percent < 1) break;
    if (!list.empty()) list += say(app, "list.comma");
    list += text::format(app.texts, "replay.guess",
                         {{"word", word(app, guess.label)}, {"percent", std::to_string(percent)}});
  }
  return list;
}

std::string told_by_strokes(const App& app, const game::Insight& insight) {
  if (insight.steps.empty() || !game::is_complete(insight)) return {};
  const bool recognised = game::recognised_at(insight) != nullptr;
  if (!recognised && game::misleading_stroke(insight) >= 0)
    return std::string(say(app, "replay.misled"));
  if (game::telling_stroke(insight) >= 0)
    return std::string(say(app, recognised ? "replay.gave" : "replay.helped"));
  if (!recognised)
    return text::format(app.texts, "replay.dark", {{"a", with_article(app, insight.target)}});
  return std::string(say(app, insight.weights.empty() ? "replay.one_line" : "replay.alone"));
}

std::string also_like(const App& app, const game::Insight& insight, int most) {
  const std::vector<int> others = game::likenesses(insight, most);
  if (others.empty()) return {};
  const std::string first = with_article(app, others[0]);
  if (others.size() == 1) return text::format(app.texts, "replay.like.one", {{"a", first}});
  return text::format(app.texts, "replay.like.two",
                      {{"a", first}, {"b", with_article(app, others[1])}});
}

namespace {

std::string of_stroke(const App& app, std::string_view key, const game::Insight& insight,
                      int stroke) {
  return text::format(
      app.texts, key,
      {{"n", std::to_string(stroke + 1)}, {"of", std::to_string(insight.drawing.strokes.size())}});
}

void add(std::string& words, const std::string& sentence) {
  if (!words.empty() && !sentence.empty()) words += ' ';
  words += sentence;
}

}  // namespace

std::string insight_words(const App& app, const game::Insight& insight) {
  std::string words;
  if (const game::Step* moment = game::recognised_at(insight)) {
    add(words,
        text::format(app.texts, "mirror.replay.moment", {{"seconds", seconds_of(moment->played)}}));
  }
  const std::string told = told_by_strokes(app, insight);
  if (told.empty()) return words;
  const int telling = game::telling_stroke(insight), misleading = game::misleading_stroke(insight);
  if (telling >= 0) {
    const bool recognised = game::recognised_at(insight) != nullptr;
    add(words, of_stroke(app, recognised ? "mirror.replay.gave" : "mirror.replay.helped", insight,
                         telling));
  }
  if (misleading >= 0) add(words, of_stroke(app, "mirror.replay.misled", insight, misleading));
  if (telling < 0 && misleading < 0) add(words, told);
  add(words, also_like(app, insight));
  return words;
}
