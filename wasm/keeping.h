// Keeping drawings: every finished round's goes to the device, and the keep screen makes files of
// them. It takes any finished rounds, of whatever kind of game.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/game/round.h"
#include "wasm/platform/platform.h"

struct App;

inline constexpr int all_together = -1;  // chosen: the page with all of them

struct Keeping {
  std::vector<game::Round> rounds;                           // finished
  std::string heading;                                       // of their page
  int chosen = all_together;                                 // or one of the rounds
  double chosen_at = 0;                                      // Ui::now's clock
  bool sure = false;                                         // "delete all" was pressed once
  bool forgotten = false;                                    // they were deleted here
  std::array<platform::FileState, platform::files> files{};  // as they were seen last
  platform::File asked = platform::File::picture;            // the file that was wanted last
  bool any_asked = false;
  int n_kept = -1;  // drawings on the device; -1: not known yet
};

// Gives a finished round's drawing to the device, if it has ink.
void keep_drawing(App& app, const game::Round& round);

// Before the keep screen is shown: finished rounds, and what their page is headed. Twelve are shown
// at most, the last ones.
void begin_keeping(App& app, std::vector<game::Round> rounds, std::string heading);

// Once a frame: what has become of the files.
void follow_keeping(App& app);

// The buttons of the keep screen ("keep-picture"), of which the settings have "keep-forget"; false:
// the id is none of them.
bool perform_keeping(App& app, std::string_view id);

// The sentence about the file that was asked for last; empty when there is nothing to say.
std::string_view keeping_status(const App& app);

// "12 drawings are kept on this device, and nowhere else."
std::string kept_sentence(const App& app);
