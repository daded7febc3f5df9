// The game as one state and what can be done to it. main.cpp turns the world's events into these
// calls and asks for the picture; the screens draw the state and change nothing.
//
// The rules are the engine's (game::Session), the look is ui/'s; what stands here is the order of
// the screens. The traffic with the classifier is network.h's, the words are sentences.h's, what is
// heard is voice.h's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/game/session.h"
#include "engine/model/card.h"
#include "engine/text/catalogue.h"
#include "wasm/duel.h"
#include "wasm/keeping.h"
#include "wasm/keys.h"
#include "wasm/network.h"
#include "wasm/offer.h"
#include "wasm/platform/platform.h"
#include "wasm/practice.h"
#include "wasm/replay.h"
#include "wasm/ui/ink_canvas.h"
#include "wasm/ui/ui.h"
#include "wasm/voice.h"

// A streak and a duel have ends of their own in place of the gallery; practice begins with the
// choice of a word.
enum class Screen {
  title,
  card,
  draw,
  verdict,
  gallery,
  streak_end,
  words,
  settings,
  replay,
  keep,
  duel
};

struct Pointer {
  bool down = false;
  long long id = 0;     // of the finger, or of the mouse; others are ignored while it is down
  bool inking = false;  // a stroke is being drawn, by it or by the pen of the keys
};

struct App {
  std::unique_ptr<platform::Platform> platform;
  platform::Parameters parameters;
  std::vector<text::Language> languages;
  int language = -1;  // of the texts; the platform says which one it is to be
  text::Catalogue texts;
  bool lettered = false;  // the letters of all of them are there, not of the title's alone
  ui::Ui ui;

  // The words: those of the model, or before it is there, those of the list beside it. Words of the
  // list that the model does not know stay at the end of the classes, with a threshold that is
  // never reached.
  model::Card card;
  Network network;
  Offer offer;

  Screen screen = Screen::title;
  double screen_since = 0;  // Ui::now's clock, as all times here
  Screen came_from = Screen::title;
  std::string wanted;                 // pressed on the title before what it needs was there
  std::vector<std::string> left_out;  // words that are not dealt unless they are asked for
  std::vector<game::Mode> modes;      // the ways to play, the first behind Play; without the duel
  bool duels = true;                  // can games be sent to friends?
  game::Rules rules;                  // of the session, or of the one that is wanted
  game::Session session;
  double dealt_at = 0;  // the word on the card
  double won_at = 0;
  int best_streak = 0;         // as the device remembers it
  int best_streak_before = 0;  // when this one began
  Practice practice;

  ui::Canvas canvas;
  ui::Rect sheet;  // of the draw screen, as it was drawn last
  Pointer pointer;
  Keys keys;

  Replay replay;
  Screen replay_from = Screen::gallery;  // where its way back leads
  Screen keep_from = Screen::gallery;    // likewise

  std::string saying;  // in the bubble
  double said_at = 0;

  Voice voice;

  Keeping keeping;

  Duel duel;

  platform::Mirror mirror;          // as it was set last
  Screen mirrored = Screen::title;  // the screen that it shows
  bool stale = true;                // the picture does not show the state
};

// Reads the assets. The key of a sentence when one is missing; empty: all is well.
std::string start(App& app);

// Lets `dt` seconds pass: the round's clock, the network, the mirror's buttons.
void update(App& app, double dt);

// Does what the button of this id does; an id that the present screen does not have does nothing.
void perform(App& app, std::string_view id);

void pointer_down(App& app, long long id, ui::Vec at);
void pointer_move(App& app, long long id, ui::Vec at);
void pointer_up(App& app, long long id, ui::Vec at);
// The stroke ends, the button is let go without effect: lost focus, a cancelled touch.
void pointer_cancel(App& app);

// The keys: Enter or Space does the main action of the screen, Escape skips or goes back, Ctrl+Z
// takes back a stroke, M mutes; on the replay the arrows, Home and End move along the time line;
// where there is something to draw the arrows, and Enter or Space, are its pen's.
enum class Key { main_action, escape, undo, mute, left, right, up, down, home, end };
void key_down(App& app, Key key);
void key_up(App& app, Key key);

// Ink to a place of the screen, as far as that is on the sheet.
void draw_to(App& app, ui::Vec at);

// Has the round ended just now, by itself? Who was drawing draws on for a moment, and means nothing
// by it; nor is the verdict seen so soon.
inline constexpr float ending = 0.8f;  // seconds of it
bool just_ended(const App& app);

// Says a sentence in the bubble, in the mirror and aloud.
void speak_up(App& app, std::string sentence, Urgency urgency = Urgency::in_turn);

// The name of a way to play: of its button, its sentences and in config.json.
std::string_view name_of(game::Mode mode);

// Goes to a screen.
void show(App& app, Screen screen);

// (mirror.cpp) The mirror's content for the present state; `hot` of the last frame gives its
// buttons.
void reflect(App& app);
