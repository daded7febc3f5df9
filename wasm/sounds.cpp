#include "wasm/sounds.h"

#include <SDL.h>

#include <algorithm>
#include <utility>

#include "wasm/platform/platform.h"

namespace {

constexpr int wanted_rate = 48000;  // a browser has its own
constexpr int buffer = 1024;        // samples: 21 ms
constexpr int rests_after = 24;     // quiet buffers: half a second

// SDL asks for the next samples; in a browser in the game's own thread, natively in another, under
// the device's lock.
void mix(void* user, Uint8* bytes, int n_bytes) {
  Sounds& sounds = *static_cast<Sounds*>(user);
  auto* out = reinterpret_cast<float*>(bytes);
  const std::size_t n = static_cast<std::size_t>(n_bytes) / sizeof(float);
  std::fill(out, out + n, 0.0f);
  bool quiet = true;
  for (Sounds::Playing& playing : sounds.playing) {
    const std::vector<float>& samples = sounds.samples[static_cast<std::size_t>(playing.sound)];
    const std::size_t left = samples.size() - std::min(playing.at, samples.size());
    for (std::size_t i = 0; i < std::min(n, left); ++i) out[i] += samples[playing.at + i];
    playing.at += std::min(n, left);
    quiet = quiet && left == 0;
  }
  if (!quiet) {
    for (std::size_t i = 0; i < n; ++i) out[i] = std::clamp(out[i], -1.0f, 1.0f);
  }
  sounds.quiet_buffers = quiet ? sounds.quiet_buffers + 1 : 0;
  if (sounds.quiet_buffers >= rests_after) sounds.platform->run_audio(false);
}

}  // namespace

bool open_sounds(Sounds& sounds, platform::Platform& platform) {
  if (sounds.device != 0) return true;
  if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0) return false;
  sounds.platform = &platform;
  SDL_AudioSpec wanted{};
  wanted.freq = wanted_rate;
  wanted.format = AUDIO_F32SYS;
  wanted.channels = 1;
  wanted.samples = buffer;
  wanted.callback = mix;
  wanted.userdata = &sounds;
  SDL_AudioSpec opened{};
  sounds.device =
      SDL_OpenAudioDevice(nullptr, 0, &wanted, &opened, SDL_AUDIO_ALLOW_FREQUENCY_CHANGE);
  if (sounds.device == 0) return false;
  sounds.rate = opened.freq;
  SDL_PauseAudioDevice(sounds.device, 0);
  return true;
}

void play_sound(Sounds& sounds, sound::Sound sound) {
  if (sounds.device == 0) return;
  const auto index = static_cast<std::size_t>(sound);
  std::vector<float> made;
  if (sounds.samples[index].empty()) made = sound::make_samples(sound, sounds.rate);
  const auto left = [&](const Sounds::Playing& playing) {
    const std::size_t n = sounds.samples[static_cast<std::size_t>(playing.sound)].size();
    return n - std::min(playing.at, n);
  };
  SDL_LockAudioDevice(sounds.device);
  if (!made.empty()) sounds.samples[index] = std::move(made);
  auto& slot = *std::min_element(
      sounds.playing.begin(), sounds.playing.end(),
      [&](const Sounds::Playing& a, const Sounds::Playing& b) { return left(a) < left(b); });
  slot = {.sound = static_cast<int>(sound), .at = 0};
  sounds.quiet_buffers = 0;
  SDL_UnlockAudioDevice(sounds.device);
  sounds.platform->run_audio(true);
}

void stop_sounds(Sounds& sounds) {
  if (sounds.device == 0) return;
  SDL_LockAudioDevice(sounds.device);
  for (Sounds::Playing& playing : sounds.playing) {
    playing.at = sounds.samples[static_cast<std::size_t>(playing.sound)].size();
  }
  SDL_UnlockAudioDevice(sounds.device);
  sounds.platform->run_audio(false);
}
