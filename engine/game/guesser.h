// The voice of the game: what to say now, and whether the word is won.
//
// It hears the network's scores as they come and is asked once a frame whether it wants to speak.
// It says a label once, and not two within `pause`; it wins when the target's own probability
// reaches the threshold of the model's card, whatever else is more probable.
#pragma once

#include <span>
#include <vector>

namespace game {

struct GuesserOptions {
  double pause = 0.9;        // seconds between two sayings
  float speak_from = 0.06f;  // a label below this probability is not worth saying
  int labels_a_saying = 2;   // "I see a wheel, or glasses"
};

struct Guesser {
  GuesserOptions options;
  int target = 0;
  float threshold = 0.5f;            // of the target, from the card
  std::vector<float> probabilities;  // the latest scores heard, with the temperature applied
  std::vector<bool> said;            // by label
  double since_said = 1e9;           // seconds
  bool fresh = false;  // scores were heard since the last time it spoke or was asked in vain
  bool won = false;
};

// The rule of the win. It is also asked for words that are not the target, by whoever counts how
// often a drawing would win a word that it does not show.
inline bool wins(float probability, float threshold) {
  return probability >= threshold;
}

Guesser make_guesser(int target, float threshold, int n_labels, const GuesserOptions& options = {});

// Takes in new scores, one a label. Scores of another length are ignored.
void hear(Guesser& guesser, std::span<const float> probabilities);

struct Saying {
  std::vector<int> labels;  // empty: nothing to say now; for a win, the target alone
  bool won = false;         // true once, in the saying that wins
};

// Lets `dt` seconds pass and asks what to say now. After the win it is silent.
Saying speak(Guesser& guesser, double dt);

}  // namespace game
