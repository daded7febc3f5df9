#include "wasm/sentences.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "wasm/app.h"

namespace {

std::string varied(App& app, std::string_view kind,
                   std::initializer_list<text::Argument> arguments) {
  int n = 0;
  while (app.texts.entries.contains(std::string(kind) + "." + std::to_string(n + 1))) ++n;
  const int choice = n > 0 ? app.n_sayings++ % n + 1 : 1;
  return text::format(app.texts, std::string(kind) + "." + std::to_string(choice), arguments);
}

}  // namespace

std::string guess_sentence(App& app, const game::Saying& saying) {
  const std::string first = with_article(app, saying.labels[0]);
  if (saying.won) return text::format(app.texts, "say.won", {{"a", first}});
  if (saying.labels.size() == 1) return varied(app, "say.one", {{"a", first}});
  const std::string second = with_article(app, saying.labels[1]);
  return varied(app, "say.two", {{"a", first}, {"b", second}});
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
  char number[16];
  std::snprintf(number, sizeof number, "%.1f", round.won_at);
  return text::format(app.texts, "verdict.seconds", {{"seconds", number}});
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
