#include "wasm/app.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "engine/ink/raster.h"
#include "engine/ink/simplify.h"
#include "engine/model/scores.h"
#include "engine/random.h"
#include "wasm/ui/buttons.h"

namespace {

// More probable than anything can be: a word that the model does not know.
constexpr float never = 2;

std::string_view as_text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "The Eiffel Tower" and "the eiffel tower" are the same word: models and people write both.
bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

int find_class(const model::Card& card, std::string_view name) {
  const auto found = std::find_if(card.classes.begin(), card.classes.end(),
                                  [&](const std::string& known) { return same_word(known, name); });
  return found == card.classes.end() ? -1 : static_cast<int>(found - card.classes.begin());
}

// The labels that ?words= allows; empty: all.
std::vector<int> allowed_labels(const App& app) {
  std::vector<int> labels;
  for (const std::string& name : app.parameters.words) {
    const int label = find_class(app.card, name);
    if (label >= 0 && std::find(labels.begin(), labels.end(), label) == labels.end()) {
      labels.push_back(label);
    }
  }
  return labels;
}

void show(App& app, Screen screen) {
  app.came_from = app.screen;
  app.screen = screen;
  app.screen_since = app.ui.now;
  app.stale = true;
  app.ui.hot.clear();
  app.ui.held.clear();
  pointer_cancel(app);
}

void set_saying(App& app, std::string sentence) {
  if (app.saying == sentence) return;
  app.saying = std::move(sentence);
  app.said_at = app.ui.now;
  app.stale = true;
}

// Pictures that are on their way show ink that is no more.
void forget_pictures(App& app) {
  app.network.oldest_valid = app.network.ticket + 1;
  app.network.ink_changed = true;
}

void fresh_sheet(App& app) {
  app.canvas = {};
  app.saying.clear();
  app.dealt_at = app.ui.now;
  forget_pictures(app);
  app.network.ink_changed = false;
}

void begin_session(App& app) {
  app.play_wanted = false;
  const std::vector<int> labels = allowed_labels(app);
  // With words that the list has and the model lacks, only the model's own are dealt.
  std::vector<int> known;
  for (int i = 0; i < static_cast<int>(app.card.classes.size()); ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (index >= app.card.thresholds.size() || app.card.thresholds[index] < never)
      known.push_back(i);
  }
  app.session =
      game::make_session(app.card, labels.empty() ? known : labels, app.parameters.seed, app.rules);
  app.parameters.seed = mix_bits(app.parameters.seed + 1);  // another game has another order
  fresh_sheet(app);
  show(app, Screen::card);
}

bool in_session(const App& app) {
  return app.screen != Screen::title;
}

// Replaces the words by those of a model's card. What is being played keeps its words, found by
// name.
void adopt(App& app, model::Card card) {
  const std::vector<std::string> before = std::move(app.card.classes);
  app.network.n_outputs = static_cast<int>(card.classes.size());
  const bool same = before == card.classes;
  app.card = std::move(card);
  if (!same && in_session(app)) {
    std::vector<int> moved(before.size());
    const auto renamed = [&](int label) { return moved[static_cast<std::size_t>(label)]; };
    for (std::size_t i = 0; i < before.size(); ++i) {
      moved[i] = find_class(app.card, before[i]);
      if (moved[i] >= 0) continue;
      moved[i] = static_cast<int>(app.card.classes.size());
      app.card.classes.push_back(before[i]);
      app.card.thresholds.push_back(never);
    }
    const auto move_round = [&](game::Round& round) {
      round.target = renamed(round.target);
      for (int& label : round.said) label = renamed(label);
    };
    for (game::Round& round : app.session.played) move_round(round);
    if (!game::is_over(app.session)) move_round(app.session.round);
    // Words dealt from now on are the model's own.
    game::Deck deck;
    for (std::size_t i = 0; i < app.session.deck.labels.size(); ++i) {
      const int label = renamed(app.session.deck.labels[i]);
      if (label >= app.network.n_outputs) continue;
      if (i < app.session.deck.next) ++deck.next;
      deck.labels.push_back(label);
    }
    if (deck.labels.empty()) deck = game::make_session(app.card, {}, app.parameters.seed).deck;
    app.session.deck = std::move(deck);
    if (app.screen == Screen::card && app.session.round.target >= app.network.n_outputs) {
      game::deal_another(app.session, app.card);
      app.dealt_at = app.ui.now;
    }
  }
  // The round that was dealt without thresholds gets the model's.
  game::Round& round = app.session.round;
  if (in_session(app) && round.outcome == game::Outcome::playing) {
    const auto target = static_cast<std::size_t>(round.target);
    if (target < app.card.thresholds.size()) {
      round.guesser = game::make_guesser(round.target, app.card.thresholds[target],
                                         static_cast<int>(app.card.classes.size()));
      for (const int label : round.said) round.guesser.said[static_cast<std::size_t>(label)] = true;
    }
  }
  app.stale = true;
}

void read_the_card(App& app) {
  const std::vector<std::uint8_t> bytes = app.platform->model_bytes();
  Result<model::Card> card = model::read_card(bytes);
  if (!card || card->classes.empty()) {
    app.platform->reject_model("error.card");
  } else {
    adopt(app, std::move(*card));
  }
}

std::string varied(App& app, std::string_view kind,
                   std::initializer_list<text::Argument> arguments) {
  int n = 0;
  while (app.texts.entries.contains(std::string(kind) + "." + std::to_string(n + 1))) ++n;
  const int choice = n > 0 ? app.n_sayings++ % n + 1 : 1;
  return text::format(app.texts, std::string(kind) + "." + std::to_string(choice), arguments);
}

// The sentence for what the guesser wants to say.
std::string sentence(App& app, const game::Saying& saying) {
  const std::string first = with_article(app, saying.labels[0]);
  if (saying.won) return text::format(app.texts, "say.won", {{"a", first}});
  if (saying.labels.size() == 1) return varied(app, "say.one", {{"a", first}});
  const std::string second = with_article(app, saying.labels[1]);
  return varied(app, "say.two", {{"a", first}, {"b", second}});
}

void hear_answers(App& app) {
  int ticket = 0;
  std::vector<float> probabilities;
  while (app.platform->answer(ticket, probabilities)) {
    if (app.network.n_outputs == 0 || ticket < app.network.oldest_valid) continue;
    if (app.screen != Screen::draw) continue;
    if (static_cast<int>(probabilities.size()) != app.network.n_outputs) {
      app.platform->reject_model("error.card");
      continue;
    }
    model::apply_temperature(probabilities, app.card.temperature);
    probabilities.resize(app.card.classes.size(), 0.0f);
    game::hear(app.session.round.guesser, probabilities);
  }
}

void send_picture(App& app) {
  Network& network = app.network;
  const game::Round& round = app.session.round;
  if (app.screen != Screen::draw || round.outcome != game::Outcome::playing) return;
  if (!network.ink_changed || network_failed(app) || network.n_outputs == 0) return;
  if (network.state != platform::ClassifierState::ready || app.platform->busy()) return;
  network.ink_changed = false;
  if (ink::point_count(round.drawing) < 2) return;
  const int side = std::clamp(app.card.raster.side, 1, ink::max_side);
  // Not on the stack, of which a page has 64 KB.
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(side * side));
  ink::raster(ink::simplify(round.drawing), app.card.raster, pixels);
  app.platform->classify(++network.ticket, pixels, side);
}

void follow_state(App& app) {
  const platform::ClassifierState state = app.platform->classifier();
  if (state == app.network.state) return;
  app.network.state = state;
  app.stale = true;
  app.network.error.clear();
  if (state == platform::ClassifierState::failed) {
    app.network.error = app.platform->classifier_error();
    if (app.network.error.empty()) app.network.error = "error.model";
    app.platform->say(say(app, app.network.error));
  }
  if (state == platform::ClassifierState::ready) {
    app.network.ink_changed = true;
    read_the_card(app);
  }
}

void update_network(App& app) {
  follow_state(app);
  follow_state(app);  // a model whose card was refused has failed at once
  if (app.play_wanted && !app.card.classes.empty()) begin_session(app);
  hear_answers(app);
  send_picture(app);
}

void update_round(App& app, double dt) {
  game::Round& round = app.session.round;
  const game::Saying saying = game::advance(round, dt);
  if (!saying.labels.empty()) {
    set_saying(app, sentence(app, saying));
    app.platform->say(app.saying);
    if (saying.won) {
      app.won_at = app.ui.now;
      pointer_cancel(app);
    }
  }
  if (game::is_over(round)) {
    const bool won = round.outcome == game::Outcome::won;
    set_saying(app, verdict_saying(app, round));
    show(app, Screen::verdict);
    if (!won) app.platform->say(app.saying);
  }
}

void retry(App& app) {
  app.network.error.clear();
  app.network.n_outputs = 0;
  forget_pictures(app);
  app.platform->retry_classifier();
  app.network.state = app.platform->classifier();
  app.stale = true;
}

void go_on(App& app) {
  if (app.screen == Screen::draw) {  // the held win, cut short
    if (app.session.round.outcome != game::Outcome::won) return;
    set_saying(app, verdict_saying(app, app.session.round));
    show(app, Screen::verdict);
    return;
  }
  game::finish_round(app.session, app.card);
  fresh_sheet(app);
  show(app, game::is_over(app.session) ? Screen::gallery : Screen::card);
}

bool has_button(const App& app, std::string_view id) {
  return std::any_of(app.ui.hot.begin(), app.ui.hot.end(),
                     [&](const ui::Hot& hot) { return hot.id == id && hot.enabled; });
}

// Ink: points on the sheet only. A stroke that leaves it ends at its edge, and begins anew where it
// comes back.
void draw_to(App& app, ui::Vec at) {
  game::Round& round = app.session.round;
  if (app.screen != Screen::draw || round.outcome != game::Outcome::playing) return;
  if (app.canvas.half.x <= 0) app.canvas.half = {app.sheet.w / 2, app.sheet.h / 2};
  const bool inside = app.sheet.contains(at);
  if (!inside && !app.pointer.inking) return;
  const ui::Vec on_sheet = {std::clamp(at.x, app.sheet.x, app.sheet.right()),
                            std::clamp(at.y, app.sheet.y, app.sheet.bottom())};
  const ui::Vec ink = ui::to_ink(ui::view_of(app.canvas, app.sheet), on_sheet);
  const ink::Point point = {.x = ink.x, .y = ink.y, .t = static_cast<float>(round.elapsed)};
  if (app.pointer.inking) {
    game::extend_stroke(round, point);
  } else {
    game::begin_stroke(round, point);
  }
  app.pointer.inking = inside;
  app.network.ink_changed = true;
  app.stale = true;
}

// Takes the texts and the faces of the platform's language; false: they are not there.
bool speak_language(App& app) {
  const int chosen = app.platform->language();
  if (chosen < 0 || chosen >= static_cast<int>(app.languages.size())) return false;
  const text::Language& language = app.languages[static_cast<std::size_t>(chosen)];
  const std::vector<std::uint8_t> tsv = app.platform->asset("texts/" + language.code + ".tsv");
  Result<text::Catalogue> catalogue = text::parse_catalogue(as_text(tsv));
  if (!catalogue || catalogue->entries.empty()) return false;
  app.language = chosen;
  app.texts = std::move(*catalogue);
  if (!app.parameters.title.empty()) app.texts.entries["title"] = app.parameters.title;
  // Of the other languages the names can be written, for the choice among them.
  app.ui.type.other_script = !language.face.empty();
  app.ui.type.other_faces.clear();
  for (const text::Language& other : app.languages) {
    if (other.face.empty()) continue;
    const std::string_view part = &other == &language ? ".ttf" : "-name.ttf";
    app.ui.type.other_faces.push_back(
        app.platform->asset("fonts/" + other.code + std::string(part)));
  }
  std::erase_if(app.ui.type.other_faces, [](const ui::Face& face) { return face.empty(); });
  // What stands in the bubble was said in the old language.
  if (app.screen == Screen::verdict) {
    set_saying(app, verdict_saying(app, app.session.round));
  } else {
    app.saying.clear();
  }
  app.stale = true;
  return true;
}

}  // namespace

std::string start(App& app) {
  auto languages = text::parse_languages(as_text(app.platform->asset("texts/languages.tsv")));
  if (!languages) return "error.asset";
  app.languages = std::move(*languages);
  app.ui.type.face = app.platform->asset("fonts/latin.ttf");
  app.parameters = app.platform->parameters();
  if (app.ui.type.face.empty() || !speak_language(app)) return "error.asset";
  if (app.parameters.rounds > 0) app.rules.rounds = app.parameters.rounds;
  if (app.parameters.seconds > 0) app.rules.seconds = app.parameters.seconds;
  app.card.classes = lines_of(as_text(app.platform->asset("models/class_names.txt")));
  if (app.card.classes.empty()) {
    // No list: a model that is there already has one in its card, whether it can be run or not.
    const Result<model::Card> card = model::read_card(app.platform->model_bytes());
    if (card) app.card.classes = card->classes;
  }
  app.card.thresholds.assign(app.card.classes.size(), 0.5f);
  return {};
}

void update(App& app, double dt) {
  for (std::string id = app.platform->pressed(); !id.empty(); id = app.platform->pressed()) {
    perform(app, id);
  }
  if (app.platform->language() != app.language) speak_language(app);
  update_network(app);
  if (app.screen == Screen::draw) update_round(app, dt);
}

void perform(App& app, std::string_view id) {
  if (!has_button(app, id)) return;
  app.stale = true;
  if (id == "play") {
    app.play_wanted = true;
    if (!app.card.classes.empty()) begin_session(app);
  } else if (id == "got-it") {
    show(app, Screen::draw);
  } else if (id == "another-word") {
    game::deal_another(app.session, app.card);
    app.dealt_at = app.ui.now;
  } else if (id == "undo") {
    app.pointer.inking = false;
    game::undo_stroke(app.session.round);
    forget_pictures(app);
  } else if (id == "clear") {
    app.pointer.inking = false;
    game::clear_ink(app.session.round);
    app.canvas = {};
    forget_pictures(app);
  } else if (id == "skip") {
    game::skip(app.session.round);
  } else if (id == "continue") {
    go_on(app);
  } else if (id == "again") {
    game::play_again(app.session, app.card);
    fresh_sheet(app);
    show(app, Screen::card);
  } else if (id == "retry") {
    retry(app);
  } else if (id.starts_with("language-")) {
    app.platform->choose_language(id.substr(id.find('-') + 1));
  }
}

void pointer_down(App& app, long long id, ui::Vec at) {
  if (app.pointer.down) return;
  app.pointer = {.down = true, .id = id};
  if (const ui::Hot* hot = ui::hot_at(app.ui, at)) {
    app.ui.held = hot->id;
    app.stale = true;
  } else {
    draw_to(app, at);
  }
}

void pointer_move(App& app, long long id, ui::Vec at) {
  const ui::Hot* hot = ui::hot_at(app.ui, at);
  if (!app.pointer.down) {
    const std::string_view hovered =
        hot != nullptr ? std::string_view(hot->id) : std::string_view();
    if (app.ui.hovered != hovered) {
      app.ui.hovered = hovered;
      app.stale = true;
    }
    return;
  }
  if (id != app.pointer.id) return;
  if (app.ui.held.empty()) draw_to(app, at);
}

void pointer_up(App& app, long long id, ui::Vec at) {
  if (!app.pointer.down || id != app.pointer.id) return;
  const std::string held = app.ui.held;
  const ui::Hot* hot = ui::hot_at(app.ui, at);
  const bool on_it = hot != nullptr && hot->id == held;
  pointer_cancel(app);
  if (held.empty()) return;
  app.ui.released = held;
  app.ui.released_at = app.ui.now;
  if (on_it) perform(app, held);
}

void pointer_cancel(App& app) {
  if (app.pointer.down) app.stale = true;
  app.pointer = {};
  app.ui.held.clear();
  app.ui.hovered.clear();
}

void key_down(App& app, Key key) {
  if (key == Key::undo) return perform(app, "undo");
  if (key == Key::escape) return perform(app, "skip");
  for (const std::string_view id : {"play", "got-it", "continue", "again"}) {
    if (has_button(app, id)) return perform(app, id);
  }
}

void reflect(App& app) {
  constexpr std::string_view names[] = {"title", "card", "draw", "verdict", "gallery"};
  platform::Mirror mirror;
  mirror.screen = names[static_cast<std::size_t>(app.screen)];
  const game::Round& round = app.session.round;
  const bool has_word =
      app.screen == Screen::card || app.screen == Screen::draw || app.screen == Screen::verdict;
  const std::string name(has_word ? word(app, round.target) : std::string_view());
  if (has_word) mirror.word = app.card.classes[static_cast<std::size_t>(round.target)];
  switch (app.screen) {
    case Screen::title:
      mirror.heading = say(app, "title");
      mirror.text = say(app, "title.tagline");
      break;
    case Screen::card:
      mirror.heading = text::format(app.texts, "mirror.card",
                                    {{"word", name}, {"seconds", whole_seconds(round)}});
      mirror.text = text::format(app.texts, "mirror.round",
                                 {{"n", std::to_string(app.session.played.size() + 1)},
                                  {"of", std::to_string(app.session.rules.rounds)}});
      break;
    case Screen::draw:
      mirror.heading = text::format(app.texts, "mirror.draw", {{"word", name}});
      if (network_failed(app)) mirror.text = say(app, app.network.error);
      mirror.paper[0] = app.sheet.x;
      mirror.paper[1] = app.sheet.y;
      mirror.paper[2] = app.sheet.w;
      mirror.paper[3] = app.sheet.h;
      break;
    case Screen::verdict:
      mirror.heading = verdict_saying(app, round);
      mirror.text =
          round.outcome == game::Outcome::won ? in_seconds(app, round) : thoughts(app, round);
      break;
    case Screen::gallery:
      mirror.heading = gallery_heading(app);
      for (const game::Round& played : app.session.played) {
        const bool won = played.outcome == game::Outcome::won;
        mirror.text +=
            text::format(app.texts, won ? "mirror.gallery.won" : "mirror.gallery.missed",
                         {{"word", word(app, played.target)},
                          {"rest", won ? in_seconds(app, played) : thoughts(app, played)}});
        mirror.text += ' ';
      }
      break;
  }
  mirror.seconds =
      app.screen == Screen::draw ? static_cast<int>(std::ceil(game::seconds_left(round))) : 0;
  if (has_word && app.screen != Screen::card) {
    if (round.outcome == game::Outcome::won) mirror.result = "won";
    if (round.outcome == game::Outcome::lost) mirror.result = "lost";
    if (round.outcome == game::Outcome::skipped) mirror.result = "skipped";
  }
  for (const ui::Hot& hot : app.ui.hot) {
    mirror.buttons.push_back({.id = hot.id,
                              .label = hot.label,
                              .enabled = hot.enabled,
                              .box = {hot.area.x, hot.area.y, hot.area.w, hot.area.h}});
  }
  if (mirror == app.mirror) return;
  app.mirror = std::move(mirror);
  app.platform->set_mirror(app.mirror);
}

std::string_view say(const App& app, std::string_view key) {
  return text::lookup(app.texts, key);
}

std::string_view word(const App& app, int label) {
  return text::lookup(app.texts, app.card.classes[static_cast<std::size_t>(label)]);
}

std::string with_article(const App& app, int label) {
  return text::with_article(app.texts, app.card.classes[static_cast<std::size_t>(label)]);
}

std::string gallery_heading(const App& app) {
  return text::format(app.texts, "gallery.heading",
                      {{"n", std::to_string(game::rounds_won(app.session))},
                       {"of", std::to_string(app.session.rules.rounds)}});
}

std::string verdict_saying(const App& app, const game::Round& round) {
  const std::string target = with_article(app, round.target);
  if (round.outcome == game::Outcome::won)
    return text::format(app.texts, "verdict.won", {{"a", target}});
  std::vector<int> said = round.said;
  std::erase(said, round.target);
  if (said.empty()) return text::format(app.texts, "verdict.nothing", {{"a", target}});
  const std::string last = with_article(app, said.back());
  if (said.size() == 1) return text::format(app.texts, "verdict.one", {{"a", last}});
  return text::format(app.texts, "verdict.two",
                      {{"a", with_article(app, said[said.size() - 2])}, {"b", last}});
}

std::string thoughts(const App& app, const game::Round& round) {
  std::string list;
  int n = 0;
  for (std::size_t i = round.said.size(); i-- > 0 && n < 2;) {
    if (round.said[i] == round.target) continue;
    if (!list.empty()) list += say(app, "list.comma");
    list += word(app, round.said[i]);
    ++n;
  }
  if (list.empty()) return std::string(say(app, "gallery.nothing"));
  return text::format(app.texts, "gallery.saw", {{"list", list}});
}

std::string in_seconds(const App& app, const game::Round& round) {
  char number[16];
  std::snprintf(number, sizeof number, "%.1f", round.won_at);
  return text::format(app.texts, "verdict.seconds", {{"seconds", number}});
}

std::string whole_seconds(const game::Round& round) {
  return std::to_string(static_cast<int>(round.seconds));
}

bool network_failed(const App& app) {
  return !app.network.error.empty();
}
