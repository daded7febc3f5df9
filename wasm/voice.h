// What is heard: sentences in the device's own voice, and sounds. Each can be switched off in the
// settings; one tap mutes both. All three are remembered.
#pragma once

#include <string_view>

#include "engine/sound/samples.h"
#include "wasm/sounds.h"

struct App;

struct Voice {
  bool sounds_wanted = true;  // as chosen in the settings
  bool speech_wanted = true;
  bool muted = false;
  bool away = false;       // the tab is hidden: silence
  bool can_speak = false;  // the device has a voice for the language; as the settings saw it last
  Sounds sounds;
};

inline bool sounds_on(const Voice& voice) {
  return voice.sounds_wanted && !voice.muted;
}
inline bool speech_on(const Voice& voice) {
  return voice.speech_wanted && !voice.muted;
}
inline bool is_mute(const Voice& voice) {
  return !sounds_on(voice) && !speech_on(voice);
}

// The switches as they were left on this device.
void recall_voice(App& app);

// Mutes all, or brings back what was wanted before; all, when nothing was.
void toggle_mute(App& app);
// For the settings: voices may come late, and go.
void look_for_voices(App& app);

// A switch of the settings. What is silent because all was muted stays so.
void toggle_sounds(App& app);
void toggle_speech(App& app);

// Says a sentence in the mirror and aloud. at_once: it breaks off what is being said; otherwise it
// takes the place of what waits to be said.
enum class Urgency { in_turn, at_once };
void tell(App& app, std::string_view sentence, Urgency urgency = Urgency::in_turn);
// Aloud only: what the mirror says in other words.
void say_aloud(App& app, std::string_view sentence, Urgency urgency = Urgency::in_turn);

void play(App& app, sound::Sound sound);

// The player has touched the page: from now on a browser lets it be heard.
void allow_sounds(App& app);

// Breaks off the sentence that is being said.
void hush(App& app);

// The tab is hidden, and all is silent, or it is seen again.
void set_away(App& app, bool away);
