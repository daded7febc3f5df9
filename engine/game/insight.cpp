#include "engine/game/insight.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ink/timeline.h"

namespace game {

namespace {

// A step wherever another share of the ink has been drawn, and at its end.
std::vector<Step> steps_of(const ink::Drawing& drawing) {
  std::vector<Step> steps;
  const double share = ink::ink_length(drawing) / most_steps;
  const bool even = std::isfinite(share) && share > 0;
  double drawn = 0;
  int points = 0, shares = 0;
  for (const ink::Stroke& stroke : drawing.strokes) {
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      if (i > 0) drawn += ink::ink_length({.strokes = {{stroke[i - 1], stroke[i]}}});
      ++points;
      // A sum of fractions may come out a hair short.
      const int now = even ? static_cast<int>(drawn / share + 1e-6) : 0;
      if (points < 2 || now <= shares) continue;
      shares = now;
      steps.push_back({.at = stroke[i].t, .points = points, .guesses = {}});
    }
  }
  if (points < 2) return {};
  const Step whole = {.at = ink::duration(drawing), .points = points, .guesses = {}};
  // Dots behind the last line are no length, but they are ink.
  if (static_cast<int>(steps.size()) >= most_steps) steps.pop_back();
  if (steps.empty() || steps.back().points < points) steps.push_back(whole);
  return steps;
}

// In their order; where there are too many the shortest go. (No std::sort here and below: each
// brings a kilobyte into the page.)
std::vector<Weight> weights_of(const ink::Drawing& drawing) {
  if (drawing.strokes.size() < 2) return {};
  std::vector<std::pair<double, int>> strokes;
  strokes.reserve(drawing.strokes.size());
  for (std::size_t i = 0; i < drawing.strokes.size(); ++i) {
    strokes.emplace_back(ink::ink_length({.strokes = {drawing.strokes[i]}}), static_cast<int>(i));
  }
  while (strokes.size() > most_strokes_weighed) {
    strokes.erase(std::min_element(strokes.begin(), strokes.end()));
  }
  std::vector<Weight> weights;
  weights.reserve(strokes.size());
  for (const auto& [length, stroke] : strokes) weights.push_back({.stroke = stroke});
  return weights;
}

// The stroke of the largest weight times `sign`, where that is notable.
int most_notable(const Insight& insight, float sign) {
  if (!is_complete(insight)) return -1;
  int best = -1;
  float largest = notable_weight;
  for (const Weight& weight : insight.weights) {
    const float w = sign * weight_of(insight, weight.stroke);
    if (w < largest || (best >= 0 && w == largest)) continue;
    largest = w;
    best = weight.stroke;
  }
  return best;
}

// The clock of the round when its ink had so many points; `otherwise` where it has no times.
double played_at(const Round& round, int points, double otherwise) {
  for (const ink::Stroke& stroke : round.drawing.strokes) {
    const int here = static_cast<int>(stroke.size());
    if (points <= here) {
      const float t = stroke[static_cast<std::size_t>(points) - 1].t;
      return t > 0 ? static_cast<double>(t) : otherwise;
    }
    points -= here;
  }
  return otherwise;
}

}  // namespace

Insight make_insight(const Round& round, float threshold) {
  Insight insight{.target = round.target,
                  .threshold = threshold,
                  .won = round.outcome == Outcome::won,
                  .drawing = ink::retimed(round.drawing),
                  .steps = {},
                  .weights = {}};
  insight.seconds = ink::duration(insight.drawing);
  insight.steps = steps_of(insight.drawing);
  for (Step& step : insight.steps) step.played = played_at(round, step.points, step.at);
  if (insight.steps.empty()) return insight;
  if (insight.won && round.won_at > 0) insight.steps.back().played = round.won_at;
  insight.weights = weights_of(insight.drawing);
  return insight;
}

bool is_complete(const Insight& insight) {
  return insight.heard >= insight.steps.size() + insight.weights.size();
}

ink::Drawing next_picture(const Insight& insight) {
  if (insight.heard < insight.steps.size()) {
    return ink::first_points(insight.drawing, insight.steps[insight.heard].points);
  }
  return ink::without_stroke(insight.drawing,
                             insight.weights[insight.heard - insight.steps.size()].stroke);
}

void hear(Insight& insight, std::span<const float> probabilities) {
  if (is_complete(insight)) return;
  const auto target = static_cast<std::size_t>(insight.target);
  const float right = target < probabilities.size() ? probabilities[target] : 0;
  if (insight.heard < insight.steps.size()) {
    Step& step = insight.steps[insight.heard];
    step.guesses = model::top_k(probabilities, guesses_a_step);
    step.target = right;
  } else {
    Weight& weight = insight.weights[insight.heard - insight.steps.size()];
    weight.heard = true;
    weight.without = right;
  }
  ++insight.heard;
}

const Step* step_at(const Insight& insight, double seconds) {
  const Step* found = nullptr;
  for (const Step& step : insight.steps) {
    // Times of points are floats, those of the time line are not.
    if (step.guesses.empty() || step.at > seconds + 1e-4) break;
    found = &step;
  }
  return found;
}

const Step* recognised_at(const Insight& insight) {
  for (const Step& step : insight.steps) {
    if (step.guesses.empty()) return nullptr;
    if (wins(step.target, insight.threshold)) return &step;
  }
  return insight.won && !insight.steps.empty() ? &insight.steps.back() : nullptr;
}

float weight_of(const Insight& insight, int stroke) {
  if (insight.steps.empty()) return 0;
  for (const Weight& weight : insight.weights) {
    if (weight.stroke == stroke && weight.heard) {
      return insight.steps.back().target - weight.without;
    }
  }
  return 0;
}

int telling_stroke(const Insight& insight) {
  return most_notable(insight, 1);
}

int misleading_stroke(const Insight& insight) {
  return most_notable(insight, -1);
}

std::vector<int> likenesses(const Insight& insight, int most) {
  std::vector<model::Score> peaks;
  for (std::size_t i = insight.steps.size() / 2; i < insight.steps.size(); ++i) {
    for (const model::Score& guess : insight.steps[i].guesses) {
      if (guess.label == insight.target || guess.probability < notable_weight) continue;
      const auto known = std::find_if(peaks.begin(), peaks.end(), [&](const model::Score& peak) {
        return peak.label == guess.label;
      });
      if (known == peaks.end()) {
        peaks.push_back(guess);
      } else {
        known->probability = std::max(known->probability, guess.probability);
      }
    }
  }
  std::vector<int> labels;
  while (!peaks.empty() && static_cast<int>(labels.size()) < most) {
    const auto highest = std::max_element(
        peaks.begin(), peaks.end(),
        [](const model::Score& a, const model::Score& b) { return a.probability < b.probability; });
    labels.push_back(highest->label);
    peaks.erase(highest);
  }
  return labels;
}

}  // namespace game
