// The rules of the game: the deck, what is said when, how a round and a session end.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "engine/game/session.h"
#include "engine/random.h"

namespace {

constexpr double frame = 1.0 / 60;

// Scores of five labels.
std::vector<float> scores(float a, float b, float c, float d, float e) {
  return {a, b, c, d, e};
}

model::Card card_of(int n_classes) {
  model::Card card;
  for (int i = 0; i < n_classes; ++i) card.classes.push_back("word " + std::to_string(i));
  card.thresholds.assign(static_cast<std::size_t>(n_classes), 0.4f);
  return card;
}

}  // namespace

TEST_CASE("a deck deals every word once before any comes again, by its seed") {
  std::vector<int> labels;
  for (int i = 0; i < 345; ++i) labels.push_back(i);
  game::Deck deck = game::make_deck(labels, 1), twin = game::make_deck(labels, 1);
  std::set<int> dealt;
  for (int i = 0; i < 345; ++i) {
    const int label = game::deal(deck);
    CHECK(label == game::deal(twin));
    CHECK(dealt.insert(label).second);
  }
  CHECK(game::make_deck(labels, 2).labels != deck.labels);
  // The same on every machine, native or wasm: the page's ?seed= depends on it.
  const std::vector<int> ten{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(game::make_deck(ten, 42).labels == std::vector<int>{8, 3, 6, 5, 4, 0, 9, 2, 1, 7});
}

TEST_CASE("the guesser speaks a label once, and not two within 900 ms") {
  game::Guesser guesser = game::make_guesser(4, 0.5f, 5);
  CHECK(game::speak(guesser, frame).labels.empty());  // nothing heard yet
  game::hear(guesser, scores(0.5f, 0.3f, 0.15f, 0.05f, 0));
  CHECK(game::speak(guesser, frame).labels == std::vector<int>{0, 1});
  double silence = 0;
  game::Saying next;
  while (next.labels.empty() && silence < 3) {
    game::hear(guesser, scores(0.5f, 0.3f, 0.15f, 0.05f, 0));
    next = game::speak(guesser, frame);
    silence += frame;
  }
  CHECK(silence >= 0.9 - 1e-9);
  CHECK(silence < 0.95);
  CHECK(next.labels == std::vector<int>{2});
  for (int i = 0; i < 300; ++i) {
    game::hear(guesser, scores(0.5f, 0.3f, 0.15f, 0.05f, 0));
    CHECK(game::speak(guesser, frame).labels.empty());  // the rest is said, or not worth saying
  }
}

TEST_CASE("the target is never said without winning, and wins without being the first guess") {
  game::Guesser guesser = game::make_guesser(1, 0.3f, 5);
  game::hear(guesser, scores(0.7f, 0.29f, 0, 0, 0));
  CHECK(game::speak(guesser, 1).labels == std::vector<int>{0});
  game::hear(guesser, scores(0.65f, 0.3f, 0.05f, 0, 0));
  const game::Saying saying = game::speak(guesser, frame);  // at once, without a pause
  CHECK(saying.won);
  CHECK(saying.labels == std::vector<int>{1});
  game::hear(guesser, scores(0.1f, 0.9f, 0, 0, 0));
  CHECK_FALSE(game::speak(guesser, 2).won);  // once
}

TEST_CASE("scores of another length are not heard") {
  game::Guesser guesser = game::make_guesser(0, 0.1f, 5);
  const std::vector<float> foreign(7, 0.9f);
  game::hear(guesser, foreign);
  CHECK(game::speak(guesser, 2).labels.empty());
}

TEST_CASE("a round is won, held for a moment, and then over") {
  game::Round round = game::make_round(2, 0.5f, 5);
  game::begin_stroke(round, {1, 1, 0});
  game::extend_stroke(round, {2, 2, 0.1f});
  game::advance(round, 3);
  game::hear(round.guesser, scores(0.1f, 0.1f, 0.8f, 0, 0));
  CHECK(game::advance(round, 0.5).won);
  CHECK(round.outcome == game::Outcome::won);
  CHECK(round.won_at == doctest::Approx(3.5));
  CHECK(round.said.back() == 2);
  CHECK_FALSE(game::is_over(round));
  game::extend_stroke(round, {3, 3, 0.2f});  // the drawing is frozen
  CHECK(round.drawing.strokes[0].size() == 2);
  game::advance(round, game::hold_seconds);
  CHECK(game::is_over(round));
  CHECK(game::seconds_left(round) == doctest::Approx(16.5));
}

TEST_CASE("a round is lost after 20 seconds, or skipped") {
  game::Round round = game::make_round(0, 0.5f, 5);
  for (double t = 0; t < 19.9; t += 0.1) game::advance(round, 0.1);
  CHECK(round.outcome == game::Outcome::playing);
  game::advance(round, 0.2);
  CHECK(round.outcome == game::Outcome::lost);
  CHECK(game::seconds_left(round) == 0);
  CHECK(game::is_over(round));
  game::skip(round);
  CHECK(round.outcome == game::Outcome::lost);

  game::Round skipped = game::make_round(0, 0.5f, 5);
  game::skip(skipped);
  CHECK(skipped.outcome == game::Outcome::skipped);
  CHECK(game::is_over(skipped));
}

TEST_CASE("a win in the last moment counts") {
  game::Round round = game::make_round(0, 0.5f, 5);
  game::advance(round, 19.99);
  game::hear(round.guesser, scores(0.9f, 0, 0, 0, 0));
  CHECK(game::advance(round, 5).won);
  CHECK(round.outcome == game::Outcome::won);
}

TEST_CASE("time that runs backwards or is no number stands still") {
  game::Round round = game::make_round(0, 0.5f, 5);
  game::advance(round, -3);
  game::advance(round, std::nan(""));
  CHECK(round.elapsed == 0);
}

TEST_CASE("undo and clear") {
  game::Round round = game::make_round(0, 0.5f, 5);
  game::undo_stroke(round);
  game::extend_stroke(round, {1, 1, 0});
  CHECK(round.drawing.strokes.empty());
  for (int i = 0; i < 3; ++i) game::begin_stroke(round, {0, 0, 0});
  game::undo_stroke(round);
  CHECK(round.drawing.strokes.size() == 2);
  game::clear_ink(round);
  CHECK(round.drawing.strokes.empty());
}

TEST_CASE("a session is six rounds; the next game brings other words") {
  const model::Card card = card_of(20);
  game::Session session = game::make_session(card, {}, 5);
  std::set<int> words;
  for (int i = 0; i < game::rounds_a_session; ++i) {
    CHECK_FALSE(game::is_over(session));
    CHECK(session.round.guesser.threshold == 0.4f);
    CHECK(words.insert(session.round.target).second);
    if (i % 2 == 0) {
      std::vector<float> sure(20, 0.0f);
      sure[static_cast<std::size_t>(session.round.target)] = 1;
      game::hear(session.round.guesser, sure);
      game::advance(session.round, 1);
    } else {
      game::skip(session.round);
    }
    game::finish_round(session, card);
  }
  CHECK(game::is_over(session));
  CHECK(game::rounds_won(session) == 3);
  game::play_again(session, card);
  CHECK_FALSE(game::is_over(session));
  CHECK(words.insert(session.round.target).second);
  game::deal_another(session, card);
  CHECK(words.insert(session.round.target).second);
}

TEST_CASE("a session has the rounds and seconds of its rules") {
  const model::Card card = card_of(20);
  game::Session session = game::make_session(card, {}, 5, {.rounds = 2, .seconds = 7});
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(game::is_over(session));
    CHECK(game::seconds_left(session.round) == 7);
    game::advance(session.round, 6.9);
    CHECK(session.round.outcome == game::Outcome::playing);
    game::advance(session.round, 0.2);
    CHECK(session.round.outcome == game::Outcome::lost);
    CHECK(game::seconds_left(session.round) == 0);
    game::finish_round(session, card);
  }
  CHECK(game::is_over(session));
  game::play_again(session, card);
  CHECK(game::seconds_left(session.round) == 7);
}

TEST_CASE("a session over chosen words deals only those, again when there are too few") {
  const model::Card card = card_of(20);
  const std::vector<int> labels{3, 8};
  game::Session session = game::make_session(card, labels, 5);
  for (int i = 0; i < game::rounds_a_session; ++i) {
    CHECK((session.round.target == 3 || session.round.target == 8));
    game::skip(session.round);
    game::finish_round(session, card);
  }
  CHECK(session.played.size() == 6);
}

TEST_CASE("after some seconds without a guess something kind is said, and not too often") {
  game::Guesser guesser = game::make_guesser(4, 0.5f, 5);
  std::vector<double> kind;
  for (double t = 0; t < 20; t += frame) {
    const game::Saying saying = game::speak(guesser, frame, t > 7);
    CHECK(saying.labels.empty());
    if (saying.occasion == game::Occasion::nothing) continue;
    // Before there is ink the player is waited for, after it the guesser has no idea.
    CHECK(saying.occasion == (t > 7 ? game::Occasion::no_idea : game::Occasion::no_ink));
    kind.push_back(t);
  }
  REQUIRE(kind.size() == 3);
  CHECK(kind[0] == doctest::Approx(3.5).epsilon(0.02));
  CHECK(kind[1] - kind[0] == doctest::Approx(6).epsilon(0.02));
  CHECK(kind[2] - kind[1] == doctest::Approx(6).epsilon(0.02));
}

TEST_CASE("a guess ends the silence; kind words never hold one up for long, nor a win at all") {
  game::Guesser guesser = game::make_guesser(4, 0.5f, 5);
  game::hear(guesser, scores(0.9f, 0, 0, 0, 0));
  CHECK(game::speak(guesser, 3).occasion == game::Occasion::one_guess);
  CHECK(game::speak(guesser, 3.4).occasion == game::Occasion::nothing);
  CHECK(game::speak(guesser, 0.2).occasion == game::Occasion::no_idea);
  game::hear(guesser, scores(0.5f, 0.3f, 0.2f, 0, 0));
  CHECK(game::speak(guesser, 0.5).occasion == game::Occasion::nothing);  // let it be read
  CHECK(game::speak(guesser, 0.5).occasion == game::Occasion::two_guesses);
  CHECK(game::speak(guesser, 3.4).occasion == game::Occasion::nothing);
  CHECK(game::speak(guesser, 0.2).occasion == game::Occasion::no_idea);
  game::hear(guesser, scores(0, 0, 0, 0, 0.9f));
  CHECK(game::speak(guesser, frame).occasion == game::Occasion::won);
  CHECK(game::speak(guesser, 60).occasion == game::Occasion::nothing);  // silent after the win
}

TEST_CASE("a round knows whether there is ink") {
  game::Round round = game::make_round(0, 0.5f, 5);
  CHECK(game::advance(round, 3.6).occasion == game::Occasion::no_ink);
  game::begin_stroke(round, {0, 0, 0});
  CHECK(game::advance(round, 6.1).occasion == game::Occasion::no_idea);
}

TEST_CASE("sentences: none twice before all were used, no pattern twice in a row") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    game::Wording wording{.seed = seed, .used = {}};
    Random random{seed};
    int last = -1;
    for (int i = 0; i < 60; ++i) {
      const bool two = random.chance(0.5);
      const int n = two ? 5 : 6;
      const int pattern =
          game::choose(wording, two ? game::Occasion::two_guesses : game::Occasion::one_guess, n);
      REQUIRE(pattern >= 0);
      REQUIRE(pattern < n);
      CHECK(pattern != last);
      last = pattern;
    }
  }
  // Of one kind alone: six different ones in six.
  game::Wording wording{.seed = 3, .used = {}};
  std::set<int> used;
  for (int i = 0; i < 6; ++i) {
    CHECK(used.insert(game::choose(wording, game::Occasion::one_guess, 6)).second);
  }
}

TEST_CASE("kind sentences come once a round, and then no more") {
  game::Wording wording{.seed = 9, .used = {}};
  std::set<int> used;
  for (int i = 0; i < 4; ++i) {
    const int sentence = game::choose(wording, game::Occasion::no_idea, 4);
    CHECK(sentence >= 0);
    CHECK(used.insert(sentence).second);
  }
  CHECK(game::choose(wording, game::Occasion::no_idea, 4) == -1);
  CHECK(game::choose(wording, game::Occasion::no_ink, 2) >= 0);  // another occasion has its own
  CHECK(game::choose(wording, game::Occasion::won, 0) == -1);
  for (int i = 0; i < 3; ++i) CHECK(game::choose(wording, game::Occasion::won, 1) == 0);
  // Rounds of different words are not worded alike.
  std::set<int> first;
  for (int target = 0; target < 20; ++target) {
    game::Round round = game::make_round(target, 0.5f, 20);
    first.insert(game::choose(round.wording, game::Occasion::one_guess, 6));
  }
  CHECK(first.size() > 2);
}

TEST_CASE("each of the last five seconds ticks once, and none after the round") {
  game::Round round = game::make_round(0, 0.5f, 5);
  std::vector<double> ticks;
  while (round.outcome == game::Outcome::playing) {
    const double before = round.elapsed;
    game::advance(round, frame);
    if (game::ticks(round, before)) ticks.push_back(game::seconds_left(round));
  }
  REQUIRE(ticks.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(ticks[i] == doctest::Approx(5.0 - static_cast<double>(i)).epsilon(0.02));
  }
  game::Round endless = game::make_round(0, 0.5f, 5, std::numeric_limits<double>::infinity());
  game::advance(endless, 1000);
  CHECK_FALSE(game::ticks(endless, 999));
}
