#include "engine/game/guesser.h"

#include <algorithm>
#include <cstddef>

#include "engine/model/scores.h"
#include "engine/random.h"

namespace game {

namespace {

// The guess that is due, if any.
Saying guess(Guesser& guesser) {
  if (!guesser.fresh) return {};
  const auto target = static_cast<std::size_t>(guesser.target);
  if (target < guesser.probabilities.size() &&
      wins(guesser.probabilities[target], guesser.threshold)) {
    guesser.won = true;
    guesser.said[target] = true;
    return {.labels = {guesser.target}, .won = true, .occasion = Occasion::won};
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
  if (!saying.labels.empty()) {
    saying.occasion = saying.labels.size() == 1 ? Occasion::one_guess : Occasion::two_guesses;
  }
  return saying;
}

}  // namespace

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

Saying speak(Guesser& guesser, double dt, bool ink) {
  guesser.since_said += dt;
  guesser.silence += dt;
  if (guesser.won) return {};
  Saying saying = guess(guesser);
  if (saying.occasion == Occasion::nothing) {
    const double patience = guesser.was_kind ? guesser.options.kind_pause : guesser.options.quiet;
    if (guesser.silence >= patience) saying.occasion = ink ? Occasion::no_idea : Occasion::no_ink;
  }
  if (saying.occasion == Occasion::nothing) return saying;
  guesser.was_kind = saying.labels.empty();
  guesser.since_said = 0;
  guesser.silence = 0;
  return saying;
}

int choose(Wording& wording, Occasion occasion, int n) {
  if (n < 1) return -1;
  const bool guesses = occasion == Occasion::one_guess || occasion == Occasion::two_guesses;
  int& last = guesses ? wording.last : wording.last_kind;
  std::vector<bool>& used = wording.used[static_cast<std::size_t>(occasion)];
  used.resize(static_cast<std::size_t>(n), false);  // another language has other sentences
  const auto left = [&] {
    std::vector<int> patterns;
    for (int i = 0; i < n; ++i) {
      const bool again = i == last && n > 1;
      if (!used[static_cast<std::size_t>(i)] && !again) patterns.push_back(i);
    }
    return patterns;
  };
  std::vector<int> patterns = left();
  if (patterns.empty()) {
    used.assign(used.size(), false);
    patterns = left();
  }
  Random random{wording.seed};
  const int choice = patterns[random.below(patterns.size())];
  wording.seed = random.state;
  used[static_cast<std::size_t>(choice)] = true;
  last = choice;
  return choice;
}

}  // namespace game
