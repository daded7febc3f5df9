/* In place of the parts of SDL that the game has no use for.

   Sound: conversion between rates, formats and channels (with filter tables of some 12 KB, packed), .wav files, and
   drivers that write to files or nowhere. The game makes its sounds at the device's own rate, as the floats that a
   browser plays; a device of another kind is not opened.

   Pictures: surfaces and what copies, converts and scales them, and renderers (130 KB of code). The game draws with
   WebGL, and its cursors are the browser's. */
#include "SDL_internal.h"
#include "SDL.h"
#include "audio/SDL_sysaudio.h"
#include "video/SDL_sysvideo.h"

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

/* Without these Emscripten would take its own, of SDL 1. */
SDL_Surface *SDL_CreateRGBSurface(Uint32 flags, int w, int h, int depth, Uint32 red, Uint32 green, Uint32 blue,
                                  Uint32 alpha) {
  (void)flags, (void)w, (void)h, (void)depth, (void)red, (void)green, (void)blue, (void)alpha;
  SDL_Unsupported();
  return NULL;
}
int SDL_LockSurface(SDL_Surface *surface) {
  (void)surface;
  return SDL_Unsupported();
}
void SDL_UnlockSurface(SDL_Surface *surface) { (void)surface; }

SDL_Surface *SDL_ConvertSurfaceFormat(SDL_Surface *surface, Uint32 format, Uint32 flags) {
  (void)surface, (void)format, (void)flags;
  SDL_Unsupported();
  return NULL;
}
void SDL_FreeSurface(SDL_Surface *surface) { (void)surface; }

SDL_Renderer *SDL_GetRenderer(SDL_Window *window) {
  (void)window;
  return NULL;
}
void SDL_DestroyRendererWithoutFreeing(SDL_Renderer *renderer) { (void)renderer; }

int Emscripten_CreateWindowFramebuffer(SDL_VideoDevice *device, SDL_Window *window, Uint32 *format, void **pixels,
                                       int *pitch) {
  (void)device, (void)window, (void)format, (void)pixels, (void)pitch;
  return SDL_Unsupported();
}
int Emscripten_UpdateWindowFramebuffer(SDL_VideoDevice *device, SDL_Window *window, const SDL_Rect *rects, int n) {
  (void)device, (void)window, (void)rects, (void)n;
  return SDL_Unsupported();
}
void Emscripten_DestroyWindowFramebuffer(SDL_VideoDevice *device, SDL_Window *window) { (void)device, (void)window; }
