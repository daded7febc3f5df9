// Some rounds, and what became of them, in each of the ways to play.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/game/deck.h"
#include "engine/game/round.h"
#include "engine/model/card.h"

namespace game {

// The ways to play.
enum class Mode {
  classic,   // six words, shuffled
  streak,    // one life: the first word that is not recognised is the last; words grow harder
  practice,  // one word without a clock, which a win does not end
  pair,      // two at one device, who draw by turns
  duel,      // the words that are given, in their order, as a friend has drawn them
};

inline constexpr int rounds_a_session = 6;
inline constexpr int players = 2;  // of a pair

// The mode, and what a maker may choose.
struct Rules {
  Mode mode = Mode::classic;
  int rounds = rounds_a_session;   // at least 1; of a pair, rounded up to as many for each player;
                                   // a streak and practice have no number of rounds, and a duel has
                                   // as many as words
  double seconds = round_seconds;  // for each; none in practice
};

struct Session {
  Rules rules;
  std::uint64_t seed = 0;  // of the deck
  Deck deck;
  Round round;                // the one being played, or just played
  std::vector<Round> played;  // finished rounds: the gallery
};

// A session over these labels of the card (all of them when `labels` is empty). Deals the first
// word.
Session make_session(const model::Card& card, std::span<const int> labels, std::uint64_t seed,
                     Rules rules = {});

// Puts another word in place of the one dealt, before drawing begins. Not where may_choose is
// false.
void deal_another(Session& session, const model::Card& card);

// In a streak nobody steps around a word, and in a duel both draw the same ones.
bool may_choose(const Session& session);

// Moves the finished round to `played` and, unless it was the last, deals the next word.
void finish_round(Session& session, const model::Card& card);

// A card has come in place of a list of names: of a streak, the words that are still to come are
// put in order anew.
void learn_difficulty(Session& session, const model::Card& card);

bool is_over(const Session& session);
int rounds_won(const Session& session);  // of a streak: how long it is

// Of a pair: whose turn a round is, 0 or 1, by its place in the session; who plays now; how many
// rounds a player has won; who has won more of them so far, -1 for neither.
int player_of(std::size_t round);
int player_now(const Session& session);
int rounds_won_by(const Session& session, int player);
int leader(const Session& session);

// A new game. With the same deck: no word comes again before all were dealt; a streak begins with
// easy words again, a duel with its first.
void play_again(Session& session, const model::Card& card);

}  // namespace game
