// The sounds as they are played, through SDL: one device, opened when the player has touched the
// page (before that a browser keeps it silent), a few sounds at once, and rest while there is none.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "engine/sound/samples.h"

namespace platform {
class Platform;
}

// Must stay where it is while the device is open: SDL calls back with its address.
struct Sounds {
  struct Playing {
    int sound = 0;
    std::size_t at = std::size_t(-1);  // the next sample; past the end: it is over
  };

  platform::Platform* platform = nullptr;
  unsigned device = 0;                                    // of SDL; 0: not open
  int rate = 0;                                           // samples a second
  std::array<std::vector<float>, sound::sounds> samples;  // made when it is first played
  std::array<Playing, 4> playing;
  int quiet_buffers = 0;  // in a row, filled with nothing
};

// Opens the device; false: there is none, the game is silent. Does nothing when it is open.
bool open_sounds(Sounds& sounds, platform::Platform& platform);

// Begins a sound, over those that play; of too many the one that began first is cut off. Without a
// device nothing happens.
void play_sound(Sounds& sounds, sound::Sound sound);

// Silence at once, and rest.
void stop_sounds(Sounds& sounds);
