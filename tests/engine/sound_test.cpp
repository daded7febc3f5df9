// The sounds: as long and as loud as they are meant to be, without a click, the same on any device.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include "engine/sound/samples.h"

namespace {

struct Meant {
  sound::Sound sound;
  std::string name;
  double shortest, longest;  // seconds
  float peak;
};

const Meant all[] = {{sound::Sound::tick, "tick", 0.05, 0.15, 0.3f},
                     {sound::Sound::success, "success", 0.8, 1.3, 0.5f},
                     {sound::Sound::time_out, "time_out", 0.6, 1.2, 0.42f},
                     {sound::Sound::card, "card", 0.1, 0.3, 0.14f},
                     {sound::Sound::pen, "pen", 0.02, 0.1, 0.045f}};
static_assert(std::size(all) == sound::sounds);

float loudest(const std::vector<float>& samples, std::size_t from, std::size_t to) {
  float peak = 0;
  for (std::size_t i = from; i < to; ++i) peak = std::max(peak, std::abs(samples[i]));
  return peak;
}

// The strength of one tone in a stretch (Goertzel).
double strength(const std::vector<float>& samples, double hertz, int rate, double from, double to) {
  const double k = 2 * std::cos(6.283185307179586 * hertz / rate);
  double s1 = 0, s2 = 0;
  const auto end = std::min(samples.size(), static_cast<std::size_t>(to * rate));
  for (auto i = static_cast<std::size_t>(from * rate); i < end; ++i) {
    const double s = static_cast<double>(samples[i]) + k * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  return std::sqrt(std::max(0.0, s1 * s1 + s2 * s2 - k * s1 * s2)) / ((to - from) * rate);
}

}  // namespace

TEST_CASE("sounds are as long and as loud as they are meant, at any rate") {
  for (const Meant& meant : all) {
    for (const int rate : {8000, 22050, 44100, 48000, 96000}) {
      CAPTURE(meant.name);
      CAPTURE(rate);
      const std::vector<float> samples = sound::make_samples(meant.sound, rate);
      const double seconds = static_cast<double>(samples.size()) / rate;
      CHECK(seconds >= meant.shortest);
      CHECK(seconds <= meant.longest);
      CHECK(loudest(samples, 0, samples.size()) <= meant.peak + 1e-5f);
      CHECK(loudest(samples, 0, samples.size()) > meant.peak * 0.8f);
      CHECK(std::all_of(samples.begin(), samples.end(), [](float s) { return std::isfinite(s); }));
      CHECK(samples == sound::make_samples(meant.sound, rate));
    }
  }
}

TEST_CASE("sounds begin and end at zero, and nowhere jump") {
  for (const Meant& meant : all) {
    CAPTURE(meant.name);
    const int rate = 48000;
    const std::vector<float> samples = sound::make_samples(meant.sound, rate);
    CHECK(samples.front() == 0);
    CHECK(samples.back() == 0);
    // The last hundredth of a second is hardly heard: it was let ring, not cut.
    const std::size_t n = samples.size();
    CHECK(loudest(samples, n - rate / 100, n) < 0.03f * meant.peak);
    // In the first tenth of a millisecond it has hardly begun.
    CHECK(loudest(samples, 0, rate / 10000) < 0.2f * meant.peak);
    // A full swing from peak to peak takes more than three samples (6 kHz): a click would take one.
    for (std::size_t i = 1; i < n; ++i) {
      CHECK(std::abs(samples[i] - samples[i - 1]) < 0.75f * meant.peak);
    }
    // Nothing of the loudspeaker's travel is wasted on a direct current.
    double sum = 0;
    for (const float sample : samples) sum += sample;
    CHECK(std::abs(sum / static_cast<double>(n)) < 0.01 * meant.peak);
  }
}

TEST_CASE("success rises, time-out falls") {
  const int rate = 48000;
  const auto success = sound::make_samples(sound::Sound::success, rate);
  CHECK(strength(success, 392, rate, 0, 0.08) > 4 * strength(success, 1046.5, rate, 0, 0.08));
  CHECK(strength(success, 1046.5, rate, 0.3, 0.5) > 2 * strength(success, 392, rate, 0.3, 0.5));
  const auto time_out = sound::make_samples(sound::Sound::time_out, rate);
  CHECK(strength(time_out, 261.63, rate, 0, 0.2) > 4 * strength(time_out, 196, rate, 0, 0.2));
  CHECK(strength(time_out, 196, rate, 0.4, 0.7) > 1.5 * strength(time_out, 261.63, rate, 0.4, 0.7));
}

TEST_CASE("a rate that no device has is taken as the nearest that one may have") {
  CHECK(sound::make_samples(sound::Sound::tick, 0) ==
        sound::make_samples(sound::Sound::tick, 8000));
  CHECK(sound::make_samples(sound::Sound::tick, 1 << 30) ==
        sound::make_samples(sound::Sound::tick, 192000));
}
