#include "wasm/duel.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/ink/timeline.h"
#include "wasm/app.h"
#include "wasm/sentences.h"

namespace {

// Points of a friend's line, of the 255 units of a drawing: near enough for its corners to be seen.
constexpr double ghost_spacing = 14;

// Can the friend's round be played? Before the words are there, all of them may.
bool is_playable(const App& app, const game::Challenge::Round& round) {
  if (awaits_words(app)) return true;
  const int label = find_class(app.card, round.word);
  return label >= 0 && can_be_won(app.card, label);
}

void follow_link(App& app) {
  std::string text = app.platform->challenge();
  if (text == app.duel.text) return;
  app.duel = {};
  app.duel.text = std::move(text);
  app.stale = true;
  if (app.duel.text.empty()) return;
  Result<game::Challenge> challenge = game::read_challenge(app.duel.text);
  if (challenge) {
    app.duel.challenge = std::move(*challenge);
  } else {
    app.platform->warn(challenge.error());
  }
}

void follow_sharing(App& app) {
  const platform::ShareState state = app.platform->share_state();
  if (state == app.duel.shared) return;
  app.duel.shared = state;
  if (state == platform::ShareState::none) return;
  constexpr std::string_view sentences[] = {"", "duel.given", "duel.copied", "duel.addressed"};
  app.duel.told = sentences[static_cast<std::size_t>(state)];
  app.platform->say(say(app, app.duel.told));
  app.stale = true;
}

}  // namespace

void follow_duel(App& app) {
  const bool idle = app.screen == Screen::title && app.wanted.empty();
  if (app.duels && idle && app.lettered) follow_link(app);
  if (can_challenge(app)) follow_sharing(app);
}

bool is_challenged(const App& app) {
  const std::vector<game::Challenge::Round>& rounds = app.duel.challenge.rounds;
  return std::any_of(rounds.begin(), rounds.end(),
                     [&](const auto& round) { return is_playable(app, round); });
}

std::vector<int> begin_duel(App& app) {
  app.duel.friends = app.duel.challenge;
  std::erase_if(app.duel.friends.rounds,
                [&](const auto& round) { return !is_playable(app, round); });
  std::vector<int> labels;
  labels.reserve(app.duel.friends.rounds.size());
  for (const game::Challenge::Round& round : app.duel.friends.rounds)
    labels.push_back(find_class(app.card, round.word));
  return labels;
}

void end_duel(App& app) {
  // Where another model came in between, the words that it lacks were not played.
  std::size_t n = 0;
  std::erase_if(app.duel.friends.rounds, [&](const auto& round) {
    const bool played = n < app.session.played.size() &&
                        find_class(app.card, round.word) == app.session.played[n].target;
    if (played) ++n;
    return !played;
  });
  app.duel.ghosts.clear();
  for (const game::Challenge::Round& round : app.duel.friends.rounds)
    app.duel.ghosts.push_back(ink::retimed(ink::subdivided(round.drawing, ghost_spacing)));
  app.platform->put_challenge_away();
  show(app, Screen::duel);
  app.duel.drawn_at = app.ui.now + 0.6;  // when the sheets are laid
}

void forget_duel(App& app) {
  app.platform->put_challenge_away();
  app.duel = {};
}

bool can_challenge(const App& app) {
  const game::Mode mode = app.session.rules.mode;
  return app.duels && (app.screen == Screen::gallery || app.screen == Screen::duel) &&
         mode != game::Mode::streak && !app.session.played.empty() &&
         app.session.played.size() <= game::most_challenge_rounds;
}

void share_game(App& app) {
  const game::Challenge challenge = game::challenge_of(app.session.played, app.card.classes);
  const auto text = game::write_challenge(challenge);
  app.duel.told = {};
  app.duel.shared = platform::ShareState::none;
  if (!text) {
    app.duel.told = "duel.too_long";
    return app.platform->say(say(app, app.duel.told));
  }
  const std::size_t rounds = challenge.rounds.size();
  app.platform->share_challenge(
      *text, text::format(app.texts, rounds == 1 ? "duel.invitation.one" : "duel.invitation",
                          {{"n", std::to_string(game::rounds_won(challenge))},
                           {"of", std::to_string(rounds)}}));
}

std::string title_sentence(const App& app) {
  const Duel& duel = app.duel;
  if (lacks_words(app)) return std::string(say(app, app.network.error));
  if (!app.wanted.empty()) return std::string(say(app, "title.waiting"));
  if (duel.text.empty()) return std::string(say(app, "title.tagline"));
  if (duel.challenge.rounds.empty()) return std::string(say(app, "duel.broken"));
  int rounds = 0, won = 0;
  for (const game::Challenge::Round& round : duel.challenge.rounds) {
    if (!is_playable(app, round)) continue;
    ++rounds;
    won += round.won ? 1 : 0;
  }
  if (rounds == 0) return std::string(say(app, "duel.unknown"));
  if (rounds == 1) return std::string(say(app, "duel.friend.one"));
  return text::format(app.texts, "duel.friend",
                      {{"n", std::to_string(won)}, {"of", std::to_string(rounds)}});
}

std::string duel_heading(const App& app) {
  return text::format(app.texts, "duel.heading",
                      {{"a", std::to_string(game::rounds_won(app.session))},
                       {"b", std::to_string(game::rounds_won(app.duel.friends))}});
}

std::string_view duel_verdict(const App& app) {
  const int mine = game::rounds_won(app.session), theirs = game::rounds_won(app.duel.friends);
  if (mine == theirs) return say(app, "duel.even");
  return say(app, mine > theirs ? "duel.ahead" : "duel.behind");
}

std::string duel_outcome(const App& app, bool won, double seconds) {
  if (!won) return std::string(say(app, "duel.missed"));
  return text::format(app.texts, "verdict.seconds", {{"seconds", seconds_of(seconds)}});
}

std::string duel_words(const App& app) {
  std::string words(duel_verdict(app));
  for (std::size_t i = 0; i < app.session.played.size(); ++i) {
    const game::Round& mine = app.session.played[i];
    const game::Challenge::Round& theirs = app.duel.friends.rounds[i];
    words += ' ';
    words +=
        text::format(app.texts, "mirror.duel.round",
                     {{"word", word(app, mine.target)},
                      {"a", duel_outcome(app, mine.outcome == game::Outcome::won, mine.won_at)},
                      {"b", duel_outcome(app, theirs.won, static_cast<double>(theirs.seconds))}});
  }
  return words;
}
