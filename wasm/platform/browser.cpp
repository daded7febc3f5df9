// The game's world when it runs in a page: platform.h by way of web/bridge.js.
//
// The page passes its bridge as `Module.page`; every EM_JS function below is one call of it.
// Closure renames unquoted names, so the bridge's are quoted. Nothing on either side keeps a view
// of the other's memory: the heap's views die when it grows.
#include <emscripten.h>

#include <cstring>

#include "wasm/platform/platform.h"

// clang-format off
EM_JS_DEPS(inkling_page, "$UTF8ToString");

// Bytes for C++, in two steps: ask says how many, take copies them.
EM_JS(std::size_t, page_ask, (const char* name), { return Module['page']['ask'](UTF8ToString(name)); });
EM_JS(void, page_take, (std::uint8_t* bytes), { HEAPU8.set(Module['page']['take'](), bytes); });

EM_JS(int, page_flag, (const char* name), { return Module['page']['flag'](UTF8ToString(name)) | 0; });

EM_JS(void, page_size, (float* sizes), { HEAPF32.set(Module['page']['size'](), sizes >> 2); });

EM_JS(void, page_tell, (const char* what, const char* text), {
  Module['page']['tell'](UTF8ToString(what), UTF8ToString(text));
});

// SDL's audio context. While SDL still waits for the browser to let it begin, it is left alone.
EM_JS(void, page_run_audio, (bool run), {
  const sdl = Module['SDL2'];
  if (!sdl || !sdl.audioContext || !sdl.audio || sdl.audio.silenceTimer !== undefined) return;
  sdl.audioContext[run ? 'resume' : 'suspend']().catch(() => {});
});

EM_JS(void, page_give, (const char* what, const std::uint8_t* bytes, std::size_t size), {
  Module['page']['give'](UTF8ToString(what), HEAPU8.slice(bytes, bytes + size));
});

EM_JS(void, page_classify, (int ticket, const std::uint8_t* picture, int side), {
  Module['page']['classify'](ticket, HEAPU8.slice(picture, picture + side * side), side);
});

// The newest answer not yet fetched: its length, 0 for none, and its ticket.
EM_JS(int, page_answer, (int* ticket), {
  const answer = Module['page']['answer']();
  HEAP32[ticket >> 2] = answer['ticket'];
  return answer['probabilities'].length;
});

EM_JS(void, page_take_answer, (float* probabilities), {
  HEAPF32.set(Module['page']['takeAnswer'](), probabilities >> 2);
});

EM_JS(void, page_mirror, (const char* screen, const char* word, int seconds, const float* paper, const char* pen,
                          const char* keys, const char* result, const char* heading, const char* text), {
  Module['page']['mirror'](UTF8ToString(screen), UTF8ToString(word), seconds,
                           Array.from(HEAPF32.subarray(paper >> 2, (paper >> 2) + 4)), UTF8ToString(pen),
                           UTF8ToString(keys), UTF8ToString(result), UTF8ToString(heading), UTF8ToString(text));
});

EM_JS(void, page_mirror_button, (const char* id, const char* label, bool enabled, const float* box, int percent,
                                 const char* value), {
  Module['page']['mirrorButton'](UTF8ToString(id), UTF8ToString(label), !!enabled,
                                 Array.from(HEAPF32.subarray(box >> 2, (box >> 2) + 4)), percent, UTF8ToString(value));
});

EM_JS(void, page_mirror_shown, (), { Module['page']['mirrorShown'](); });
// clang-format on

namespace platform {
namespace {

std::vector<std::uint8_t> bytes_of(const char* name) {
  std::vector<std::uint8_t> bytes(page_ask(name));
  page_take(bytes.data());
  return bytes;
}

std::string text_of(const char* name) {
  const auto bytes = bytes_of(name);
  return {bytes.begin(), bytes.end()};
}

// A list, one a line, each ended by a line break.
std::vector<std::string> lines_of(const char* name) {
  const std::string text = text_of(name);
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(text.substr(at, end - at));
  }
  return lines;
}

void give(const char* what, std::span<const std::uint8_t> bytes) {
  page_give(what, bytes.data(), bytes.size());
}

constexpr const char* file_names[files] = {"picture", "svg", "animation", "video", "all"};

class BrowserPlatform final : public Platform {
 public:
  Parameters parameters() override {
    Parameters parameters;
    const auto seed = bytes_of("seed");  // 8 bytes, little-endian
    if (seed.size() == sizeof parameters.seed)
      std::memcpy(&parameters.seed, seed.data(), seed.size());
    parameters.words = lines_of("words");
    parameters.modes = lines_of("modes");
    parameters.rounds = page_flag("rounds");
    parameters.seconds = page_flag("seconds");
    parameters.title = text_of("title");
    parameters.names_model = page_flag("names-model") != 0;
    return parameters;
  }

  Size size() override {
    float sizes[7] = {};
    page_size(sizes);
    return {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]};
  }

  bool reduced_motion() override { return page_flag("reduced-motion") != 0; }
  bool dark() override { return page_flag("dark") != 0; }
  bool more_contrast() override { return page_flag("more-contrast") != 0; }

  int language() override { return page_flag("language"); }
  void choose_language(std::string_view code) override {
    page_tell("choose-language", std::string(code).c_str());
  }

  std::string remembered(std::string_view name) override {
    return text_of(("remembered/" + std::string(name)).c_str());
  }
  void remember(std::string_view name, std::string_view text) override {
    page_tell(("remember/" + std::string(name)).c_str(), std::string(text).c_str());
  }

  std::vector<std::uint8_t> asset(std::string_view path) override {
    return bytes_of(std::string(path).c_str());
  }

  void want(std::string_view path) override { page_tell("want", std::string(path).c_str()); }

  Letter letter(char32_t c, float em) override {
    // See web/letter.js.
    const auto bytes =
        bytes_of(("letter/" + std::to_string(std::uint32_t{c}) + '/' + std::to_string(em)).c_str());
    std::int32_t head[5];  // advance in 1/64, left, top, width, height
    if (bytes.size() < sizeof head) return {};
    std::memcpy(head, bytes.data(), sizeof head);
    return {.advance = static_cast<float>(head[0]) / 64,
            .left = head[1],
            .top = head[2],
            .width = head[3],
            .height = head[4],
            .alpha = {bytes.begin() + sizeof head, bytes.end()}};
  }

  void warn(std::string_view line) override { page_tell("warn", std::string(line).c_str()); }

  ClassifierState classifier() override {
    return static_cast<ClassifierState>(page_flag("classifier"));
  }
  std::string classifier_error() override { return text_of("classifier-error"); }
  std::vector<std::uint8_t> model_bytes() override { return bytes_of("model"); }
  void retry_classifier() override { page_tell("retry-classifier", ""); }
  void reject_model(std::string_view error) override {
    page_tell("reject-model", std::string(error).c_str());
  }
  int models() override { return page_flag("models"); }
  bool busy() override { return page_flag("busy") != 0; }
  void classify(int ticket, std::span<const std::uint8_t> picture, int side) override {
    page_classify(ticket, picture.data(), side);
  }
  bool answer(int& ticket, std::vector<float>& probabilities) override {
    const int length = page_answer(&ticket);
    if (length == 0) return false;
    probabilities.resize(static_cast<std::size_t>(length));
    page_take_answer(probabilities.data());
    return true;
  }

  void choose_model() override { page_tell("choose-model", ""); }
  int offers() override { return page_flag("offers"); }
  std::string offer_name() override { return text_of("offer-name"); }
  std::vector<std::uint8_t> offered_model() override { return bytes_of("offer-model"); }
  void try_model(int classes, int side) override {
    page_tell("try-model", (std::to_string(classes) + ' ' + std::to_string(side)).c_str());
  }
  bool trying() override { return page_flag("trying") != 0; }
  std::string trial_error() override { return text_of("trial-error"); }
  bool fetches_engine() override { return page_flag("stock") != 0; }

  void keep(std::span<const std::uint8_t> keepsake) override { give("keep", keepsake); }
  int kept() override { return page_flag("kept"); }
  void forget_drawings() override { page_tell("forget-drawings", ""); }

  void lay_out(const Layout& layout) override {
    page_tell("layout", (layout.heading + '\n' + layout.title + '\n' + layout.tagline).c_str());
    for (const LaidOut& drawing : layout.drawings) {
      give("layout-drawing", drawing.keepsake);
      const char* recognized = drawing.recognized ? "\nyes" : "\nno";
      page_tell("layout-words", (drawing.word + '\n' + drawing.note + recognized).c_str());
    }
    page_tell("layout-chosen", std::to_string(layout.chosen).c_str());
  }
  FileState file_state(File file) override {
    const std::string name = file_names[static_cast<std::size_t>(file)];
    return static_cast<FileState>(page_flag(("file/" + name).c_str()));
  }
  void hand_over(File file) override {
    page_tell("hand-over", file_names[static_cast<std::size_t>(file)]);
  }

  std::string challenge() override { return text_of("challenge"); }
  void put_challenge_away() override { page_tell("put-challenge-away", ""); }
  void share_challenge(std::string_view challenge, std::string_view sentence) override {
    page_tell("share-challenge", (std::string(challenge) + '\n' + std::string(sentence)).c_str());
  }
  ShareState share_state() override { return static_cast<ShareState>(page_flag("shared")); }

  void set_mirror(const Mirror& mirror) override {
    page_mirror(mirror.screen.c_str(), mirror.word.c_str(), mirror.seconds, mirror.paper,
                mirror.pen.c_str(), mirror.keys.c_str(), mirror.result.c_str(),
                mirror.heading.c_str(), mirror.text.c_str());
    for (const MirrorButton& button : mirror.buttons) {
      page_mirror_button(button.id.c_str(), button.label.c_str(), button.enabled, button.box,
                         button.percent, button.value.c_str());
    }
    page_mirror_shown();
  }
  void say(std::string_view sentence) override { page_tell("say", std::string(sentence).c_str()); }
  void speak(std::string_view sentence, bool at_once) override {
    page_tell(at_once ? "speak-now" : "speak", std::string(sentence).c_str());
  }
  void hush() override { page_tell("hush", ""); }
  bool can_speak() override { return page_flag("can-speak") != 0; }
  void run_audio(bool run) override { page_run_audio(run); }
  void note(std::string_view sentence) override {
    page_tell("note", std::string(sentence).c_str());
  }
  void show_file(std::string_view path) override {
    page_tell("show-file", std::string(path).c_str());
  }
  std::string pressed() override { return text_of("pressed"); }
};

}  // namespace

std::unique_ptr<Platform> create() {
  return std::make_unique<BrowserPlatform>();
}

}  // namespace platform
