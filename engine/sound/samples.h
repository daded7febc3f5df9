// The sounds of the game, made by arithmetic: a knock on wood, tines that are plucked, paper.
//
// Nothing is recorded and nothing is loaded: a sound is a pure function of its name and the rate of
// the device, mono, 32-bit float, some hundredths of a second to a second long. Each begins and
// ends at exactly zero, stays below 1, and is as loud as it is to be played.
#pragma once

#include <vector>

namespace sound {

enum class Sound {
  tick,      // each of the last seconds: a knock on a wooden block
  success,   // recognised: four plucked tines, rising
  time_out,  // two low wooden bars, falling
  card,      // a card is laid: a breath of paper
  pen        // the pen comes down: hardly there
};
inline constexpr int sounds = 5;

// rate: samples a second, 8,000 to 192,000; others count as the nearest of these.
std::vector<float> make_samples(Sound sound, int rate);

}  // namespace sound
