// A duel by link: the game that was just played becomes a link for a friend (game/challenge.h), and
// a friend's link becomes a game with the same words, whose end shows both side by side.
//
// A link comes in only while the title is shown: a game is never broken off for one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/game/challenge.h"
#include "engine/ink/drawing.h"
#include "wasm/platform/platform.h"

struct App;

struct Duel {
  std::string text;           // of the link, as it was read last; empty: there is none
  game::Challenge challenge;  // in it; without rounds: none, or it can't be read

  game::Challenge friends;           // of the words that are played, in their order
  std::vector<ink::Drawing> ghosts;  // the friend's drawings, with times to be watched
  double drawn_at = 0;               // the ghosts begin to be drawn; Ui::now's clock

  platform::ShareState shared = platform::ShareState::none;  // as it was seen last
  std::string_view told;  // key of the sentence about it; empty: nothing was shared here
};

// Once a frame: reads the link that the page was opened by, or that came in since, and sees what
// became of a shared one.
void follow_duel(App& app);

// Is there a link on the title with words that the model knows?
bool is_challenged(const App& app);

// The labels of the duel that is on the title: those of its words that the model knows.
std::vector<int> begin_duel(App& app);

// Goes to the end of the duel; the link has served and leaves the address.
void end_duel(App& app);

// On the way home: the duel is over, or was not wanted.
void forget_duel(App& app);

// Can the rounds that were just played be sent to a friend?
bool can_challenge(const App& app);

// Makes the link of the game that was just played, and hands it over.
void share_game(App& app);

// The sentence under the game's name: why a game that is wanted does not begin, the friend's
// challenge, what is wrong with it, or what the game is.
std::string title_sentence(const App& app);

// "You 4, your friend 5", and who is ahead.
std::string duel_heading(const App& app);
std::string_view duel_verdict(const App& app);

// How somebody's round ended: "in 6.2 seconds", "not recognised".
std::string duel_outcome(const App& app, bool won, double seconds);

// All of the duel's end in words.
std::string duel_words(const App& app);
