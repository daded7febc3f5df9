// How it knew: what the network makes of a finished drawing as it grew, and of the whole with each
// stroke left out.
//
// The network is asked one picture after the other, by whoever owns it; nothing here guesses what
// it would have said:
//
//   Insight insight = make_insight(round, threshold);
//   while (!is_complete(insight)) {
//     ... ink::raster(ink::simplify(next_picture(insight)), card.raster, picture) ...
//     hear(insight, probabilities);  // with the card's temperature, as in play
//   }
//   telling_stroke(insight), misleading_stroke(insight), ...
//
// Strokes are told apart as the "leave one out" of attribution methods does (Zeiler and Fergus
// 2014, "Visualizing and Understanding Convolutional Networks", section 4.2, with strokes for
// patches): a stroke's weight is the fall of the right class when the whole is seen without it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/game/round.h"
#include "engine/ink/drawing.h"
#include "engine/model/scores.h"

namespace game {

inline constexpr int most_steps = 32;            // pictures along the time line
inline constexpr int most_strokes_weighed = 24;  // the longest, of a drawing with more
inline constexpr int guesses_a_step = 5;
// A rise or fall of the right class that is worth a word.
inline constexpr float notable_weight = 0.1f;

// The ink as far as it had come at a moment of the time line.
struct Step {
  double at = 0;                      // seconds of the time line
  double played = 0;                  // seconds of the round, as they were played
  int points = 0;                     // how many there were, of all strokes
  std::vector<model::Score> guesses;  // best first, at most guesses_a_step; empty: not yet heard
  float target = 0;                   // probability of the right class, once heard
};

// The whole without one stroke.
struct Weight {
  int stroke = 0;  // index
  bool heard = false;
  float without = 0;  // probability of the right class then
};

struct Insight {
  int target = 0;
  float threshold = 1;
  bool won = false;         // it was recognised in play
  ink::Drawing drawing;     // retimed (ink/timeline.h)
  double seconds = 0;       // of the time line
  std::vector<Step> steps;  // in their order; the last is the whole drawing
  std::vector<Weight> weights;
  std::size_t heard = 0;  // of all pictures: those of the steps, then those of the weights
};

// The pictures to be seen for a round. Steps lie evenly in the length of the ink, each at a point
// that the player drew; a drawing of fewer than two points has none, as in play. A drawing of one
// stroke has no weights: without it there is nothing to see.
Insight make_insight(const Round& round, float threshold);

bool is_complete(const Insight& insight);

// The ink of the next picture, not yet simplified. The insight is not complete.
ink::Drawing next_picture(const Insight& insight);

// The network's answer to it: probabilities, one a class.
void hear(Insight& insight, std::span<const float> probabilities);

// What was thought at a time: the last step at or before it that was heard; null: none yet.
const Step* step_at(const Insight& insight, double seconds);

// Where the right class first reached its threshold; null: nowhere so far. A round that was won by
// a picture that lies between two steps was recognised with the last.
const Step* recognised_at(const Insight& insight);

// By how much the right class falls without this stroke; negative: it rises. 0 where not weighed.
float weight_of(const Insight& insight, int stroke);

// The strokes of the largest fall, and of the largest rise, where that is notable; -1: there is
// none, or not all was heard.
int telling_stroke(const Insight& insight);
int misleading_stroke(const Insight& insight);

// What else it looked like: at most `most` wrong labels by their highest probability in the second
// half of the ink, none below notable_weight. (Every drawing begins as a line.)
std::vector<int> likenesses(const Insight& insight, int most);

}  // namespace game
