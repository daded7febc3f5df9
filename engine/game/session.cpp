#include "engine/game/session.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "engine/random.h"

namespace game {

namespace {

void deal_round(Session& session, const model::Card& card) {
  const int label = deal(session.deck);
  const auto index = static_cast<std::size_t>(label);
  const float threshold = index < card.thresholds.size() ? card.thresholds[index] : 0.5f;
  const int n_labels = static_cast<int>(card.classes.size());
  session.round = session.rules.mode == Mode::practice
                      ? make_practice(label, threshold, n_labels)
                      : make_round(label, threshold, n_labels, session.rules.seconds);
}

Deck deck_of(const Session& session, std::span<const int> labels, const model::Card& card) {
  if (session.rules.mode == Mode::duel) return {.labels = {labels.begin(), labels.end()}};
  if (session.rules.mode == Mode::streak)
    return make_rising_deck(labels, card.class_accuracy, session.seed);
  return make_deck(labels, session.seed);
}

}  // namespace

Session make_session(const model::Card& card, std::span<const int> labels, std::uint64_t seed,
                     Rules rules) {
  std::vector<int> all(labels.begin(), labels.end());
  if (all.empty()) {
    all.resize(card.classes.size());
    std::iota(all.begin(), all.end(), 0);
  }
  if (rules.mode == Mode::pair) rules.rounds = (rules.rounds + players - 1) / players * players;
  if (rules.mode == Mode::duel) rules.rounds = static_cast<int>(all.size());
  if (rules.mode == Mode::practice) rules.rounds = 1;
  Session session{.rules = rules, .seed = seed, .deck = {}, .round = {}, .played = {}};
  session.deck = deck_of(session, all, card);
  deal_round(session, card);
  return session;
}

bool may_choose(const Session& session) {
  return session.rules.mode != Mode::streak && session.rules.mode != Mode::duel;
}

void deal_another(Session& session, const model::Card& card) {
  if (may_choose(session)) deal_round(session, card);
}

void finish_round(Session& session, const model::Card& card) {
  session.played.push_back(std::move(session.round));
  session.round = {};
  if (!is_over(session)) deal_round(session, card);
}

void learn_difficulty(Session& session, const model::Card& card) {
  if (session.rules.mode != Mode::streak || session.deck.next >= session.deck.labels.size()) return;
  const std::span<int> rest = std::span(session.deck.labels).subspan(session.deck.next);
  const Deck rising = make_rising_deck(rest, card.class_accuracy, session.seed);
  std::copy(rising.labels.begin(), rising.labels.end(), rest.begin());
}

bool is_over(const Session& session) {
  if (session.rules.mode == Mode::streak)
    return !session.played.empty() && session.played.back().outcome != Outcome::won;
  return static_cast<int>(session.played.size()) >= session.rules.rounds;
}

int rounds_won(const Session& session) {
  return static_cast<int>(
      std::count_if(session.played.begin(), session.played.end(),
                    [](const Round& round) { return round.outcome == Outcome::won; }));
}

int player_of(std::size_t round) {
  return static_cast<int>(round % players);
}

int player_now(const Session& session) {
  return player_of(session.played.size());
}

int rounds_won_by(const Session& session, int player) {
  int won = 0;
  for (std::size_t i = 0; i < session.played.size(); ++i) {
    won += player_of(i) == player && session.played[i].outcome == Outcome::won;
  }
  return won;
}

int leader(const Session& session) {
  const int first = rounds_won_by(session, 0), second = rounds_won_by(session, 1);
  return first == second ? -1 : (first > second ? 0 : 1);
}

void play_again(Session& session, const model::Card& card) {
  session.played.clear();
  if (session.rules.mode == Mode::streak) {
    session.seed = mix_bits(session.seed + 1);
    session.deck = deck_of(session, std::vector<int>(session.deck.labels), card);
  }
  if (session.rules.mode == Mode::duel) {
    session.deck.next = 0;
    session.rules.rounds = static_cast<int>(session.deck.labels.size());
  }
  deal_round(session, card);
}

}  // namespace game
