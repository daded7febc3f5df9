#include "engine/game/round.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "engine/random.h"

namespace game {

Round make_round(int target, float threshold, int n_labels, double seconds) {
  Round round;
  round.seconds = seconds;
  round.target = target;
  round.guesser = make_guesser(target, threshold, n_labels);
  round.wording.seed = mix_bits(static_cast<std::uint64_t>(target));
  return round;
}

Round make_practice(int target, float threshold, int n_labels) {
  Round round = make_round(target, threshold, n_labels, no_clock);
  round.open = true;
  return round;
}

bool is_recognised(const Round& round) {
  const auto target = static_cast<std::size_t>(round.guesser.target);
  return target < round.guesser.probabilities.size() &&
         wins(round.guesser.probabilities[target], round.guesser.threshold);
}

Saying advance(Round& round, double dt) {
  if (!std::isfinite(dt) || dt < 0) dt = 0;
  if (round.outcome != Outcome::playing) {
    round.held += dt;
    return {};
  }
  round.elapsed = std::min(round.elapsed + dt * round.pace, round.seconds);
  Saying saying = speak(round.guesser, dt, !round.drawing.strokes.empty());
  round.said.insert(round.said.end(), saying.labels.begin(), saying.labels.end());
  if (saying.won) {
    if (!round.open) round.outcome = Outcome::won;
    round.won_at = round.elapsed;
  } else if (round.elapsed >= round.seconds) {
    round.outcome = Outcome::lost;
  }
  return saying;
}

void skip(Round& round) {
  if (round.outcome == Outcome::playing) round.outcome = Outcome::skipped;
}

double seconds_left(const Round& round) {
  return round.seconds - round.elapsed;
}

bool ticks(const Round& round, double before) {
  if (round.outcome != Outcome::playing) return false;
  const double left = seconds_left(round);
  return left <= last_seconds && std::ceil(left) < std::ceil(round.seconds - before);
}

bool is_over(const Round& round) {
  if (round.outcome == Outcome::won) return round.held >= hold_seconds;
  return round.outcome != Outcome::playing;
}

void begin_stroke(Round& round, ink::Point point) {
  if (round.outcome == Outcome::playing) round.drawing.strokes.push_back({point});
}

void extend_stroke(Round& round, ink::Point point) {
  if (round.outcome != Outcome::playing || round.drawing.strokes.empty()) return;
  round.drawing.strokes.back().push_back(point);
}

void undo_stroke(Round& round) {
  if (round.outcome != Outcome::playing || round.drawing.strokes.empty()) return;
  round.drawing.strokes.pop_back();
  if (round.drawing.strokes.empty()) clear_ink(round);
}

void clear_ink(Round& round) {
  if (round.outcome != Outcome::playing) return;
  round.drawing.strokes.clear();
  if (!round.open) return;
  round.guesser = make_guesser(round.target, round.guesser.threshold,
                               static_cast<int>(round.guesser.said.size()));
  round.said.clear();
}

bool can_be_judged(const ink::Drawing& drawing) {
  const ink::Box box = ink::bounds(drawing);
  return std::max(box.right - box.left, box.bottom - box.top) > largest_dot;
}

}  // namespace game
