#include "wasm/app.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "engine/random.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"

namespace {

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
    if (index >= app.card.thresholds.size() || app.card.thresholds[index] < never_won)
      known.push_back(i);
  }
  app.session =
      game::make_session(app.card, labels.empty() ? known : labels, app.parameters.seed, app.rules);
  app.parameters.seed = mix_bits(app.parameters.seed + 1);  // another game has another order
  fresh_sheet(app);
  show(app, Screen::card);
}

void update_round(App& app, double dt) {
  game::Round& round = app.session.round;
  const game::Saying saying = game::advance(round, dt);
  if (!saying.labels.empty()) {
    set_saying(app, guess_sentence(app, saying));
    app.platform->say(app.saying);
    if (saying.won) {
      app.won_at = app.ui.now;
      pointer_cancel(app);
    }
  }
  if (game::is_over(round)) {
    const bool won = round.outcome == game::Outcome::won;
    keep_drawing(app, round);
    set_saying(app, verdict_saying(app, round));
    show(app, Screen::verdict);
    if (!won) app.platform->say(app.saying);
  }
}

void go_on(App& app) {
  if (app.screen == Screen::draw) {  // the held win, cut short
    if (app.session.round.outcome != game::Outcome::won) return;
    keep_drawing(app, app.session.round);
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
  follow_network(app);
  if (app.play_wanted && !app.card.classes.empty()) begin_session(app);
  if (app.screen == Screen::draw) update_round(app, dt);
  follow_keeping(app);
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
  } else if (id == "keep") {
    begin_keeping(app, app.session.played, gallery_heading(app));
    show(app, Screen::keep);
  } else if (id == "keep-back") {
    show(app, Screen::gallery);
  } else if (app.screen == Screen::keep && perform_keeping(app, id)) {
    return;
  } else if (id == "retry") {
    retry_network(app);
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
  if (key == Key::escape) return perform(app, app.screen == Screen::keep ? "keep-back" : "skip");
  for (const std::string_view id : {"play", "got-it", "continue", "again", "keep-picture"}) {
    if (has_button(app, id)) return perform(app, id);
  }
}
