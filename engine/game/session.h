// Some rounds, six by default, and what became of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/game/deck.h"
#include "engine/game/round.h"
#include "engine/model/card.h"

namespace game {

inline constexpr int rounds_a_session = 6;

// What a maker may choose.
struct Rules {
  int rounds = rounds_a_session;   // at least 1
  double seconds = round_seconds;  // for each
};

struct Session {
  Rules rules;
  Deck deck;
  Round round;                // the one being played, or just played
  std::vector<Round> played;  // finished rounds: the gallery
};

// A session over these labels of the card (all of them when `labels` is empty). Deals the first
// word.
Session make_session(const model::Card& card, std::span<const int> labels, std::uint64_t seed,
                     Rules rules = {});

// Puts another word in place of the one dealt, before drawing begins.
void deal_another(Session& session, const model::Card& card);

// Moves the finished round to `played` and, unless it was the last, deals the next word.
void finish_round(Session& session, const model::Card& card);

bool is_over(const Session& session);
int rounds_won(const Session& session);

// A new game with the same deck: no word comes again before all were dealt.
void play_again(Session& session, const model::Card& card);

}  // namespace game
