// Words and sentences, in the player's language, of what the game has to say.
#pragma once

#include <string>
#include <string_view>

#include "engine/game/insight.h"
#include "engine/game/round.h"

struct App;

std::string_view say(const App& app, std::string_view key);
std::string_view word(const App& app, int label);  // "bicycle"
std::string with_article(const App& app, int label);

// For what the guesser wants to say, varied from one to the next; empty where that is nothing.
std::string sentence_of(App& app, const game::Saying& saying);

std::string gallery_heading(const App& app);
std::string streak_heading(const App& app);
std::string streak_best(const App& app);
std::string percent(float probability);  // "62"
std::string verdict_saying(const App& app, const game::Round& round);
// "Time's up!", "It was to be a bicycle.", "tap to go on": what stands around it.
std::string_view ended_words(const App& app, const game::Round& round);
std::string word_was(const App& app, const game::Round& round);
std::string go_on_words(const App& app);  // of two players, who takes the device now
// "I saw a cloud, a sheep": what was thought of a finished round, short.
std::string thoughts(const App& app, const game::Round& round);
std::string in_seconds(const App& app, const game::Round& round);
std::string whole_seconds(const game::Round& round);  // that there are

// ---- the replay

std::string seconds_of(double seconds);  // "6.2"
// "bicycle 82%, motorbike 9%".
std::string guesses(const App& app, const game::Step& step);
// What the strokes gave: "This line gave it away."; empty: not all was heard.
std::string told_by_strokes(const App& app, const game::Insight& insight);
// "It also looked like a wheel, or a hoop.", of `most` words; empty: like nothing else.
std::string also_like(const App& app, const game::Insight& insight, int most = 2);
// All of it for who does not see the screen: the moment, which strokes, what else.
std::string insight_words(const App& app, const game::Insight& insight);
