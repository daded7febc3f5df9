// What the game needs of the world around it: the one seam between the program and the browser, or
// a desktop window. browser.cpp is the page (the only file that says EM_JS), desktop.cpp a native
// window.
//
// The other way round, the page calls these exports of the program (wasm/main.cpp; there is no
// main(), the page starts it when the assets are there: `const game = await createInkling();
// game._inkling_start()`):
//   int  inkling_start()   opens the game on the element "#canvas" (position and size by CSS
//   alone).
//                          0: it runs. 1: no WebGL 2. 2: an asset is missing (texts,
//                          fonts/latin.ttf).
//   void inkling_wake()    asks for a frame. The program renders nothing while nothing moves, and
//   sees pointer,
//                          keys, focus, visibility and resize by itself; the page calls this for
//                          the rest: an answer of the network, its state, a mirror button pressed,
//                          dark, contrast or reduced motion changed.
//   void inkling_touched() the player touches the page, within the event: sound may begin.
//   void inkling_now()     has what was just done take effect in the event's own task, where it
//   must:
//                          the browser opens its share sheet only there.
//   int  inkling_frames()  frames rendered since the start, for tests.
//   int  inkling_memory()  the end of the memory that the program has ever used, in bytes, for
//   bench/web.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/platform/letter.h"

namespace platform {

enum class ClassifierState { loading, ready, failed };

// The page's parameters: of the player's address, and of a maker's config.json.
struct Parameters {
  std::uint64_t seed = 0;          // ?seed=N; else random
  std::vector<std::string> words;  // ?words=a,b,c; empty: all
  int rounds = 0;                  // of a game, seconds of each; 0: the game's own
  int seconds = 0;
  std::string title;               // of the game; empty: its own
  bool names_model = false;        // another model than the one that ships
  std::vector<std::string> modes;  // classic, streak, practice, pair, duel: those that are offered,
                                   // the first of them behind Play; empty: all
};

// One button of the screen, as the mirror shows it.
struct MirrorButton {
  std::string id;     // stable English name for tests and ids: "play", "got-it", "undo", ...
  std::string label;  // in the player's language
  bool enabled = true;
  // Of one that is a slider: where it stands, in hundredths, and in words; -1: it is a button. Its
  // keys come as presses of ID-back, ID-forward, ID-start and ID-end.
  int percent = -1;
  std::string value = {};
  float box[4] =
      {};  // x, y, w, h of what answers to the pointer, CSS pixels: where the page puts its own

  bool operator==(const MirrorButton&) const = default;
};

// The page's text mirror for screen readers, keyboards and tests; see web/mirror.js for its
// attributes.
struct Mirror {
  // title, card, draw, verdict, gallery, streak (its end), words, practice, settings, replay,
  // keep, duel (its end)
  std::string screen;
  std::string word;     // English key; empty when none
  int seconds = 0;      // left, whole
  float paper[4] = {};  // x, y, w, h of the drawing area, CSS pixels
  std::string pen;      // of the keys, while it is in use: "down,50,50,going"; see web/mirror.js
  std::string keys;     // how to draw with them; empty where there is nothing to draw
  std::string result;   // won, lost, skipped; in practice recognised; else empty
  std::string heading;  // what a screen reader reads first
  std::string text;     // the screen's sentence, e.g. of the verdict or the gallery
  std::vector<MirrorButton> buttons;

  bool operator==(const Mirror&) const = default;
};

// A finished drawing as it is shown in a file that is made of it.
struct LaidOut {
  std::vector<std::uint8_t> keepsake;  // see ink/keepsake.h; empty without ink
  std::string word;                    // in the player's language, as the note
  std::string note;                    // "in 6.2 seconds"
  bool recognized = false;

  bool operator==(const LaidOut&) const = default;
};

// What files are made of: a game's drawings, and the sentences on their common page.
struct Layout {
  std::string heading;  // "I got 5 of 6"
  std::string title;    // of the game
  std::string tagline;
  std::vector<LaidOut> drawings;  // at least one
  int chosen = -1;                // of the drawings, alone; -1: all on one page

  bool operator==(const Layout&) const = default;
};

// The files: a picture, lines to scale and edit, two kinds of replay, and all drawings that the
// device keeps, for training.
enum class File { picture, svg, animation, video, all };
inline constexpr int files = 5;
// ready: made, and waits for a tap; given: it has left the page.
enum class FileState { none, making, ready, given, failed, unavailable };

// What became of a link that was shared: it waits for the device's own sheet, or for nothing;
// it was given to another program, is in the clipboard, or stands in the page's address.
enum class ShareState { none, given, copied, addressed };

struct Size {
  float width, height;  // CSS pixels
  float pixel_ratio;
  float inset_top, inset_right, inset_bottom, inset_left;  // safe areas, CSS pixels
};

class Platform {
 public:
  virtual ~Platform() = default;

  virtual Parameters parameters() = 0;
  virtual Size size() = 0;
  virtual bool reduced_motion() = 0;
  virtual bool dark() = 0;
  virtual bool more_contrast() = 0;

  // The language of the player, as an index into texts/languages.tsv, whose files are there: its
  // texts, and where its script has a face of its own fonts/CODE-title.ttf, with the letters of the
  // title screen; fonts/CODE.ttf, with all of them, comes some time later. (fonts/CODE-name.ttf
  // where it is not the language, which writes its name.) Another one is there some time after it
  // was chosen; it is remembered.
  virtual int language() = 0;
  virtual void choose_language(std::string_view code) = 0;

  // What the device keeps from visit to visit, as short texts under names ("streak.best"); empty
  // when there is none. A device that keeps nothing keeps it for this visit.
  virtual std::string remembered(std::string_view name) = 0;
  virtual void remember(std::string_view name, std::string_view text) = 0;

  // A file of the page ("texts/en.tsv", "fonts/latin.ttf"), loaded before the game starts; empty if
  // missing.
  virtual std::vector<std::uint8_t> asset(std::string_view path) = 0;
  // Asks for a file that not every page has, and that is needed late: where there is one, it is an
  // asset some time after.
  virtual void want(std::string_view path) = 0;
  // A letter in a size, pixels of its em, by the device's own fonts, be it their box for what they
  // lack; without an advance where the platform has no fonts, and of a mark that stands over
  // others.
  virtual Letter letter(char32_t c, float em) = 0;
  // A line for the maker, where players don't look: the console.
  virtual void warn(std::string_view line) = 0;

  // The network. `classify` sends a picture (side * side bytes, see ink::raster) and returns at
  // once; the answer is fetched by `answer` with the ticket of the newest picture answered,
  // empty when there is none new. One picture at a time: not while busy().
  virtual ClassifierState classifier() = 0;
  virtual std::string classifier_error() = 0;  // key of the sentence in the texts, when failed
  virtual std::vector<std::uint8_t>
  model_bytes() = 0;  // the file, .ort or .onnx, once it is loaded; holds the card
  virtual void retry_classifier() = 0;
  // The game cannot use the model (it has no card), for the reason of this key: the one that ships
  // counts as failed, and comes in the place of any other, which counts as refused (below).
  virtual void reject_model(std::string_view error) = 0;
  virtual int models() = 0;  // that came in since the start: another one is another number
  virtual bool busy() = 0;
  virtual void classify(int ticket, std::span<const std::uint8_t> picture, int side) = 0;
  virtual bool answer(int& ticket, std::vector<float>& probabilities) = 0;

  // A model of the player's own. `choose_model` opens the device's choice of a file, in this very
  // call. Files that were offered so far, chosen or dropped on the page; of the last one its name,
  // and its bytes, empty where it could not be read or is too big. `try_model` has the network of
  // it loaded beside the present one, whose place it takes when it is ready; classes and side are
  // what its card says. Where it ends otherwise, then or while it plays, trial_error is the key of
  // the reason, and the page's own plays. A model that the address or config.json names, and that
  // does not run, counts as one more offer, without bytes, whose trial has ended so.
  virtual void choose_model() = 0;
  virtual int offers() = 0;
  virtual std::string offer_name() = 0;
  virtual std::vector<std::uint8_t> offered_model() = 0;
  virtual void try_model(int classes, int side) = 0;
  virtual bool trying() = 0;
  virtual std::string trial_error() = 0;
  // The model that is on its way, or tried, needs a bigger engine, which takes longer to come.
  virtual bool fetches_engine() = 0;

  // The drawings that the device keeps: takes a finished one (ink/keepsake.h), to which it adds the
  // time of day; how many there are, -1 while that is not known; deletes them all. Nothing here
  // fails: without storage, or room in it, they are kept for the visit.
  virtual void keep(std::span<const std::uint8_t> keepsake) = 0;
  virtual int kept() = 0;
  virtual void forget_drawings() = 0;

  // Files of drawings. `lay_out` says what they show and has the quick ones made; `hand_over` makes
  // a file that is not there and then shares or saves it, in this very call where it is ready.
  virtual void lay_out(const Layout& layout) = 0;
  virtual FileState file_state(File file) = 0;
  virtual void hand_over(File file) = 0;

  // A friend's game at the end of the page's address (game/challenge.h), as it stands there: it may
  // be anything, and may change. Longer ones are cut, but stay too long. Empty: there is none.
  virtual std::string challenge() = 0;
  // Takes it out of the address, unless another one has come since it was read. What became of a
  // shared one is over with that, too.
  virtual void put_challenge_away() = 0;
  // Shares a link with this challenge at its end, and a sentence, in this very call.
  virtual void share_challenge(std::string_view challenge, std::string_view sentence) = 0;
  virtual ShareState share_state() = 0;  // of the last one, once it is known

  virtual void set_mirror(const Mirror& mirror) = 0;
  virtual void say(std::string_view sentence) = 0;  // into the mirror's live region

  // The device's own voice, in the language of the texts. at_once: breaks off what is being said;
  // else the sentence waits, in place of one that waits already. Silent where can_speak() is false:
  // the device has no voice for the language, or none that stays on the device.
  virtual void speak(std::string_view sentence, bool at_once) = 0;
  virtual void hush() = 0;
  virtual bool can_speak() = 0;
  // Lets the audio device that SDL opened run, or rest: at rest it costs nothing.
  virtual void run_audio(bool run) = 0;

  // Shows a sentence over the game, until it is tapped.
  virtual void note(std::string_view sentence) = 0;

  // Shows a file of the page ("licences.txt") in a window of its own.
  virtual void show_file(std::string_view path) = 0;

  virtual std::string pressed() = 0;  // id of a mirror button pressed since; empty: none
};

// The platform of this build: the page, or the native window.
std::unique_ptr<Platform> create();

}  // namespace platform
