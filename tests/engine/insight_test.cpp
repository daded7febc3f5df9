// How it knew: the time line of a drawing, the pictures the network is asked about, and what is
// made of its answers. The network here is a plain rule over the ink it is shown, so that what must
// come out can be worked out by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/game/insight.h"
#include "engine/ink/raster.h"
#include "engine/ink/simplify.h"
#include "engine/ink/timeline.h"

namespace {

// A line of n points from (x, y), 10 to the right each, every tenth of a second from t on.
ink::Stroke line(float x, float y, int n, float t) {
  ink::Stroke stroke;
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<float>(i);
    stroke.push_back({x + 10 * k, y, t + 0.1f * k});
  }
  return stroke;
}

game::Round round_of(ink::Drawing drawing, game::Outcome outcome = game::Outcome::won) {
  game::Round round = game::make_round(1, 0.5f, 4);
  round.drawing = std::move(drawing);
  round.outcome = outcome;
  return round;
}

bool has_line_at(const ink::Drawing& drawing, float y) {
  return std::any_of(drawing.strokes.begin(), drawing.strokes.end(),
                     [&](const ink::Stroke& stroke) { return stroke[0].y == y; });
}

// The right class (1) is made probable by the line at y = 100, a little by that at 0, and less by
// that at 200; label 2 takes the rest, label 3 has a moment while there is little ink, label 0 one
// towards the end.
std::vector<float> rule(const ink::Drawing& drawing) {
  float right = 0.1f;
  if (has_line_at(drawing, 100)) right += 0.5f;
  if (has_line_at(drawing, 0)) right += 0.2f;
  if (has_line_at(drawing, 200)) right -= 0.15f;
  const float early = ink::point_count(drawing) < 8 ? 0.25f : 0;
  const float late = ink::point_count(drawing) > 50 ? 0.12f : 0;
  return {late, right, 1 - right - early - late, early};
}

game::Insight answered(const game::Round& round) {
  game::Insight insight = game::make_insight(round, 0.5f);
  while (!game::is_complete(insight)) game::hear(insight, rule(game::next_picture(insight)));
  return insight;
}

const ink::Drawing three = {
    .strokes = {line(0, 0, 20, 1), line(0, 100, 20, 8), line(0, 200, 20, 10.2f)}};

}  // namespace

TEST_CASE("a time line begins at 0, has no long pause, and keeps the pace of each stroke") {
  const ink::Drawing again = ink::retimed(three);
  CHECK(again.strokes[0].front().t == 0);
  CHECK(again.strokes[0].back().t == doctest::Approx(1.9));
  CHECK(again.strokes[1].front().t == doctest::Approx(1.9 + ink::longest_pause));
  CHECK(again.strokes[2].front().t == doctest::Approx(1.9 * 2 + ink::longest_pause + 0.3));
  CHECK(ink::duration(again) == doctest::Approx(1.9 * 3 + ink::longest_pause + 0.3));
  CHECK(ink::duration({}) == 0);
}

TEST_CASE("times that are none, or go back, still give a time line") {
  ink::Drawing odd = three;
  odd.strokes[1][3].t = -5;
  odd.strokes[1][4].t = std::numeric_limits<float>::quiet_NaN();
  odd.strokes[1][5].t = std::numeric_limits<float>::infinity();
  odd.strokes.insert(odd.strokes.begin(), ink::Stroke{});
  const ink::Drawing again = ink::retimed(odd);
  CHECK(again.strokes.size() == 3);
  float before = 0;
  for (const ink::Stroke& stroke : again.strokes) {
    for (const ink::Point p : stroke) {
      CHECK(p.t >= before);
      before = p.t;
    }
  }
  CHECK(std::isfinite(before));

  ink::Drawing timeless = three;
  for (ink::Stroke& stroke : timeless.strokes) {
    for (ink::Point& p : stroke) p.t = 0;
  }
  const ink::Drawing even = ink::retimed(timeless);
  CHECK(ink::duration(even) > 2);
  CHECK(ink::duration(even) < 5);
  CHECK(even.strokes[0][10].t == doctest::Approx(10 * (3.0 / 57)));
}

TEST_CASE("a drawing as it stood at a time") {
  const ink::Drawing again = ink::retimed(three);
  CHECK(ink::point_count(ink::drawn_until(again, -1)) == 0);
  CHECK(ink::point_count(ink::drawn_until(again, 0)) == 2);  // a dot, that begins to move
  const ink::Drawing early = ink::drawn_until(again, 0.55);
  REQUIRE(early.strokes.size() == 1);
  CHECK(early.strokes[0].back().x == doctest::Approx(55));
  CHECK(ink::drawn_until(again, 2.1).strokes.size() == 1);  // between two strokes
  CHECK(ink::point_count(ink::drawn_until(again, 100)) == 60);
  CHECK(ink::point_count(ink::first_points(three, 27)) == 27);
  CHECK(ink::first_points(three, 27).strokes.size() == 2);
  CHECK(ink::first_points(three, 0).strokes.empty());
  CHECK(ink::without_stroke(three, 1).strokes.size() == 2);
  CHECK(ink::without_stroke(three, 3).strokes.size() == 3);
}

TEST_CASE("the pictures along the time line: bounded, growing, the last is the whole") {
  const game::Insight insight = game::make_insight(round_of(three), 0.5f);
  CHECK(insight.steps.size() <= game::most_steps);
  CHECK(insight.steps.size() > 25);
  int points = 1;
  double at = -1;
  for (const game::Step& step : insight.steps) {
    CHECK(step.points > points);
    CHECK(step.at > at);
    points = step.points;
    at = step.at;
  }
  CHECK(points == 60);
  CHECK(at == doctest::Approx(insight.seconds));
  CHECK(insight.weights.size() == 3);

  // A hundred strokes of a thousand points are as many pictures as these; dots at the end are seen.
  ink::Drawing large;
  for (int i = 0; i < 100; ++i) {
    large.strokes.push_back(line(0, static_cast<float>(i), i < 90 ? 500 + i : 1, 0));
  }
  const game::Insight many = game::make_insight(round_of(large), 0.5f);
  CHECK(many.steps.size() == game::most_steps);
  CHECK(many.steps.back().points == ink::point_count(large));
  REQUIRE(many.weights.size() == game::most_strokes_weighed);
  CHECK(many.weights.front().stroke == 90 - game::most_strokes_weighed);  // the longest ones
  CHECK(many.weights.back().stroke == 89);
}

TEST_CASE("little ink: a dot has no picture, one stroke has no weights, two points are a picture") {
  CHECK(game::is_complete(game::make_insight(round_of({}), 0.5f)));
  CHECK(game::is_complete(game::make_insight(round_of({.strokes = {{{3, 3, 0}}}}), 0.5f)));
  const game::Insight one = game::make_insight(round_of({.strokes = {line(0, 0, 2, 0)}}), 0.5f);
  CHECK(one.steps.size() == 1);
  CHECK(one.weights.empty());
  const game::Insight dots =
      game::make_insight(round_of({.strokes = {{{3, 3, 0}}, {{3, 3, 1}}}}), 0.5f);
  CHECK(dots.steps.size() == 1);
  CHECK(dots.steps[0].points == 2);
}

TEST_CASE("a step's picture is that of the same ink in play") {
  const game::Round round = round_of(three);
  game::Insight insight = game::make_insight(round, 0.5f);
  while (!game::is_complete(insight)) {
    const ink::Drawing shown = game::next_picture(insight);
    const bool step = insight.heard < insight.steps.size();
    const ink::Drawing in_play =
        step ? ink::first_points(round.drawing, insight.steps[insight.heard].points)
             : ink::without_stroke(round.drawing,
                                   insight.weights[insight.heard - insight.steps.size()].stroke);
    std::vector<std::uint8_t> a(784), b(784);
    ink::raster(ink::simplify(shown), {}, a);
    ink::raster(ink::simplify(in_play), {}, b);
    CHECK(a == b);
    game::hear(insight, rule(shown));
  }
}

TEST_CASE("the moment, the stroke that told, the one that misled, and what else it looked like") {
  const game::Insight insight = answered(round_of(three));
  const game::Step* moment = game::recognised_at(insight);
  REQUIRE(moment != nullptr);
  // With the second line's first points, not before.
  CHECK(moment->at > 2);
  CHECK(moment->at < 2.6);
  CHECK(moment->target == doctest::Approx(0.8));
  CHECK(moment->played == doctest::Approx(8 + moment->at - 1.9 - ink::longest_pause));
  CHECK(game::weight_of(insight, 0) == doctest::Approx(0.2));
  CHECK(game::weight_of(insight, 1) == doctest::Approx(0.5));
  CHECK(game::weight_of(insight, 2) == doctest::Approx(-0.15));
  CHECK(game::telling_stroke(insight) == 1);
  CHECK(game::misleading_stroke(insight) == 2);
  CHECK(game::likenesses(insight, 5) == std::vector<int>{2, 0});
  CHECK(game::likenesses(insight, 1) == std::vector<int>{2});
  CHECK(game::step_at(insight, -1) == nullptr);
  CHECK(game::step_at(insight, 0.5)->guesses[0].label == 2);
  CHECK(game::step_at(insight, 99)->points == 60);
  CHECK(game::step_at(insight, insight.steps[4].at) == &insight.steps[4]);
}

TEST_CASE("nothing is said before it was heard") {
  game::Insight insight = game::make_insight(round_of(three), 0.5f);
  CHECK(game::step_at(insight, 99) == nullptr);
  CHECK(game::recognised_at(insight) == nullptr);
  CHECK(game::telling_stroke(insight) == -1);
  CHECK(game::weight_of(insight, 1) == 0);
  CHECK(game::likenesses(insight, 3).empty());
  for (int i = 0; i < 3; ++i) game::hear(insight, rule(game::next_picture(insight)));
  CHECK(game::step_at(insight, 99) == &insight.steps[2]);
  CHECK(game::recognised_at(insight) == nullptr);
  while (insight.heard < insight.steps.size() + 2) {
    game::hear(insight, rule(game::next_picture(insight)));
  }
  CHECK(game::telling_stroke(insight) == -1);  // one of the strokes is still to come
  game::hear(insight, rule(game::next_picture(insight)));
  CHECK(game::telling_stroke(insight) == 1);
  game::hear(insight, rule({}));  // one answer too many changes nothing
  CHECK(insight.heard == insight.steps.size() + 3);
}

TEST_CASE("a win between two steps is the last one's; a word that is never reached has no moment") {
  const ink::Drawing first_only = {.strokes = {line(0, 0, 20, 0), line(0, 50, 20, 3)}};
  const game::Insight won = answered(round_of(first_only));
  CHECK(game::recognised_at(won) == &won.steps.back());
  game::Round held = round_of(first_only);
  held.won_at = 5.3;  // the answer came a moment after the ink
  CHECK(answered(held).steps.back().played == doctest::Approx(5.3));
  CHECK(game::recognised_at(answered(round_of(first_only, game::Outcome::lost))) == nullptr);
  CHECK(game::telling_stroke(won) == 0);
  CHECK(game::misleading_stroke(won) == -1);
}

TEST_CASE("of equal strokes the first is named; without a notable one none is") {
  const ink::Drawing twins = {.strokes = {line(0, 50, 9, 0), line(0, 60, 9, 2), line(0, 70, 9, 4)}};
  game::Insight none = game::make_insight(round_of(twins), 0.5f);
  while (!game::is_complete(none)) game::hear(none, std::vector<float>{0.3f, 0.7f, 0, 0});
  CHECK(game::telling_stroke(none) == -1);
  CHECK(game::misleading_stroke(none) == -1);
  game::Insight equal = game::make_insight(round_of(twins), 0.5f);
  while (!game::is_complete(equal)) {
    const bool whole = equal.heard < equal.steps.size();
    game::hear(equal, std::vector<float>{0, whole ? 0.7f : 0.4f, 0, 0});
  }
  CHECK(game::telling_stroke(equal) == 0);
}
