// The voice of the game: what to say now, and whether the word is won.
//
// It hears the network's scores as they come and is asked once a frame whether it wants to speak.
// It says a label once, and not two within `pause`; it wins when the target's own probability
// reaches the threshold of the model's card, whatever else is more probable. When it has had
// nothing new to say for some seconds it says something kind: it is never lost for words.
//
// What it says is an occasion and labels; `choose` says which of the language's sentences for the
// occasion to take.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace game {

enum class Occasion {
  nothing,
  one_guess,    // "Is it a wheel?"
  two_guesses,  // "I see a wheel, or glasses"
  won,
  no_ink,  // seconds without a guess before the first stroke: "I'm watching"
  no_idea  // and after it: "I'm not sure yet, show me more"
};
inline constexpr int occasions = 6;

struct GuesserOptions {
  double pause = 0.9;        // seconds between two sayings
  float speak_from = 0.06f;  // a label below this probability is not worth saying
  int labels_a_saying = 2;   // "I see a wheel, or glasses"
  double quiet = 3.5;        // seconds without a guess after which something kind is said
  double kind_pause = 6;     // and between two kind sentences
};

struct Guesser {
  GuesserOptions options;
  int target = 0;
  float threshold = 0.5f;            // of the target, from the card
  std::vector<float> probabilities;  // the latest scores heard, with the temperature applied
  std::vector<bool> said;            // by label
  double since_said = 1e9;           // seconds
  double silence = 0;                // seconds since anything was said, or since the beginning
  bool was_kind = false;             // the last thing said
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
  std::vector<int> labels;  // empty: no guess; for a win, the target alone
  bool won = false;         // true once, in the saying that wins
  Occasion occasion = Occasion::nothing;
};

// Lets `dt` seconds pass and asks what to say now. ink: whether there is any. After the win it is
// silent.
Saying speak(Guesser& guesser, double dt, bool ink = true);

// Which sentences were used in a round, by occasion, so that none comes twice while there are
// others, and never the same pattern twice in a row: the n-th sentence for one guess and the n-th
// for two are made alike.
struct Wording {
  std::uint64_t seed = 0;
  std::array<std::vector<bool>, occasions> used;
  int last = -1;       // pattern of the last guess
  int last_kind = -1;  // of what was said last without one
};

// Which of the n sentences of this occasion to say next, 0..n-1, at random among those not used in
// this round; when all were used they begin anew. -1 when n < 1.
int choose(Wording& wording, Occasion occasion, int n);

}  // namespace game
