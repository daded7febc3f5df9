#include "engine/sound/samples.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/random.h"

namespace sound {

namespace {

constexpr double turn = 6.283185307179586;

struct Track {
  std::vector<float> samples;
  double rate;
};

// One mode of something struck: a tone that dies away by e in `decay` seconds, from `at` seconds
// on. It rises within `rise` seconds, so that it begins without a click.
struct Tone {
  double at, hertz, decay, loudness;
  double rise = 0.0015;
};

void add(Track& track, const Tone& tone) {
  for (std::size_t i = static_cast<std::size_t>(tone.at * track.rate); i < track.samples.size();
       ++i) {
    const double t = static_cast<double>(i) / track.rate - tone.at;
    if (t < 0) continue;
    const double envelope = std::exp(-t / tone.decay) * std::min(t / tone.rise, 1.0);
    track.samples[i] +=
        static_cast<float>(tone.loudness * envelope * std::sin(turn * tone.hertz * t));
  }
}

// Noise without its highs, that swells and dies: `seconds` long, the loudest after a share `peak`.
// high: what is left out above, in hertz, by a filter of one pole; the lows go by another.
struct Rustle {
  double at, seconds, peak, low, high, loudness;
};

void add(Track& track, const Rustle& rustle) {
  Random random{static_cast<std::uint64_t>(rustle.high)};
  const auto first = static_cast<std::size_t>(rustle.at * track.rate);
  const auto n = static_cast<std::size_t>(rustle.seconds * track.rate);
  const double smooth = 1 - std::exp(-turn * rustle.high / track.rate);
  const double slow = 1 - std::exp(-turn * rustle.low / track.rate);
  double highs_off = 0, lows = 0;
  for (std::size_t i = 0; i < n && first + i < track.samples.size(); ++i) {
    highs_off += smooth * (random.uniform(-1, 1) - highs_off);
    lows += slow * (highs_off - lows);
    const double share = static_cast<double>(i) / static_cast<double>(n);
    const double side = share < rustle.peak ? share / rustle.peak : (1 - share) / (1 - rustle.peak);
    track.samples[first + i] +=
        static_cast<float>(rustle.loudness * side * side * (highs_off - lows));
  }
}

// The wooden block: its two strongest modes, and the stick.
void knock(Track& track, double at, double hertz, double loudness) {
  add(track, Tone{at, hertz, 0.016, loudness});
  add(track, Tone{at, hertz * 2.71, 0.007, loudness * 0.5});
  add(track, Rustle{at, 0.012, 0.1, 800, 5000, loudness * 0.9});
}

// A tine of a thumb piano. Its overtone lies far off, at 6.27 times the tone (a bar clamped at one
// end), and is gone at once; the box under it hums a little.
void pluck(Track& track, double at, double hertz, double loudness) {
  add(track, Tone{at, hertz, 0.24, loudness, 0.003});
  add(track, Tone{at, hertz * 2.01, 0.09, loudness * 0.22, 0.003});
  add(track, Tone{at, hertz * 6.27, 0.022, loudness * 0.16, 0.002});
  add(track, Tone{at, 190, 0.03, loudness * 0.3, 0.004});
}

// A bar of a marimba: the first overtone is tuned to four times the tone.
void bar(Track& track, double at, double hertz, double loudness) {
  add(track, Tone{at, hertz, 0.2, loudness, 0.004});
  add(track, Tone{at, hertz * 3.98, 0.05, loudness * 0.18, 0.003});
  add(track, Rustle{at, 0.02, 0.15, 200, 1600, loudness * 0.3});
}

// Scaled to `peak`; the last hundredths of a second lead to zero.
void finish(Track& track, float peak) {
  float loudest = 0;
  for (const float sample : track.samples) loudest = std::max(loudest, std::abs(sample));
  const auto n = track.samples.size();
  const auto fade = std::min(n, static_cast<std::size_t>(track.rate * 0.02));
  for (std::size_t i = 0; i < n; ++i) {
    float k = loudest > 0 ? peak / loudest : 0;
    if (n - 1 - i < fade) k *= static_cast<float>(n - 1 - i) / static_cast<float>(fade);
    track.samples[i] *= k;
  }
  track.samples.front() = 0;
}

Track silence(double seconds, int rate) {
  return {.samples = std::vector<float>(static_cast<std::size_t>(seconds * rate)),
          .rate = static_cast<double>(rate)};
}

}  // namespace

std::vector<float> make_samples(Sound sound, int rate) {
  rate = std::clamp(rate, 8000, 192000);
  Track track;
  switch (sound) {
    case Sound::tick:
      track = silence(0.11, rate);
      knock(track, 0, 870, 1);
      finish(track, 0.3f);
      break;
    case Sound::success: {
      track = silence(1.15, rate);
      // G, C, E and the C above, as the thumbs fall: not quite in time.
      const double notes[][3] = {
          {0, 392.0, 0.8}, {0.085, 523.25, 0.85}, {0.165, 659.26, 0.9}, {0.265, 1046.5, 1}};
      for (const auto& [at, hertz, loudness] : notes) pluck(track, at, hertz, loudness);
      finish(track, 0.5f);
      break;
    }
    case Sound::time_out:
      track = silence(0.95, rate);
      bar(track, 0, 261.63, 1);
      bar(track, 0.21, 196.0, 0.9);
      finish(track, 0.42f);
      break;
    case Sound::card:
      track = silence(0.2, rate);
      add(track, Rustle{0, 0.15, 0.55, 500, 2600, 1});
      add(track, Tone{0.085, 150, 0.018, 0.22, 0.006});  // it comes to rest on the table
      finish(track, 0.14f);
      break;
    case Sound::pen:
      track = silence(0.05, rate);
      add(track, Rustle{0, 0.035, 0.2, 300, 1500, 1});
      add(track, Tone{0, 310, 0.007, 0.25, 0.003});
      finish(track, 0.045f);
      break;
  }
  return std::move(track.samples);
}

}  // namespace sound
