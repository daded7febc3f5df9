#include "wasm/practice.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "wasm/app.h"

void list_words(App& app) {
  app.practice.words = text::in_order(app.texts, app.card.classes);
  app.practice.first = std::clamp(app.practice.first, 0,
                                  std::max(0, static_cast<int>(app.practice.words.size()) - 1));
  app.stale = true;
}

bool turn_list(App& app, std::string_view id) {
  Practice& practice = app.practice;
  const std::vector<text::Place>& words = practice.words;
  if (id == "words-next") {
    practice.first = std::min(practice.first + practice.shown, static_cast<int>(words.size()) - 1);
  } else if (id == "words-before") {
    practice.first = std::max(practice.first - practice.shown, 0);
  } else if (id.starts_with("letter-")) {
    const auto found = std::find_if(words.begin(), words.end(), [&](const text::Place& place) {
      return place.letter == static_cast<char>(id.back() - 32);
    });
    if (found != words.end()) practice.first = static_cast<int>(found - words.begin());
  } else {
    return false;
  }
  return true;
}

void move_bars(App& app, double dt) {
  Practice& practice = app.practice;
  practice.moving = false;
  if (app.screen != Screen::draw || !app.session.round.open) return practice.bars.clear();
  const std::vector<float>& goal = app.session.round.guesser.probabilities;
  practice.bars.resize(app.card.classes.size(), 0.0f);
  // After a rest the first frame comes late.
  const float step = app.ui.reduced_motion
                         ? 1
                         : 1 - static_cast<float>(std::exp(-14 * std::clamp(dt, 0.004, 0.034)));
  for (std::size_t i = 0; i < practice.bars.size(); ++i) {
    const float to = i < goal.size() ? goal[i] : 0;
    float& bar = practice.bars[i];
    if (std::abs(to - bar) > 0.002f) {
      bar += (to - bar) * step;
      practice.moving = true;
    } else {
      bar = to;
    }
  }
  if (practice.moving) app.stale = true;
}
