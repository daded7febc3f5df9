// Practice, beside the session that it is: the list of all words to choose from, and the bars that
// show what the network thinks, on their way from one answer to the next.
#pragma once

#include <string_view>
#include <vector>

#include "engine/text/order.h"

struct App;

struct Practice {
  std::vector<text::Place> words;  // of the card, in the language's order
  int first = 0;                   // of the words shown
  int shown = 1;                   // how many there are on the screen, as it was drawn last
  std::vector<float> bars;         // by class, as they stand on the screen
  bool moving = false;             // they are on their way
};

// The words of the card in the player's language; the list stays where it was.
void list_words(App& app);

// Does what a button of the list does; false: it is none of its buttons.
bool turn_list(App& app, std::string_view id);

// Lets `dt` seconds pass: the bars come nearer to the newest probabilities.
void move_bars(App& app, double dt);
