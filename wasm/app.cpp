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

// The labels of words that the model knows.
std::vector<int> labels_of(const App& app, const std::vector<std::string>& words) {
  std::vector<int> labels;
  for (const std::string& name : words) {
    const int label = find_class(app.card, name);
    if (label >= 0 && std::find(labels.begin(), labels.end(), label) == labels.end()) {
      labels.push_back(label);
    }
  }
  return labels;
}

// The labels that are dealt: those that ?words= or the maker allows; else all but those that are
// left out.
std::vector<int> allowed_labels(const App& app) {
  std::vector<int> labels = labels_of(app, app.parameters.words);
  if (!labels.empty()) return labels;
  const std::vector<int> left_out = labels_of(app, app.left_out);
  std::vector<int> known;
  for (int i = 0; i < static_cast<int>(app.card.classes.size()); ++i) {
    // With words that the list has and the model lacks, only the model's own are dealt.
    if (!can_be_won(app.card, i)) continue;
    known.push_back(i);
    if (std::find(left_out.begin(), left_out.end(), i) == left_out.end()) labels.push_back(i);
  }
  return labels.empty() ? known : labels;
}

constexpr std::string_view mode_names[] = {"classic", "streak", "practice", "pair", "duel"};

// The ways to play that the maker offers, or all.
void offer_modes(App& app) {
  std::vector<std::string> names = app.parameters.modes;
  if (names.empty()) names.assign(std::begin(mode_names), std::end(mode_names));
  app.duels = false;
  for (const std::string& name : names) {
    const auto* const found = std::find(std::begin(mode_names), std::end(mode_names), name);
    const auto mode = static_cast<game::Mode>(found - std::begin(mode_names));
    if (mode == game::Mode::duel) {
      app.duels = true;
    } else {
      app.modes.push_back(mode);
    }
  }
}

// What the device remembers, as a number that makes sense.
int remembered_count(App& app, std::string_view name) {
  const std::string text = app.platform->remembered(name);
  int count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || count > 9999) return 0;
    count = count * 10 + (c - '0');
  }
  return count;
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
  app.network.picture.clear();
  app.keys = {};
  app.dealt_at = app.ui.now;
  forget_pictures(app);
  app.network.ink_changed = false;
}

// The word's card is laid on the table, and read out.
void lay_card(App& app) {
  show(app, Screen::card);
  play(app, sound::Sound::card);
  say_aloud(
      app,
      text::format(app.texts, "card.aloud", {{"a", with_article(app, app.session.round.target)}}),
      Urgency::at_once);
}

void begin_session(App& app) {
  if (app.rules.mode == game::Mode::practice) {
    list_words(app);
    return show(app, Screen::words);
  }
  const bool duel = app.rules.mode == game::Mode::duel;
  const std::vector<int> labels = duel ? begin_duel(app) : allowed_labels(app);
  if (duel && labels.empty()) app.rules.mode = game::Mode::classic;  // the card has just come
  app.session = game::make_session(app.card, labels.empty() ? allowed_labels(app) : labels,
                                   app.parameters.seed, app.rules);
  app.parameters.seed = mix_bits(app.parameters.seed + 1);  // another game has another order
  app.best_streak_before = app.best_streak;
  fresh_sheet(app);
  lay_card(app);
}

void play_mode(App& app, game::Mode mode) {
  app.rules.mode = mode;
  begin_session(app);
}

// What leads away from the title needs the letters of the other screens, and a game its words.
bool must_wait(const App& app, std::string_view id) {
  if (app.screen != Screen::title || id == "retry" || id.starts_with("language-")) return false;
  return !app.lettered || (awaits_words(app) && id != "settings");
}

void begin_practice(App& app, std::string_view word) {
  const int labels[] = {find_class(app.card, word)};
  if (labels[0] < 0) return;
  app.session = game::make_session(app.card, labels, app.parameters.seed, app.rules);
  fresh_sheet(app);
  show(app, Screen::draw);
}

void go_home(App& app) {
  app.session = {};
  forget_duel(app);
  fresh_sheet(app);
  show(app, Screen::title);
}

// The word that was just won counts before the verdict is put away.
void note_streak(App& app) {
  if (app.session.rules.mode != game::Mode::streak) return;
  const int streak = game::rounds_won(app.session) + 1;
  if (streak <= app.best_streak) return;
  app.best_streak = streak;
  app.platform->remember("streak.best", std::to_string(streak));
}

void update_round(App& app, double dt) {
  game::Round& round = app.session.round;
  const double before = round.elapsed;
  round.pace = key_pen_shown(app) ? game::keys_pace : 1;
  const game::Saying saying = game::advance(round, dt);
  if (game::ticks(round, before)) play(app, sound::Sound::tick);
  // Who does not see the clock is told.
  for (const int left : {10, 5}) {
    if (round.outcome == game::Outcome::playing && game::seconds_left(round) <= left &&
        round.seconds - before > left) {
      app.platform->say(
          text::format(app.texts, "mirror.left", {{"seconds", std::to_string(left)}}));
    }
  }
  if (std::string sentence = sentence_of(app, saying); !sentence.empty()) {
    speak_up(app, std::move(sentence), saying.won ? Urgency::at_once : Urgency::in_turn);
  }
  if (saying.won) {
    app.won_at = app.ui.now;
    play(app, sound::Sound::success);
  }
  if (saying.won && round.outcome == game::Outcome::won) {
    note_streak(app);
    pointer_cancel(app);
  }
  if (game::is_over(round)) {
    keep_drawing(app, round);
    set_saying(app, verdict_saying(app, round));
    show(app, Screen::verdict);
    if (round.outcome == game::Outcome::skipped) hush(app);
    if (round.outcome == game::Outcome::lost) {
      play(app, sound::Sound::time_out);
      tell(app, text::format(app.texts, "verdict.lost.aloud", {{"thoughts", app.saying}}),
           Urgency::at_once);
    }
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
  hush(app);
  if (!game::is_over(app.session)) return lay_card(app);
  if (app.session.rules.mode == game::Mode::duel) return end_duel(app);
  const bool streak = app.session.rules.mode == game::Mode::streak;
  show(app, streak ? Screen::streak_end : Screen::gallery);
}

bool has_button(const App& app, std::string_view id) {
  return std::any_of(app.ui.hot.begin(), app.ui.hot.end(),
                     [&](const ui::Hot& hot) { return hot.id == id && hot.enabled; });
}

std::string face_path(const text::Language& language, std::string_view part = {}) {
  return "fonts/" + language.code + std::string(part) + ".ttf";
}

// Of the language all letters that are there, of the others those of their names, for the choice.
void take_faces(App& app) {
  std::vector<ui::Face> faces;
  app.lettered = true;
  for (const text::Language& language : app.languages) {
    if (language.face.empty()) continue;
    const bool shown = &language == &app.languages[static_cast<std::size_t>(app.language)];
    ui::Face whole;
    if (shown) whole = app.platform->asset(face_path(language));
    if (shown) app.lettered = !whole.empty();
    faces.push_back(whole.empty()
                        ? app.platform->asset(face_path(language, shown ? "-title" : "-name"))
                        : std::move(whole));
  }
  std::erase_if(faces, [](const ui::Face& face) { return face.empty(); });
  ui::take_faces(app.ui.type, std::move(faces));
  app.stale = true;
}

// What lies behind the title, once its letters have come.
void follow_faces(App& app) {
  if (app.lettered) return;
  const text::Language& language = app.languages[static_cast<std::size_t>(app.language)];
  if (!app.platform->asset(face_path(language)).empty()) take_faces(app);
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
  take_faces(app);
  list_words(app);
  // What stands in the bubble was said in the old language.
  if (app.screen == Screen::verdict) {
    set_saying(app, verdict_saying(app, app.session.round));
  } else {
    app.saying.clear();
  }
  app.stale = true;
  return true;
}

// What the button of this id does, which is there, or was when it was pressed.
void act(App& app, std::string_view id) {
  if (id != "keep-forget") app.keeping.sure = false;
  if (turn_list(app, id)) return;
  if (id.starts_with("keep-") && perform_keeping(app, id)) return;
  for (const game::Mode mode : app.modes) {
    if (id == name_of(mode)) return play_mode(app, mode);
  }
  if (id == "play") {
    play_mode(app, is_challenged(app) ? game::Mode::duel : app.modes.front());
  } else if (id == "home") {
    go_home(app);
  } else if (id == "choose-word") {
    begin_session(app);
  } else if (id.starts_with("word-")) {
    begin_practice(app, id.substr(id.find('-') + 1));
  } else if (id == "got-it") {
    show(app, Screen::draw);
  } else if (id == "another-word") {
    game::deal_another(app.session, app.card);
    app.dealt_at = app.ui.now;
    lay_card(app);
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
    app.best_streak_before = app.best_streak;
    fresh_sheet(app);
    lay_card(app);
  } else if (id == "keep") {
    app.keep_from = app.screen;
    const bool streak = app.session.rules.mode == game::Mode::streak;
    begin_keeping(app, app.session.played, streak ? streak_heading(app) : gallery_heading(app));
    show(app, Screen::keep);
  } else if (id == "keep-back") {
    show(app, app.keep_from);
  } else if (id == "challenge") {
    share_game(app);
  } else if (id.starts_with("ghost-")) {
    app.duel.drawn_at = app.ui.now;
  } else if (id == "retry" || id == "own-model") {
    retry_network(app);
  } else if (id.starts_with("drawing-")) {
    std::size_t number = 0;
    for (const char digit : id.substr(id.find('-') + 1)) {
      number = number * 10 + static_cast<std::size_t>(digit - '0');
    }
    open_replay(app, app.session.played, number - 1);
  } else if (app.screen == Screen::replay) {
    perform_replay(app, id);
  } else if (id == "settings") {
    show(app, Screen::settings);
  } else if (id == "back") {
    show(app, Screen::title);
  } else if (id == "sounds") {
    toggle_sounds(app);
    play(app, sound::Sound::success);
  } else if (id == "speech") {
    toggle_speech(app);
    say_aloud(app, say(app, "draw.ready"), Urgency::at_once);
  } else if (id == "choose-model") {
    app.platform->choose_model();
  } else if (id == "licences") {
    app.platform->show_file("licences.txt");
  } else if (id.starts_with("language-")) {
    app.platform->choose_language(id.substr(id.find('-') + 1));
  }
}

}  // namespace

std::string_view name_of(game::Mode mode) {
  return mode_names[static_cast<std::size_t>(mode)];
}

void show(App& app, Screen screen) {
  app.came_from = app.screen;
  app.screen = screen;
  app.screen_since = app.ui.now;
  app.duel.told = {};
  app.keeping.sure = false;
  app.wanted.clear();
  app.stale = true;
  app.ui.hot.clear();
  app.ui.held.clear();
  pointer_cancel(app);
}

bool just_ended(const App& app) {
  const game::Outcome outcome = app.session.round.outcome;
  if (app.screen == Screen::draw)
    return outcome == game::Outcome::won && app.ui.now - app.won_at < ending;
  return app.screen == Screen::verdict && outcome != game::Outcome::skipped &&
         app.ui.now - app.screen_since < ending;
}

void speak_up(App& app, std::string sentence, Urgency urgency) {
  set_saying(app, std::move(sentence));
  tell(app, app.saying, urgency);
}

// A stroke that leaves the sheet ends at its edge, and begins anew where it comes back.
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
    play(app, sound::Sound::pen);
  }
  app.pointer.inking = inside;
  app.network.ink_changed = true;
  app.stale = true;
}

std::string start(App& app) {
  auto languages = text::parse_languages(as_text(app.platform->asset("texts/languages.tsv")));
  if (!languages) return "error.asset";
  app.languages = std::move(*languages);
  app.ui.type.face = app.platform->asset("fonts/latin.ttf");
  app.ui.type.borrow = [&](char32_t c, float em) { return app.platform->letter(c, em); };
  app.parameters = app.platform->parameters();
  if (app.ui.type.face.empty() || !speak_language(app)) return "error.asset";
  offer_modes(app);
  recall_voice(app);
  if (app.parameters.rounds > 0) app.rules.rounds = app.parameters.rounds;
  if (app.parameters.seconds > 0) app.rules.seconds = app.parameters.seconds;
  app.card.classes = lines_of(as_text(app.platform->asset("models/class_names.txt")));
  if (app.card.classes.empty()) {
    // No list: a model that is there already has one in its card, whether it can be run or not.
    const Result<model::Card> card = model::read_card(app.platform->model_bytes());
    if (card) app.card.classes = card->classes;
  }
  app.card.thresholds.assign(app.card.classes.size(), 0.5f);
  const auto left_out =
      text::parse_catalogue(as_text(app.platform->asset("texts/words_left_out.tsv")));
  if (left_out) {
    for (const auto& [word, reason] : left_out->entries) app.left_out.push_back(word);
  }
  app.best_streak = remembered_count(app, "streak.best");
  return {};
}

void update(App& app, double dt) {
  // A press of a screen that is gone means nothing on the one that came, not even where a button
  // has the same name. One that comes before its own screen is drawn anew waits until it is.
  while (app.mirrored != app.screen || !app.ui.hot.empty()) {
    const std::string id = app.platform->pressed();
    if (id.empty()) break;
    if (app.mirrored == app.screen) perform(app, id);
  }
  if (app.platform->language() != app.language) speak_language(app);
  follow_network(app);
  follow_offer(app);
  follow_faces(app);
  if (!app.wanted.empty() && !must_wait(app, app.wanted)) act(app, std::exchange(app.wanted, {}));
  move_key_pen(app, dt);
  if (app.screen == Screen::draw) update_round(app, dt);
  move_bars(app, dt);
  if (app.screen == Screen::settings) look_for_voices(app);
  if (app.screen == Screen::replay) update_replay(app, dt);
  follow_keeping(app);
  follow_duel(app);
}

void perform(App& app, std::string_view id) {
  if (id == "mute") return toggle_mute(app);  // by its key also where no button stands
  if (app.screen == Screen::replay && id.starts_with("timeline-")) return move_along(app, id);
  if (!has_button(app, id)) return;
  app.stale = true;
  if (must_wait(app, id)) {
    app.wanted = id;
  } else {
    act(app, id);
  }
}

void pointer_down(App& app, long long id, ui::Vec at) {
  if (app.pointer.down) return;
  if (app.keys.pen.in_use) {  // a hand takes over
    lift_key_pen(app);
    app.keys.pen.in_use = false;
    app.stale = true;
  }
  app.pointer = {.down = true, .id = id};
  if (const ui::Hot* hot = ui::hot_at(app.ui, at)) {
    app.ui.held = hot->id;
    app.stale = true;
    if (hot->id == "timeline") scrub(app, at);
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
  if (app.ui.held == "timeline") scrub(app, at);
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
  if (app.pointer.down || app.keys.pen.in_use) app.stale = true;
  app.pointer = {};
  lift_key_pen(app);
  app.ui.held.clear();
  app.ui.hovered.clear();
}

void key_down(App& app, Key key) {
  if (pen_key_down(app, key)) return;
  if (key == Key::undo) return perform(app, "undo");
  if (key == Key::mute) return perform(app, "mute");
  if (key == Key::left) return perform(app, "timeline-back");
  if (key == Key::right) return perform(app, "timeline-forward");
  if (key == Key::home) return perform(app, "timeline-start");
  if (key == Key::end) return perform(app, "timeline-end");
  if (key == Key::escape) {
    for (const std::string_view id : {"back", "keep-back", "skip"})
      if (has_button(app, id)) return perform(app, id);
    return;
  }
  for (const std::string_view id :
       {"play", "got-it", "continue", "again", "replay", "keep-picture"}) {
    if (has_button(app, id)) return perform(app, id);
  }
}

void key_up(App& app, Key key) {
  pen_key_up(app, key);
}
