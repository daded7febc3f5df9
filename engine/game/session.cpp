#include "engine/game/session.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace game {

namespace {

void deal_round(Session& session, const model::Card& card) {
  const int label = deal(session.deck);
  const auto index = static_cast<std::size_t>(label);
  const float threshold = index < card.thresholds.size() ? card.thresholds[index] : 0.5f;
  session.round =
      make_round(label, threshold, static_cast<int>(card.classes.size()), session.rules.seconds);
}

}  // namespace

Session make_session(const model::Card& card, std::span<const int> labels, std::uint64_t seed,
                     Rules rules) {
  std::vector<int> all(labels.begin(), labels.end());
  if (all.empty()) {
    all.resize(card.classes.size());
    std::iota(all.begin(), all.end(), 0);
  }
  Session session{.rules = rules, .deck = make_deck(all, seed), .round = {}, .played = {}};
  deal_round(session, card);
  return session;
}

void deal_another(Session& session, const model::Card& card) {
  deal_round(session, card);
}

void finish_round(Session& session, const model::Card& card) {
  session.played.push_back(std::move(session.round));
  session.round = {};
  if (!is_over(session)) deal_round(session, card);
}

bool is_over(const Session& session) {
  return static_cast<int>(session.played.size()) >= session.rules.rounds;
}

int rounds_won(const Session& session) {
  return static_cast<int>(
      std::count_if(session.played.begin(), session.played.end(),
                    [](const Round& round) { return round.outcome == Outcome::won; }));
}

void play_again(Session& session, const model::Card& card) {
  session.played.clear();
  deal_round(session, card);
}

}  // namespace game
