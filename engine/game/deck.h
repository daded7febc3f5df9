// The words of a session: in an order that a seed gives, none twice before all were drawn.
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

// By how often they are recognised, words fall into this many tiers of as many words each.
inline constexpr int tiers = 5;
// So many words of a tier are dealt before the next harder one.
inline constexpr int words_a_tier = 4;

// A deck that grows harder. accuracy: of every class, 0..1 (model::Card::class_accuracy); where it
// is empty, no word is known to be harder than another, and the deck is make_deck's.
//
// The easiest tier deals first, then the next, up to the hardest, each `words_a_tier` of its words,
// shuffled: whoever has come to the twentieth word has met them all. Then the words that are left
// come, the hardest tier first.
Deck make_rising_deck(std::span<const int> labels, std::span<const float> accuracy,
                      std::uint64_t seed);

// The next label; after the last one the deck begins again. The deck must not be empty.
int deal(Deck& deck);

}  // namespace game
