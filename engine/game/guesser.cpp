#include "engine/game/guesser.h"

#include <algorithm>
#include <cstddef>

#include "engine/model/scores.h"

namespace game {

Guesser make_guesser(int target, float threshold, int n_labels, const GuesserOptions& options) {
  Guesser guesser;
  guesser.options = options;
  guesser.target = target;
  guesser.threshold = threshold;
  guesser.said.assign(static_cast<std::size_t>(std::max(n_labels, 0)), false);
  return guesser;
}

void hear(Guesser& guesser, std::span<const float> probabilities) {
  if (probabilities.size() != guesser.said.size()) return;
  guesser.probabilities.assign(probabilities.begin(), probabilities.end());
  guesser.fresh = true;
}

Saying speak(Guesser& guesser, double dt) {
  guesser.since_said += dt;
  if (guesser.won || !guesser.fresh) return {};
  const auto target = static_cast<std::size_t>(guesser.target);
  if (target < guesser.probabilities.size() &&
      wins(guesser.probabilities[target], guesser.threshold)) {
    guesser.won = true;
    guesser.said[target] = true;
    return {.labels = {guesser.target}, .won = true};
  }
  if (guesser.since_said < guesser.options.pause) return {};

  guesser.fresh = false;
  Saying saying;
  // The target is never said in vain: to hear one's word and not win would be felt as a cheat.
  const int considered = guesser.options.labels_a_saying + 3;
  for (const auto& [label, probability] : model::top_k(guesser.probabilities, considered)) {
    const auto index = static_cast<std::size_t>(label);
    if (probability < guesser.options.speak_from || guesser.said[index] || index == target)
      continue;
    saying.labels.push_back(label);
    guesser.said[index] = true;
    if (static_cast<int>(saying.labels.size()) == guesser.options.labels_a_saying) break;
  }
  if (!saying.labels.empty()) guesser.since_said = 0;
  return saying;
}

}  // namespace game
