#include "engine/game/deck.h"

#include <cassert>

#include "engine/random.h"

namespace game {

Deck make_deck(std::span<const int> labels, std::uint64_t seed) {
  Deck deck{.labels = {labels.begin(), labels.end()}};
  Random random{seed};
  random.shuffle(std::span(deck.labels));
  return deck;
}

int deal(Deck& deck) {
  assert(!deck.labels.empty());
  return deck.labels[deck.next++ % deck.labels.size()];
}

}  // namespace game
