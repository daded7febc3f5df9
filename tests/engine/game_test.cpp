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

TEST_CASE("what is no larger than a dot is not judged, however many points it has") {
  const auto judged = [](const ink::Drawing& drawing) { return game::can_be_judged(drawing); };
  CHECK(!judged({}));
  CHECK(!judged({{{{3, 4, 0}}}}));
  CHECK(!judged({{{{3, 4, 0}, {4, 4, 0}}}}));
  CHECK(!judged({{{{100, 100, 0}, {112, 112, 0}, {100, 112, 0}}, {{106, 106, 0}}}}));
  CHECK(judged({{{{100, 100, 0}, {113, 100, 0}}}}));
  CHECK(judged({{{{0, 0, 0}}, {{0, 40, 0}}}}));
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

namespace {

// Plays the present round to its end.
void play_round(game::Session& session, const model::Card& card, bool win) {
  if (win) {
    std::vector<float> sure(card.classes.size(), 0.0f);
    sure[static_cast<std::size_t>(session.round.target)] = 1;
    game::hear(session.round.guesser, sure);
    game::advance(session.round, 0.5);
  } else {
    game::skip(session.round);
  }
  game::finish_round(session, card);
}

// Of word i it is i percent.
model::Card graded_card(int n_classes) {
  model::Card card = card_of(n_classes);
  for (int i = 0; i < n_classes; ++i) card.class_accuracy.push_back(static_cast<float>(i) / 100);
  return card;
}

}  // namespace

TEST_CASE("a rising deck deals some words of each tier, the easiest first, and then the rest") {
  std::vector<int> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i);
  const std::vector<float> accuracy = graded_card(100).class_accuracy;
  const game::Deck deck = game::make_rising_deck(labels, accuracy, 3);
  const auto tier_of = [](int label) { return 4 - label / 20; };  // 0: the easiest
  for (std::size_t i = 0; i < 20; ++i) CHECK(tier_of(deck.labels[i]) == static_cast<int>(i) / 4);
  for (std::size_t i = 20; i < 100; ++i) {
    CHECK(tier_of(deck.labels[i]) == 4 - (static_cast<int>(i) - 20) / 16);
  }
  CHECK(std::set<int>(deck.labels.begin(), deck.labels.end()).size() == 100);
  CHECK(game::make_rising_deck(labels, accuracy, 3).labels == deck.labels);
  CHECK(game::make_rising_deck(labels, accuracy, 4).labels != deck.labels);
  // Within a tier the easiest is not always the first.
  std::set<int> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    first.insert(game::make_rising_deck(labels, accuracy, seed).labels[0]);
  }
  CHECK(first.size() > 10);
}

TEST_CASE("a deck of words that are not known to be hard or easy is shuffled, whatever its size") {
  const std::vector<int> labels{4, 7, 9};
  CHECK(game::make_rising_deck(labels, {}, 3).labels == game::make_deck(labels, 3).labels);
  const std::vector<float> accuracy{0, 0, 0, 0, 0.2f, 0, 0, 0.9f};  // of 9 nothing is known
  CHECK(game::make_rising_deck(labels, accuracy, 3).labels == std::vector<int>{7, 4, 9});
  // All as easy as each other: no order of theirs shows through.
  const std::vector<float> even(10, 0.5f);
  std::set<int> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    first.insert(game::make_rising_deck(labels, even, seed).labels[0]);
  }
  CHECK(first.size() == 3);
}

TEST_CASE("a streak ends with the first word that is not recognised") {
  const model::Card card = graded_card(50);
  for (const bool skipped : {true, false}) {
    game::Session session = game::make_session(card, {}, 5, {.mode = game::Mode::streak});
    for (int i = 0; i < 9; ++i) {
      CHECK_FALSE(game::is_over(session));
      // Ten words a tier, four of each are dealt.
      CHECK(4 - session.round.target / 10 == i / 4);
      play_round(session, card, true);
    }
    const int ninth = session.round.target;
    game::deal_another(session, card);
    CHECK(session.round.target == ninth);  // nobody steps around it
    if (skipped) {
      game::skip(session.round);
    } else {
      game::advance(session.round, game::round_seconds);
    }
    CHECK_FALSE(game::is_over(session));
    game::finish_round(session, card);
    CHECK(game::is_over(session));
    CHECK(game::rounds_won(session) == 9);
    CHECK(session.played.back().target == ninth);

    game::play_again(session, card);
    CHECK_FALSE(game::is_over(session));
    CHECK(game::rounds_won(session) == 0);
    CHECK(session.round.target >= 40);  // easy again
  }
}

TEST_CASE("a streak may be longer than its words") {
  const model::Card card = graded_card(3);
  game::Session session = game::make_session(card, {}, 5, {.mode = game::Mode::streak});
  for (int i = 0; i < 10; ++i) play_round(session, card, true);
  CHECK_FALSE(game::is_over(session));
  play_round(session, card, false);
  CHECK(game::is_over(session));
  CHECK(game::rounds_won(session) == 10);
}

TEST_CASE("a streak learns of the words' difficulty when the card comes") {
  const model::Card names = card_of(50);
  game::Session session = game::make_session(names, {}, 5, {.mode = game::Mode::streak});
  std::set<int> words{session.round.target};
  play_round(session, names, true);
  words.insert(session.round.target);
  const model::Card card = graded_card(50);
  game::learn_difficulty(session, card);
  play_round(session, card, true);
  CHECK(session.round.target >= 38);  // of the easiest tier of the 48 that were left
  for (int i = 2; i < 50; ++i) {
    CHECK(words.insert(session.round.target).second);
    play_round(session, card, true);
  }
  CHECK(words.size() == 50);
  // Another way to play has no use for it.
  game::Session classic = game::make_session(names, {}, 5);
  const std::vector<int> before = classic.deck.labels;
  game::learn_difficulty(classic, card);
  CHECK(classic.deck.labels == before);
}

TEST_CASE("two at one device draw by turns, as often as each other") {
  const model::Card card = card_of(20);
  game::Session session = game::make_session(card, {}, 5, {.mode = game::Mode::pair, .rounds = 5});
  CHECK(session.rules.rounds == 6);
  CHECK(game::leader(session) == -1);
  const bool wins[] = {true, false, true, true, false, false};
  for (int i = 0; i < 6; ++i) {
    CHECK_FALSE(game::is_over(session));
    CHECK(game::player_now(session) == i % 2);
    game::deal_another(session, card);  // does not change whose turn it is
    CHECK(game::player_now(session) == i % 2);
    play_round(session, card, wins[i]);
  }
  CHECK(game::is_over(session));
  CHECK(game::rounds_won_by(session, 0) == 2);
  CHECK(game::rounds_won_by(session, 1) == 1);
  CHECK(game::rounds_won(session) == 3);
  CHECK(game::leader(session) == 0);
  game::play_again(session, card);
  CHECK(game::player_now(session) == 0);
  CHECK(game::rounds_won_by(session, 0) == 0);
}

TEST_CASE("practice has no clock, and goes on after the word is recognised") {
  const model::Card card = card_of(5);
  const int labels[] = {2};
  game::Session session = game::make_session(card, labels, 5, {.mode = game::Mode::practice});
  game::Round& round = session.round;
  CHECK(round.target == 2);
  game::begin_stroke(round, {.x = 1, .y = 1, .t = 0});
  CHECK(game::advance(round, 3600).labels.empty());
  CHECK(round.outcome == game::Outcome::playing);
  CHECK_FALSE(game::is_recognised(round));

  game::hear(round.guesser, scores(0, 0, 0.9f, 0.1f, 0));
  const game::Saying saying = game::advance(round, 1);
  CHECK(saying.won);
  CHECK(saying.labels == std::vector<int>{2});
  CHECK(round.won_at == doctest::Approx(3601));
  CHECK(round.outcome == game::Outcome::playing);
  CHECK_FALSE(game::is_over(round));
  CHECK(game::is_recognised(round));
  game::begin_stroke(round, {.x = 2, .y = 2, .t = 0});
  CHECK(round.drawing.strokes.size() == 2);
  game::hear(round.guesser, scores(0.9f, 0, 0.1f, 0, 0));
  CHECK_FALSE(game::is_recognised(round));
  game::hear(round.guesser, scores(0, 0, 0.9f, 0.1f, 0));
  CHECK_FALSE(game::advance(round, 1).won);  // it was said

  game::clear_ink(round);
  CHECK(round.drawing.strokes.empty());
  CHECK(round.guesser.probabilities.empty());
  CHECK(round.said.empty());
  game::hear(round.guesser, scores(0, 0, 0.9f, 0.1f, 0));
  CHECK(game::advance(round, 1).won);
  // To take back the last stroke is to begin anew, too.
  game::begin_stroke(round, {.x = 1, .y = 1, .t = 0});
  game::undo_stroke(round);
  CHECK(round.guesser.probabilities.empty());
}

TEST_CASE("a duel deals its words in their order, again and again") {
  const model::Card card = card_of(20);
  const std::vector<int> words{7, 3, 19, 3};
  game::Session session = game::make_session(card, words, 5, {.mode = game::Mode::duel});
  for (int game = 0; game < 2; ++game) {
    for (const int word : words) {
      CHECK_FALSE(game::is_over(session));
      game::deal_another(session, card);
      CHECK(session.round.target == word);
      CHECK(game::seconds_left(session.round) == game::round_seconds);
      play_round(session, card, word != 3);
    }
    CHECK(game::is_over(session));
    CHECK(game::rounds_won(session) == 2);
    game::play_again(session, card);
  }
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

TEST_CASE("kind sentences come again only when all have come, and never twice in a row") {
  game::Wording wording{.seed = 9, .used = {}};
  int last = -1;
  for (int time = 0; time < 5; ++time) {
    std::set<int> used;
    for (int i = 0; i < 4; ++i) {
      const int sentence = game::choose(wording, game::Occasion::no_idea, 4);
      CHECK(sentence >= 0);
      CHECK(sentence != last);
      CHECK(used.insert(sentence).second);
      last = sentence;
    }
  }
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
