// The traffic with the classifier: pictures of the ink go out, its answers are heard by the round,
// and a model that comes in brings its words. While no round is being drawn, the replay has its
// pictures seen, one at a time, each told by its ticket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/card.h"
#include "wasm/platform/platform.h"

struct App;

// The network as the game sees it.
struct Network {
  platform::ClassifierState state = platform::ClassifierState::loading;
  std::string error;            // key of the sentence, when failed
  int model = 0;                // which one it is, as the platform counts them
  int n_outputs = 0;            // of the model; 0 until its card was read
  std::size_t n_bytes = 0;      // of its file
  int ticket = 0;               // of the last picture sent
  int oldest_valid = 1;         // answers to older pictures are dropped: they are not of this ink
  bool ink_changed = false;     // since the last picture sent
  bool fetches_engine = false;  // one that is bigger, for a model that is on its way
  int asked = 0;                // ticket of the picture of the replay that is on its way; 0: none
  std::vector<std::uint8_t> picture;  // the last one sent of this ink, side * side; empty: none
};

// The threshold of a word that the model does not know: more than any probability.
inline constexpr float never_won = 2;

// The label of a class by its English name, whatever its capitals; -1: there is none.
int find_class(const model::Card& card, std::string_view name);

// Does the model know this word of the list?
bool can_be_won(const model::Card& card, int label);

// Once a frame: the classifier's state, its answers, the next picture.
void follow_network(App& app);

// Pictures that are on their way show ink that is no more, or that of a screen that was left.
void forget_pictures(App& app);

// Loads the page's own model again: it failed, or another one plays.
void retry_network(App& app);

bool network_failed(const App& app);

// The words may not be those of the game yet: there are none, or the model that the address or the
// maker names is on its way, and the words are those of the one that ships.
bool awaits_words(const App& app);

// A game is wanted, and the words that it needs were to come with the model, which did not.
bool lacks_words(const App& app);

// What is said where there is no ink to guess at: that the network looks on, or is on its way.
std::string_view idle_words(const App& app);
