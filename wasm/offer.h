// A model of the player's own: its card is read, then the network is tried beside the one that
// plays, and takes its place when it runs. A file that is none is refused with the reason, and
// nothing else changes.
#pragma once

#include <string>

struct App;

struct Offer {
  enum class State { none, trying, playing, refused };

  int seen = 0;  // files that were offered, as the platform counts them
  State state = State::none;
  std::string file;    // the name of the last one
  std::string reason;  // why it was refused, as a sentence
};

// Once a frame: files that were offered, and what became of the one that is tried.
void follow_offer(App& app);

// What became of the file that was offered last; where it plays, or there was none, the model:
// "inkling: 345 words, 550 kB. top-1 61.4% ...". Empty until it is there.
std::string model_words(const App& app);
