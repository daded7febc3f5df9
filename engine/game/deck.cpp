#include "engine/game/deck.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <map>

#include "engine/random.h"

namespace game {

Deck make_deck(std::span<const int> labels, std::uint64_t seed) {
  Deck deck{.labels = {labels.begin(), labels.end()}};
  Random random{seed};
  random.shuffle(std::span(deck.labels));
  return deck;
}

Deck make_rising_deck(std::span<const int> labels, std::span<const float> accuracy,
                      std::uint64_t seed) {
  Deck shuffled = make_deck(labels, seed);
  if (accuracy.empty()) return shuffled;
  // Words that are as easy as each other stay shuffled; so are the words of a tier in the end.
  std::multimap<float, int, std::greater<>> by_accuracy;
  for (const int label : shuffled.labels) {
    const auto index = static_cast<std::size_t>(label);
    by_accuracy.emplace(index < accuracy.size() ? accuracy[index] : 0.0f, label);
  }
  std::vector<int> sorted;
  sorted.reserve(by_accuracy.size());
  for (const auto& [share, label] : by_accuracy) sorted.push_back(label);
  Random random{mix_bits(seed + 1)};
  Deck deck;
  std::vector<int> rest;
  for (std::size_t tier = 0; tier < tiers; ++tier) {
    const auto cut = [&](std::size_t t) { return sorted.size() * t / tiers; };
    const std::span<int> words = std::span(sorted).subspan(cut(tier), cut(tier + 1) - cut(tier));
    random.shuffle(words);
    const auto first = words.first(std::min<std::size_t>(words.size(), words_a_tier));
    deck.labels.insert(deck.labels.end(), first.begin(), first.end());
    const auto others = words.subspan(first.size());
    rest.insert(rest.begin(), others.begin(), others.end());
  }
  deck.labels.insert(deck.labels.end(), rest.begin(), rest.end());
  return deck;
}

int deal(Deck& deck) {
  assert(!deck.labels.empty());
  return deck.labels[deck.next++ % deck.labels.size()];
}

}  // namespace game
