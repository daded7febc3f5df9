#include "wasm/voice.h"

#include "wasm/app.h"
#include "wasm/platform/platform.h"

namespace {

constexpr std::string_view off = "off";

void keep_voice(App& app) {
  const Voice& voice = app.voice;
  platform::Platform& platform = *app.platform;
  platform.remember("sounds", voice.sounds_wanted ? "" : off);
  platform.remember("speech", voice.speech_wanted ? "" : off);
  platform.remember("muted", voice.muted ? "on" : "");
  if (!speech_on(voice)) platform.hush();
  if (sounds_on(voice)) {
    open_sounds(app.voice.sounds, platform);
  } else {
    stop_sounds(app.voice.sounds);
  }
  app.stale = true;
}

// One of the two is switched by what is heard of it now.
void toggle(App& app, bool Voice::* wanted) {
  Voice& voice = app.voice;
  if (voice.muted) voice.sounds_wanted = voice.speech_wanted = voice.muted = false;
  voice.*wanted = !(voice.*wanted);
  keep_voice(app);
}

}  // namespace

void recall_voice(App& app) {
  app.voice.sounds_wanted = app.platform->remembered("sounds") != off;
  app.voice.speech_wanted = app.platform->remembered("speech") != off;
  app.voice.muted = app.platform->remembered("muted") == "on";
}

void toggle_mute(App& app) {
  Voice& voice = app.voice;
  voice.muted = !is_mute(voice);
  if (!voice.muted && is_mute(voice)) voice.sounds_wanted = voice.speech_wanted = true;
  keep_voice(app);
}

void look_for_voices(App& app) {
  const bool can = app.platform->can_speak();
  if (can != app.voice.can_speak) app.stale = true;
  app.voice.can_speak = can;
}

void toggle_sounds(App& app) {
  toggle(app, &Voice::sounds_wanted);
}

void toggle_speech(App& app) {
  toggle(app, &Voice::speech_wanted);
}

void tell(App& app, std::string_view sentence, Urgency urgency) {
  app.platform->say(sentence);
  say_aloud(app, sentence, urgency);
}

void say_aloud(App& app, std::string_view sentence, Urgency urgency) {
  if (!speech_on(app.voice) || app.voice.away) return;
  app.platform->speak(sentence, urgency == Urgency::at_once);
}

void play(App& app, sound::Sound sound) {
  if (sounds_on(app.voice) && !app.voice.away) play_sound(app.voice.sounds, sound);
}

void allow_sounds(App& app) {
  if (sounds_on(app.voice)) open_sounds(app.voice.sounds, *app.platform);
}

void hush(App& app) {
  app.platform->hush();
}

void set_away(App& app, bool away) {
  app.voice.away = away;
  if (!away) return;
  hush(app);
  stop_sounds(app.voice.sounds);
}
