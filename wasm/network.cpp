#include "wasm/network.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/ink/raster.h"
#include "engine/ink/simplify.h"
#include "engine/model/scores.h"
#include "wasm/app.h"
#include "wasm/sentences.h"

namespace {

// "The Eiffel Tower" and "the eiffel tower" are the same word: models and people write both.
bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Replaces the words by those of a model's card. What is being played keeps its words, found by
// name.
void adopt(App& app, model::Card card) {
  const std::vector<std::string> before = std::move(app.card.classes);
  app.network.n_outputs = static_cast<int>(card.classes.size());
  const bool same = before == card.classes;
  app.card = std::move(card);
  const bool playing = !app.session.deck.labels.empty();
  if (!same && playing) {
    std::vector<int> moved(before.size());
    const auto renamed = [&](int label) { return moved[static_cast<std::size_t>(label)]; };
    for (std::size_t i = 0; i < before.size(); ++i) {
      moved[i] = find_class(app.card, before[i]);
      if (moved[i] >= 0) continue;
      moved[i] = static_cast<int>(app.card.classes.size());
      app.card.classes.push_back(before[i]);
      app.card.thresholds.push_back(never_won);
      if (!app.card.class_accuracy.empty()) app.card.class_accuracy.push_back(0);
    }
    const auto move_round = [&](game::Round& round) {
      round.target = renamed(round.target);
      for (int& label : round.said) label = renamed(label);
    };
    for (game::Round& round : app.session.played) move_round(round);
    for (game::Round& round : app.replay.rounds) move_round(round);
    for (game::Round& round : app.keeping.rounds) move_round(round);
    if (!game::is_over(app.session)) move_round(app.session.round);
    // Words dealt from now on are the model's own.
    game::Deck deck;
    for (std::size_t i = 0; i < app.session.deck.labels.size(); ++i) {
      const int label = renamed(app.session.deck.labels[i]);
      const bool dealt = i < app.session.deck.next;
      if (label < app.network.n_outputs) {
        if (dealt) ++deck.next;
        deck.labels.push_back(label);
      } else if (app.session.rules.mode == game::Mode::duel && !dealt) {
        --app.session.rules.rounds;  // it has its own words, and no others in their place
      }
    }
    if (deck.labels.empty()) deck = game::make_session(app.card, {}, app.parameters.seed).deck;
    app.session.deck = std::move(deck);
    if (app.screen == Screen::card && app.session.round.target >= app.network.n_outputs) {
      game::deal_another(app.session, app.card);
      app.dealt_at = app.ui.now;
    }
  }
  game::learn_difficulty(app.session, app.card);
  list_words(app);
  // The round that was dealt without thresholds gets the model's.
  game::Round& round = app.session.round;
  if (playing && round.outcome == game::Outcome::playing) {
    const auto target = static_cast<std::size_t>(round.target);
    if (target < app.card.thresholds.size()) {
      round.guesser = game::make_guesser(round.target, app.card.thresholds[target],
                                         static_cast<int>(app.card.classes.size()));
      for (const int label : round.said) round.guesser.said[static_cast<std::size_t>(label)] = true;
    }
  }
  forget_insights(app);  // they were another model's
  app.stale = true;
}

// The first picture takes longer than those after it, and shows whether the network is what its
// card says: an empty one, whose answer nobody hears.
void warm_up(App& app) {
  const int side = app.card.raster.side;
  const std::vector<std::uint8_t> paper(static_cast<std::size_t>(side * side), 0);
  app.platform->classify(++app.network.ticket, paper, side);
  forget_pictures(app);
}

void read_the_card(App& app) {
  const std::vector<std::uint8_t> bytes = app.platform->model_bytes();
  app.network.n_bytes = bytes.size();
  Result<model::Card> card = model::read_card(bytes);
  if (!card || card->classes.empty()) {
    app.platform->reject_model("error.card");
  } else {
    adopt(app, std::move(*card));
    warm_up(app);
  }
}

void hear_answers(App& app) {
  int ticket = 0;
  std::vector<float> probabilities;
  while (app.platform->answer(ticket, probabilities)) {
    if (app.network.n_outputs == 0) continue;
    if (static_cast<int>(probabilities.size()) != app.network.n_outputs) {
      app.platform->reject_model("error.card");
      continue;
    }
    if (ticket < app.network.oldest_valid) continue;
    const bool of_replay = ticket == app.network.asked;
    if (!of_replay && app.screen != Screen::draw) continue;
    model::apply_temperature(probabilities, app.card.temperature);
    probabilities.resize(app.card.classes.size(), 0.0f);
    if (of_replay) {
      app.network.asked = 0;
      if (app.screen != Screen::replay) continue;
      game::Insight& insight = app.replay.insights[app.replay.shown];
      game::hear(insight, probabilities);
      // A picture of the screen takes longer than an answer.
      if (insight.heard % 4 == 1 || game::is_complete(insight)) app.stale = true;
    } else {
      game::hear(app.session.round.guesser, probabilities);
      if (app.session.round.open) app.stale = true;
    }
  }
}

bool can_see(const App& app) {
  const Network& network = app.network;
  return !network_failed(app) && network.n_outputs > 0 &&
         network.state == platform::ClassifierState::ready && !app.platform->busy();
}

// Through the one ink pipeline. picture: becomes what was sent, [side * side]. Returns the ticket
// by which the answer will be known.
int send_ink(App& app, const ink::Drawing& drawing, std::vector<std::uint8_t>& picture) {
  const int side = std::clamp(app.card.raster.side, 1, ink::max_side);
  picture.resize(static_cast<std::size_t>(side * side));
  ink::raster(ink::simplify(drawing), app.card.raster, picture);
  app.platform->classify(++app.network.ticket, picture, side);
  return app.network.ticket;
}

void ask_for_replay(App& app) {
  if (app.screen != Screen::replay || app.network.asked != 0 || !can_see(app)) return;
  const game::Insight& insight = app.replay.insights[app.replay.shown];
  if (game::is_complete(insight)) return;
  std::vector<std::uint8_t> picture;
  app.network.asked = send_ink(app, game::next_picture(insight), picture);
}

void send_picture(App& app) {
  Network& network = app.network;
  const game::Round& round = app.session.round;
  if (app.screen != Screen::draw || round.outcome != game::Outcome::playing) return;
  if (!network.ink_changed || !can_see(app)) return;
  network.ink_changed = false;
  network.picture.clear();
  if (!game::can_be_judged(round.drawing)) return;
  send_ink(app, round.drawing, network.picture);
  if (round.open) app.stale = true;  // practice shows it
}

void follow_state(App& app) {
  const platform::ClassifierState state = app.platform->classifier();
  const int model = app.platform->models();
  if (state == app.network.state && model == app.network.model) return;
  app.network.state = state;
  app.network.model = model;
  app.network.asked = 0;  // a worker that is gone answers no more
  app.stale = true;
  app.network.error.clear();
  if (state == platform::ClassifierState::failed) {
    app.network.error = app.platform->classifier_error();
    if (app.network.error.empty()) app.network.error = "error.model";
    tell(app, say(app, app.network.error));
  }
  if (state == platform::ClassifierState::ready) {
    forget_pictures(app);  // what another model was asked is not heard
    read_the_card(app);
  }
}

}  // namespace

int find_class(const model::Card& card, std::string_view name) {
  const auto found = std::find_if(card.classes.begin(), card.classes.end(),
                                  [&](const std::string& known) { return same_word(known, name); });
  return found == card.classes.end() ? -1 : static_cast<int>(found - card.classes.begin());
}

bool can_be_won(const model::Card& card, int label) {
  return card.thresholds[static_cast<std::size_t>(label)] < never_won;
}

void forget_pictures(App& app) {
  app.network.oldest_valid = app.network.ticket + 1;
  app.network.ink_changed = true;
  app.network.asked = 0;
}

void follow_network(App& app) {
  if (const bool fetches = app.platform->fetches_engine(); fetches != app.network.fetches_engine) {
    app.network.fetches_engine = fetches;
    app.stale = true;
    // An offered model says so itself (offer.h).
    if (fetches && !app.platform->trying()) app.platform->say(say(app, "draw.loading.engine"));
  }
  follow_state(app);
  follow_state(app);  // a model whose card was refused has failed at once
  hear_answers(app);
  send_picture(app);
  ask_for_replay(app);
}

void retry_network(App& app) {
  app.network.error.clear();
  app.network.n_outputs = 0;
  app.offer.state = Offer::State::none;
  forget_pictures(app);
  app.platform->retry_classifier();
  app.network.state = app.platform->classifier();
  app.stale = true;
}

bool network_failed(const App& app) {
  return !app.network.error.empty();
}

bool awaits_words(const App& app) {
  const bool comes = app.network.n_outputs == 0 && !network_failed(app);
  return app.card.classes.empty() || (app.parameters.names_model && comes);
}

bool lacks_words(const App& app) {
  return !app.wanted.empty() && app.card.classes.empty() && network_failed(app);
}

std::string_view idle_words(const App& app) {
  if (app.network.state == platform::ClassifierState::ready) return say(app, "draw.ready");
  return say(app, app.network.fetches_engine ? "draw.loading.engine" : "draw.loading");
}
