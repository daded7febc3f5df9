/* In place of the parts of SDL's audio that the game has no use for: conversion between rates, formats and channels
   (with filter tables of some 12 KB, packed), .wav files, and drivers that write to files or nowhere. The game makes
   its sounds at the device's own rate, as the floats that a browser plays; a device of another kind is not opened. */
#include "SDL_internal.h"
#include "SDL.h"
#include "audio/SDL_sysaudio.h"

SDL_AudioStream *SDL_NewAudioStream(const SDL_AudioFormat from, const Uint8 from_channels, const int from_rate,
                                    const SDL_AudioFormat to, const Uint8 to_channels, const int to_rate) {
  (void)from, (void)from_channels, (void)from_rate, (void)to, (void)to_channels, (void)to_rate;
  SDL_Unsupported();
  return NULL;
}
int SDL_AudioStreamPut(SDL_AudioStream *stream, const void *bytes, int n) {
  (void)stream, (void)bytes, (void)n;
  return -1;
}
int SDL_AudioStreamGet(SDL_AudioStream *stream, void *bytes, int n) {
  (void)stream, (void)bytes, (void)n;
  return -1;
}
int SDL_AudioStreamAvailable(SDL_AudioStream *stream) {
  (void)stream;
  return 0;
}
void SDL_AudioStreamClear(SDL_AudioStream *stream) { (void)stream; }
void SDL_FreeAudioStream(SDL_AudioStream *stream) { (void)stream; }

AudioBootStrap DISKAUDIO_bootstrap = {"disk", "left out", NULL, SDL_TRUE};
AudioBootStrap DUMMYAUDIO_bootstrap = {"dummy", "left out", NULL, SDL_TRUE};
