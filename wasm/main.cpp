// The game program, from top to bottom: init, frame, input, shutdown.
//
// Nothing is rendered while nothing moves. A frame is asked for by an event (SDL's filter below
// sees each as it comes) or by the platform (inkling_wake), and asks for the next one itself while
// something is under way.
#include <SDL.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#ifdef __EMSCRIPTEN__
#include <GLES3/gl3.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <unistd.h>
#else
#include <SDL_opengl.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "wasm/app.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/stage.h"

namespace {

constexpr double longest_step = 0.5;  // seconds; a debugger must not eat the clock
constexpr long long mouse_pointer = -1;

struct Program {
  App app;
  SDL_Window* window = nullptr;
  SDL_GLContext gl = nullptr;
  SDL_Cursor* arrow = nullptr;
  SDL_Cursor* hand = nullptr;
  int language = -1;  // whose letters are baked
  platform::Size size{};
  bool asked = false;   // a frame is on its way
  bool hidden = false;  // the tab is in the background: the round waits
  bool slept = false;   // it was there since the last update
  bool graphics_lost = false;
  bool unshown = false;  // the last picture lacked letters
  bool quit = false;
  int frames = 0;
  double before = 0;  // seconds, of the last update
};

Program program;

double seconds() {
  return static_cast<double>(SDL_GetPerformanceCounter()) /
         static_cast<double>(SDL_GetPerformanceFrequency());
}

void ask_for_frame();

// ---- init ----

// What a key is for the game; nothing: the page keeps it.
std::optional<Key> key_of(const SDL_Keysym& pressed) {
  const bool draw = program.app.screen == Screen::draw;
  const bool replay = program.app.screen == Screen::replay;
  const auto where = [](bool used, Key key) { return used ? std::optional(key) : std::nullopt; };
  switch (pressed.sym) {
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
    case SDLK_SPACE:
      return Key::main_action;
    case SDLK_ESCAPE:
      return Key::escape;
    case SDLK_m:
      return Key::mute;
    case SDLK_z:
      return where((pressed.mod & (KMOD_CTRL | KMOD_GUI)) != 0, Key::undo);
    case SDLK_LEFT:
      return where(draw || replay, Key::left);
    case SDLK_RIGHT:
      return where(draw || replay, Key::right);
    case SDLK_UP:
      return where(draw, Key::up);
    case SDLK_DOWN:
      return where(draw, Key::down);
    case SDLK_HOME:
      return where(replay, Key::home);
    case SDLK_END:
      return where(replay, Key::end);
    default:
      return std::nullopt;
  }
}

// Sees every event before it is queued. Keys that the game has no use for are refused, so that the
// page keeps them (Tab goes from button to button).
int filter(void*, SDL_Event* event) {
  const bool of_keys = event->type == SDL_KEYDOWN || event->type == SDL_KEYUP;
  if (of_keys && !key_of(event->key.keysym)) return 0;
  // A browser calls for no frames while the tab is hidden: this time is not the round's.
  if (event->type == SDL_WINDOWEVENT && (event->window.event == SDL_WINDOWEVENT_HIDDEN ||
                                         event->window.event == SDL_WINDOWEVENT_SHOWN)) {
    program.slept = true;
    // And silent at once: no frame will come to say so.
    set_away(program.app, event->window.event == SDL_WINDOWEVENT_HIDDEN);
  }
  ask_for_frame();
  return 1;
}

// The texture is to be made anew after it. false: the face is no font.
bool bake_letters() {
  App& app = program.app;
  program.size = screens::roomy(app.platform->size(), app.ui.scale);
  program.language = app.language;
  app.stale = true;
  return ui::bake(app.ui.type, program.size.pixel_ratio);
}

// The letters that came to the shelf while the frame was put together.
void upload_letters() {
  ui::Shelf& shelf = *program.app.ui.type.shelf;
  const int rows = shelf.fresh_to - shelf.fresh_from;
  if (rows <= 0) return;
  const ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(reinterpret_cast<std::uintptr_t>(atlas.TexID)));
  glTexSubImage2D(GL_TEXTURE_2D, 0, 0, shelf.fresh_from, atlas.TexWidth, rows, GL_RGBA,
                  GL_UNSIGNED_BYTE,
                  atlas.TexPixelsRGBA32 + static_cast<std::size_t>(shelf.fresh_from) *
                                              static_cast<std::size_t>(atlas.TexWidth));
  shelf.fresh_from = shelf.fresh_to = 0;
}

bool open_window() {
  SDL_SetMainReady();
  SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
  SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
#ifdef __EMSCRIPTEN__
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#canvas");
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_ASYNCIFY, "0");
#endif
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return false;
  SDL_EventState(SDL_TEXTINPUT, SDL_DISABLE);
#ifdef __EMSCRIPTEN__
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
#endif
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  SDL_GL_SetAttribute(SDL_GL_STENCIL_SIZE, 0);
  const platform::Size size = program.app.platform->size();
  const Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
  const std::string title(say(program.app, "title"));
  program.window =
      SDL_CreateWindow(title.c_str(), SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                       static_cast<int>(size.width), static_cast<int>(size.height), flags);
  if (program.window == nullptr) return false;
  program.gl = SDL_GL_CreateContext(program.window);
  return program.gl != nullptr;
}

#ifdef __EMSCRIPTEN__
// A lost context takes every GL object with it; the state of the game lives elsewhere. (The page
// shows a sentence when it doesn't come back.)
bool context_lost(int, const void*, void*) {
  program.graphics_lost = true;
  return true;
}

bool context_restored(int, const void*, void*) {
  program.graphics_lost = false;
  ImGui_ImplOpenGL3_DestroyDeviceObjects();
  ImGui_ImplOpenGL3_CreateDeviceObjects();
  program.app.stale = true;
  ask_for_frame();
  return true;
}
#endif

// 0: it runs. 1: no WebGL 2. 2: an asset is missing.
int init() {
  App& app = program.app;
  app.platform = platform::create();
  if (!start(app).empty()) return 2;
  if (!open_window()) return 1;
  ui::open_stage();
#ifdef __EMSCRIPTEN__
  if (!ImGui_ImplOpenGL3_Init("#version 300 es")) return 1;
  emscripten_set_webglcontextlost_callback("#canvas", nullptr, true, context_lost);
  emscripten_set_webglcontextrestored_callback("#canvas", nullptr, true, context_restored);
#else
  if (!ImGui_ImplOpenGL3_Init()) return 1;
#endif
  if (!bake_letters()) return 2;
  program.arrow = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
  program.hand = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_HAND);
  SDL_SetEventFilter(filter, nullptr);
#ifndef __EMSCRIPTEN__
  allow_sounds(app);
#endif
  program.before = seconds();
  app.ui.now = program.before;
  app.screen_since = app.ui.now;
  ask_for_frame();
  return 0;
}

// ---- frame ----

// Size, colours, motion: what the page may change at any time.
void look_around() {
  App& app = program.app;
  const platform::Size size = screens::roomy(app.platform->size(), app.ui.scale);
  const bool resized = size.width != program.size.width || size.height != program.size.height ||
                       size.inset_top != program.size.inset_top ||
                       size.inset_left != program.size.inset_left ||
                       size.inset_right != program.size.inset_right ||
                       size.inset_bottom != program.size.inset_bottom;
  if (size.pixel_ratio != program.size.pixel_ratio || app.language != program.language ||
      app.ui.type.shelf->full) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    if (bake_letters()) ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  if (resized) app.stale = true;
  program.size = size;
  const ui::Theme& theme = ui::theme(app.platform->dark(), app.platform->more_contrast());
  if (app.ui.theme != &theme) app.stale = true;
  app.ui.theme = &theme;
  app.ui.reduced_motion = app.platform->reduced_motion();
  app.ui.pixel_ratio = size.pixel_ratio;
}

void render() {
  App& app = program.app;
  int pixels_w = 0, pixels_h = 0;
  SDL_GL_GetDrawableSize(program.window, &pixels_w, &pixels_h);
  ImGui_ImplOpenGL3_NewFrame();  // the first one makes the letters' texture
  const ui::Vec size = {program.size.width, program.size.height};
  app.ui.draw = ui::empty_stage(size, program.size.pixel_ratio);
  app.ui.moving = false;
  app.stale = false;
  screens::present(app, screens::page_of(program.size));
  // Without all of its letters it is better not shown: they are baked before the next frame.
  program.unshown = app.ui.type.shelf->full && !program.unshown;
  if (program.unshown) {
    app.stale = true;
    return;
  }
  const ui::Color paper = app.ui.theme->paper;
  const auto channel = [&](int shift) { return static_cast<float>(paper >> shift & 0xff) / 255; };
  glViewport(0, 0, pixels_w, pixels_h);
  glClearColor(channel(0), channel(8), channel(16), 1);
  glClear(GL_COLOR_BUFFER_BIT);
  upload_letters();
  ImGui_ImplOpenGL3_RenderDrawData(ui::drawn(
      size, {static_cast<float>(pixels_w) / size.x, static_cast<float>(pixels_h) / size.y}));
  SDL_GL_SwapWindow(program.window);
  SDL_SetCursor(app.ui.hovered.empty() ? program.arrow : program.hand);
  ++program.frames;
}

void input();

void frame() {
  App& app = program.app;
  const double now = seconds();
  const double dt = program.slept ? 0 : std::clamp(now - program.before, 0.0, longest_step);
  program.slept = false;
  program.before = now;
  app.keys.held.slow = (SDL_GetModState() & KMOD_SHIFT) != 0;
  input();
  if (!program.hidden) app.ui.now += dt;
  update(app, program.hidden ? 0 : dt);
  look_around();
  const bool undrawn = app.ui.hot.empty();  // presses may wait for its buttons
  if ((app.stale || app.ui.moving) && !program.graphics_lost && !program.hidden) {
    render();
    reflect(app);
    // What was drawn may ask for the next look.
    if (app.stale || app.ui.moving || undrawn) ask_for_frame();
  }
}

// ---- input ----

// Mouse positions come in window units, which are CSS pixels; touches in shares of the window.
ui::Vec mouse_position(int x, int y) {
  return ui::Vec{static_cast<float>(x), static_cast<float>(y)} * (1 / program.app.ui.scale);
}

ui::Vec touch_position(const SDL_TouchFingerEvent& touch) {
  return {touch.x * program.size.width, touch.y * program.size.height};
}

void input() {
  App& app = program.app;
  SDL_Event event;
  while (SDL_PollEvent(&event) != 0) {
    switch (event.type) {
      case SDL_MOUSEBUTTONDOWN:
        if (event.button.which == SDL_TOUCH_MOUSEID || event.button.button != SDL_BUTTON_LEFT)
          break;
        SDL_CaptureMouse(SDL_TRUE);
        pointer_down(app, mouse_pointer, mouse_position(event.button.x, event.button.y));
        break;
      case SDL_MOUSEMOTION:
        if (event.motion.which == SDL_TOUCH_MOUSEID) break;
        // A button let go outside of the window is seen when the mouse comes back.
        if (app.pointer.down && app.pointer.id == mouse_pointer &&
            (event.motion.state & SDL_BUTTON_LMASK) == 0) {
          pointer_cancel(app);
        }
        pointer_move(app, mouse_pointer, mouse_position(event.motion.x, event.motion.y));
        break;
      case SDL_MOUSEBUTTONUP:
        if (event.button.which == SDL_TOUCH_MOUSEID || event.button.button != SDL_BUTTON_LEFT)
          break;
        SDL_CaptureMouse(SDL_FALSE);
        pointer_up(app, mouse_pointer, mouse_position(event.button.x, event.button.y));
        break;
      case SDL_FINGERDOWN:
        pointer_down(app, event.tfinger.fingerId, touch_position(event.tfinger));
        break;
      case SDL_FINGERMOTION:
        pointer_move(app, event.tfinger.fingerId, touch_position(event.tfinger));
        break;
      case SDL_FINGERUP:
        pointer_up(app, event.tfinger.fingerId, touch_position(event.tfinger));
        break;
      case SDL_KEYDOWN:
      case SDL_KEYUP: {
        // The screen may have changed since the filter saw it.
        const std::optional<Key> key = key_of(event.key.keysym);
        if (!key) break;
        if (event.type == SDL_KEYUP) {
          key_up(app, *key);
          break;
        }
        // Along the time line a held arrow goes on and on, and stroke after stroke is taken back.
        // (A Mac does not tell that Z was let go while Command was held.)
        const bool along = app.screen == Screen::replay && (key == Key::left || key == Key::right);
        if (event.key.repeat == 0 || along || key == Key::undo) key_down(app, *key);
        break;
      }
      case SDL_WINDOWEVENT:
        if (event.window.event == SDL_WINDOWEVENT_FOCUS_LOST ||
            event.window.event == SDL_WINDOWEVENT_HIDDEN) {
          pointer_cancel(app);
        }
        if (event.window.event == SDL_WINDOWEVENT_HIDDEN) program.hidden = true;
        if (event.window.event == SDL_WINDOWEVENT_SHOWN) program.hidden = false;
        if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED ||
            event.window.event == SDL_WINDOWEVENT_EXPOSED ||
            event.window.event == SDL_WINDOWEVENT_SHOWN) {
          app.stale = true;
        }
        break;
      case SDL_QUIT:
        program.quit = true;
        break;
      default:
        break;
    }
  }
}

#ifdef __EMSCRIPTEN__

// ---- the page's exports; the browser is the main loop, and never shuts down ----

bool on_animation_frame(double, void*) {
  program.asked = false;
  frame();
  return false;
}

void ask_for_frame() {
  if (program.asked) return;
  program.asked = true;
  emscripten_request_animation_frame(on_animation_frame, nullptr);
}

}  // namespace

extern "C" {

// SDL asks for this to look up GL functions by name, which the game never does. Emscripten's own
// would bring the glue of every GL function into the page.
void* eglGetProcAddress(const char*) {
  return nullptr;
}

// SDL first makes the canvas a pixel small, to see whether a style sheet gives it its size. It
// does, and each change of size has the context wait for the graphics process.
EMSCRIPTEN_RESULT inkling_size_canvas(const char* target, int w, int h) {
  int now_w = 0, now_h = 0;
  emscripten_get_canvas_element_size(target, &now_w, &now_h);
  if ((w == 1 && h == 1) || (w == now_w && h == now_h)) return EMSCRIPTEN_RESULT_SUCCESS;
  return emscripten_set_canvas_element_size(target, w, h);
}

// ImGui's renderer asks for all the state that it sets, to put it back after each frame. A browser
// answers once its graphics process has done all that came before: that long the game would wait,
// every frame. Nothing else draws here, so that it does not matter what is put back.
void inkling_state_of_gl(GLenum name, GLint* value) {
  switch (name) {
    case GL_VIEWPORT:
    case GL_SCISSOR_BOX:
      std::fill_n(value, 4, 0);
      break;
    case GL_ACTIVE_TEXTURE:
      *value = GL_TEXTURE0;
      break;
    case GL_BLEND_EQUATION_RGB:
    case GL_BLEND_EQUATION_ALPHA:
      *value = GL_FUNC_ADD;
      break;
    default:
      *value = 0;
  }
}

EMSCRIPTEN_KEEPALIVE int inkling_start() {
  return init();
}

EMSCRIPTEN_KEEPALIVE void inkling_wake() {
  if (program.window != nullptr) ask_for_frame();
}

EMSCRIPTEN_KEEPALIVE void inkling_touched() {
  if (program.window != nullptr) allow_sounds(program.app);
}

// One that is on its way stays: were it asked for again, each of two would go on asking.
EMSCRIPTEN_KEEPALIVE void inkling_now() {
  if (program.window != nullptr) frame();
}

EMSCRIPTEN_KEEPALIVE int inkling_frames() {
  return program.frames;
}

EMSCRIPTEN_KEEPALIVE int inkling_memory() {
  return static_cast<int>(reinterpret_cast<std::uintptr_t>(sbrk(0)));
}
}

#else

// ---- a native window: its own loop, and shutdown ----

void ask_for_frame() {
  program.asked = true;
}

void shutdown() {
  ImGui_ImplOpenGL3_Shutdown();
  ui::close_stage();
  SDL_FreeCursor(program.hand);
  SDL_FreeCursor(program.arrow);
  SDL_GL_DeleteContext(program.gl);
  SDL_DestroyWindow(program.window);
  SDL_Quit();
}

}  // namespace

int main(int, char**) {
  if (const int failure = init(); failure != 0) {
    const std::string_view key = failure == 1 ? "error.webgl" : "error.asset";
    SDL_Log("%s", std::string(say(program.app, key)).c_str());
    return 2;
  }
  SDL_GL_SetSwapInterval(1);
  while (!program.quit) {
    // The network answers without an event: a look 20 times a second, without a picture.
    if (!program.asked) SDL_WaitEventTimeout(nullptr, 50);
    program.asked = false;
    frame();
  }
  shutdown();
  return 0;
}

#endif
