#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/game/challenge.h"
#include "engine/random.h"

namespace {

// Strokes that wander over the canvas, in canvas units, a point every hundredth of a second.
ink::Drawing scribble(Random& random, int strokes, int points) {
  ink::Drawing drawing;
  float t = 0.5f;
  for (int s = 0; s < strokes; ++s) {
    ink::Stroke& stroke = drawing.strokes.emplace_back();
    double x = random.uniform(-150, 150), y = random.uniform(-150, 150);
    double direction = random.uniform(0, 6.28);
    for (int p = 0; p < points; ++p) {
      stroke.push_back({static_cast<float>(x), static_cast<float>(y), t});
      direction += 0.3 * random.normal();
      x += 6 * std::cos(direction), y += 6 * std::sin(direction);
      t += 0.01f;
    }
    t += 0.3f;
  }
  return drawing;
}

game::Challenge six_rounds(int strokes, int points, const char* word = "bicycle") {
  Random random{3};
  game::Challenge challenge;
  for (int i = 0; i < 6; ++i)
    challenge.rounds.push_back({.word = word,
                                .won = i % 2 == 0,
                                .seconds = 3.25f + static_cast<float>(i),
                                .drawing = scribble(random, strokes, points)});
  return challenge;
}

}  // namespace

TEST_CASE("A finished game is what a friend is sent") {
  const std::string classes[] = {"cat", "bicycle"};
  game::Round won = game::make_round(1, 0.5f, 2), lost = game::make_round(0, 0.5f, 2);
  game::begin_stroke(won, {.x = 3, .y = 4, .t = 1});
  won.outcome = game::Outcome::won;
  won.won_at = 6.5, won.elapsed = 7;
  lost.outcome = game::Outcome::skipped;
  lost.elapsed = 9.25;
  const game::Round played[] = {won, lost};
  const game::Challenge challenge = game::challenge_of(played, classes);
  REQUIRE(challenge.rounds.size() == 2);
  CHECK(challenge.rounds[0].word == "bicycle");
  CHECK(challenge.rounds[0].won);
  CHECK(challenge.rounds[0].seconds == 6.5f);
  CHECK(challenge.rounds[0].drawing.strokes.size() == 1);
  CHECK(challenge.rounds[1].word == "cat");
  CHECK_FALSE(challenge.rounds[1].won);
  CHECK(challenge.rounds[1].seconds == 9.25f);
  CHECK(challenge.rounds[1].drawing.strokes.empty());
  CHECK(game::rounds_won(challenge) == 1);
}

TEST_CASE("A challenge comes out of its link as it went in") {
  const game::Challenge challenge = six_rounds(4, 25);
  const auto text = game::write_challenge(challenge);
  REQUIRE(text);
  CHECK(text->size() <= game::longest_challenge);
  CHECK(
      text->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos);
  const Result<game::Challenge> read = game::read_challenge(*text);
  REQUIRE(read);
  REQUIRE(read->rounds.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    const game::Challenge::Round &sent = challenge.rounds[i], &got = read->rounds[i];
    CHECK(got.word == sent.word);
    CHECK(got.won == sent.won);
    CHECK(got.seconds == doctest::Approx(sent.seconds).epsilon(0.02));
    REQUIRE(got.drawing.strokes.size() == 4);
    const ink::Box box = ink::bounds(got.drawing);
    CHECK(std::max(box.right - box.left, box.bottom - box.top) >= 253);
    for (std::size_t s = 0; s < 4; ++s) {
      const ink::Stroke &drawn = sent.drawing.strokes[s], &kept = got.drawing.strokes[s];
      CHECK(kept.front().t == doctest::Approx(drawn.front().t).epsilon(0.06));
      CHECK(kept.back().t == doctest::Approx(drawn.back().t).epsilon(0.06));
      CHECK(std::is_sorted(kept.begin(), kept.end(),
                           [](const ink::Point& a, const ink::Point& b) { return a.t < b.t; }));
    }
  }
  // What was simplified once goes through unchanged.
  const auto again = game::write_challenge(*read);
  REQUIRE(again);
  CHECK(game::read_challenge(*again)->rounds[2].drawing.strokes[1].size() ==
        read->rounds[2].drawing.strokes[1].size());
}

TEST_CASE("However much was drawn, six drawings fit into a link") {
  for (const auto& [strokes, points] : {std::pair{30, 60}, {300, 20}, {1, 30000}, {2000, 3}}) {
    const auto text = game::write_challenge(six_rounds(strokes, points));
    REQUIRE(text);
    CHECK(text->size() <= game::longest_challenge);
    CHECK(text->size() > game::longest_challenge / 2);  // the room is used
    const Result<game::Challenge> read = game::read_challenge(*text);
    REQUIRE(read);
    for (const game::Challenge::Round& round : read->rounds) CHECK(!round.drawing.strokes.empty());
  }
}

TEST_CASE("Rounds without ink have their place in a link; what is no game has none") {
  game::Challenge challenge = six_rounds(2, 10);
  challenge.rounds[1].drawing = {};
  const auto text = game::write_challenge(challenge);
  REQUIRE(text);
  CHECK(game::read_challenge(*text)->rounds[1].drawing.strokes.empty());
  CHECK(!game::write_challenge({}));
  challenge.rounds.resize(13);
  CHECK(!game::write_challenge(challenge));
  CHECK(game::write_challenge(six_rounds(1, 5, std::string(200, 'x').c_str())));
  CHECK(!game::write_challenge(six_rounds(1, 5, std::string(250, 'x').c_str())));
}

TEST_CASE("A link that was cut, changed or made up is refused") {
  const std::string text = *game::write_challenge(six_rounds(3, 20));
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(!game::read_challenge(text.substr(0, size)));
  CHECK(!game::read_challenge(text + "A"));
  for (std::size_t i = 0; i < text.size(); i += 7) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(!game::read_challenge(changed));
  }
  CHECK(!game::read_challenge("<script>"));
  CHECK(game::read_challenge(std::string(5000, 'A')).error() == "the link is too long");
}
