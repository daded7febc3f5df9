#include "wasm/sentences.h"

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
  return text::format(app.texts, "verdict.seconds", {{"seconds", seconds_of(round.won_at)}});
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

std::string also_like(const App& app, const game::Insight& insight) {
  const std::vector<int> others = game::likenesses(insight, 2);
  if (others.empty()) return {};
  const std::string first = with_article(app, others[0]);
  if (others.size() == 1) return text::format(app.texts, "replay.like.one", {{"a", first}});
  return text::format(app.texts, "replay.like.two",
                      {{"a", first}, {"b", with_article(app, others[1])}});
}

namespace {

// "The 3rd of 5 strokes": a language may have a word of its own for the first ones, as English has.
std::string nth_stroke(const App& app, std::string_view key, const game::Insight& insight,
                       int stroke) {
  const std::string n = std::to_string(stroke + 1);
  const std::string own = "nth." + n;
  const bool has_own = app.texts.entries.contains(own);
  const std::string nth =
      has_own ? std::string(say(app, own)) : text::format(app.texts, "nth.other", {{"n", n}});
  return text::format(app.texts, key,
                      {{"nth", nth}, {"of", std::to_string(insight.drawing.strokes.size())}});
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
    add(words, nth_stroke(app, recognised ? "mirror.replay.gave" : "mirror.replay.helped", insight,
                          telling));
  }
  if (misleading >= 0) add(words, nth_stroke(app, "mirror.replay.misled", insight, misleading));
  if (telling < 0 && misleading < 0) add(words, told);
  add(words, also_like(app, insight));
  return words;
}
