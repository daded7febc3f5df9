// The words of a session: shuffled by a seed, none twice before all were drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace game {

struct Deck {
  std::vector<int>
      labels;  // in the order in which they are dealt; index of the class in the model's card
  std::size_t next = 0;
};

// A shuffled deck of these labels. The same seed and labels give the same order on every machine.
Deck make_deck(std::span<const int> labels, std::uint64_t seed);

// The next label; after the last one the deck begins again. The deck must not be empty.
int deal(Deck& deck);

}  // namespace game
