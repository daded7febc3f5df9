// The game's world in a native window: files of the source tree, no page around it. For debugging
// and sanitizers. Where ONNX Runtime's C API was found (CMake says INKLING_ONNXRUNTIME) it
// classifies, at once and in this thread; elsewhere the game says that it can't guess.
//
// Environment: INKLING_SEED, INKLING_WORDS (a,b,c), INKLING_MODEL (path of an .onnx), INKLING_SIZE
// (390x844), INKLING_LANG (zh), INKLING_DARK, INKLING_CONTRAST (more of it), INKLING_STILL (reduced
// motion), INKLING_SAY (prints what is said, and each screen).
#include <SDL.h>
#ifdef INKLING_ONNXRUNTIME
#include <onnxruntime_c_api.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "engine/text/catalogue.h"
#include "wasm/platform/platform.h"

namespace platform {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::vector<std::uint8_t> file(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  if (std::FILE* in = std::fopen(path.c_str(), "rb")) {
    std::uint8_t block[1 << 14];
    while (const std::size_t n = std::fread(block, 1, sizeof block, in)) {
      bytes.insert(bytes.end(), block, block + n);
    }
    std::fclose(in);
  }
  return bytes;
}

#ifdef INKLING_ONNXRUNTIME

// One session of the model; every call either works or leaves its error in `error`.
class Network {
 public:
  explicit Network(const std::vector<std::uint8_t>& onnx) {
    if (!ok(api_->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "inkling", &environment_))) return;
    OrtSessionOptions* options = nullptr;
    if (!ok(api_->CreateSessionOptions(&options))) return;
    if (ok(api_->SetIntraOpNumThreads(options, 1))) {
      ok(api_->CreateSessionFromArray(environment_, onnx.data(), onnx.size(), options, &session_));
    }
    api_->ReleaseSessionOptions(options);
  }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network() {
    if (session_ != nullptr) api_->ReleaseSession(session_);
    if (environment_ != nullptr) api_->ReleaseEnv(environment_);
  }

  bool loaded() const { return session_ != nullptr; }

  // picture: side * side bytes; empty when the run failed.
  std::vector<float> run(std::span<const std::uint8_t> picture, int side) {
    std::vector<float> ink(picture.size());  // [1, 1, side, side]
    for (std::size_t i = 0; i < picture.size(); ++i) ink[i] = static_cast<float>(picture[i]) / 255;
    const std::int64_t shape[] = {1, 1, side, side};
    OrtMemoryInfo* memory = nullptr;
    OrtValue* input = nullptr;
    OrtValue* output = nullptr;
    OrtTensorTypeAndShapeInfo* info = nullptr;
    std::vector<float> probabilities;
    const char* const input_name = "ink";
    const char* const output_name = "probabilities";
    float* data = nullptr;
    std::size_t count = 0;
    if (ok(api_->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory)) &&
        ok(api_->CreateTensorWithDataAsOrtValue(memory, ink.data(), ink.size() * sizeof(float),
                                                shape, 4, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
                                                &input)) &&
        ok(api_->Run(session_, nullptr, &input_name, &input, 1, &output_name, 1, &output)) &&
        ok(api_->GetTensorTypeAndShape(output, &info)) &&
        ok(api_->GetTensorShapeElementCount(info, &count)) &&
        ok(api_->GetTensorMutableData(output, reinterpret_cast<void**>(&data)))) {
      probabilities.assign(data, data + count);
    }
    if (info != nullptr) api_->ReleaseTensorTypeAndShapeInfo(info);
    if (output != nullptr) api_->ReleaseValue(output);
    if (input != nullptr) api_->ReleaseValue(input);
    if (memory != nullptr) api_->ReleaseMemoryInfo(memory);
    return probabilities;
  }

 private:
  bool ok(OrtStatus* status) {
    if (status == nullptr) return true;
    SDL_Log("ONNX Runtime: %s", api_->GetErrorMessage(status));
    api_->ReleaseStatus(status);
    return false;
  }

  const OrtApi* api_ = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  OrtEnv* environment_ = nullptr;
  OrtSession* session_ = nullptr;
};

#else

class Network {
 public:
  explicit Network(const std::vector<std::uint8_t>&) {}
  bool loaded() const { return false; }
  std::vector<float> run(std::span<const std::uint8_t>, int) { return {}; }
};

#endif

class DesktopPlatform final : public Platform {
 public:
  DesktopPlatform() {
    const std::vector<std::uint8_t> list = file(INKLING_ROOT "/assets/texts/languages.tsv");
    auto languages =
        text::parse_languages({reinterpret_cast<const char*>(list.data()), list.size()});
    if (languages) languages_ = std::move(*languages);
    choose_language(variable("INKLING_LANG"));
    retry_classifier();
  }

  Parameters parameters() override {
    Parameters parameters;
    const std::string seed = variable("INKLING_SEED");
    parameters.seed =
        seed.empty() ? SDL_GetPerformanceCounter() : std::strtoull(seed.c_str(), nullptr, 10);
    std::string words = variable("INKLING_WORDS");
    if (!words.empty()) words += ',';
    for (std::size_t at = 0, end; (end = words.find(',', at)) != std::string::npos; at = end + 1) {
      parameters.words.push_back(words.substr(at, end - at));
    }
    return parameters;
  }

  Size size() override {
    SDL_Window* window = SDL_GL_GetCurrentWindow();
    int w = 390, h = 844, pixels = 390;
    if (window == nullptr) {
      std::sscanf(variable("INKLING_SIZE").c_str(), "%dx%d", &w, &h);
      pixels = w;
    } else {
      SDL_GetWindowSize(window, &w, &h);
      SDL_GL_GetDrawableSize(window, &pixels, nullptr);
    }
    const float width = static_cast<float>(w);
    return {width, static_cast<float>(h), static_cast<float>(pixels) / width, 0, 0, 0, 0};
  }

  bool reduced_motion() override { return !variable("INKLING_STILL").empty(); }
  bool dark() override { return !variable("INKLING_DARK").empty(); }
  bool more_contrast() override { return !variable("INKLING_CONTRAST").empty(); }

  int language() override { return language_; }
  void choose_language(std::string_view code) override {
    for (std::size_t i = 0; i < languages_.size(); ++i) {
      if (languages_[i].code == code) language_ = static_cast<int>(i);
    }
  }

  std::string remembered(std::string_view name) override { return memory_[std::string(name)]; }
  void remember(std::string_view name, std::string_view text) override {
    memory_[std::string(name)] = text;
  }

  std::vector<std::uint8_t> asset(std::string_view path) override {
    for (const text::Language& language : languages_) {  // whole faces, where the page has them cut
      const std::string its = "fonts/" + language.code;
      if (path == its + ".ttf" || path == its + "-title.ttf" || path == its + "-name.ttf")
        return file(INKLING_ROOT "/node_modules/" + language.face);
    }
    if (path == "fonts/latin.ttf") {
      return file(
          INKLING_ROOT
          "/node_modules/@expo-google-fonts/patrick-hand/400Regular/PatrickHand_400Regular.ttf");
    }
    return file(INKLING_ROOT "/assets/" + std::string(path));
  }

  void want(std::string_view) override {}  // every asset is there
  Letter letter(char32_t, float) override { return {}; }
  void warn(std::string_view line) override { SDL_Log("%s", std::string(line).c_str()); }

  ClassifierState classifier() override { return state_; }
  std::string classifier_error() override { return error_; }
  std::vector<std::uint8_t> model_bytes() override { return model_; }
  void retry_classifier() override {
    std::string path = variable("INKLING_MODEL");
    if (path.empty()) path = INKLING_ROOT "/assets/models/default.onnx";
    model_ = file(path);
    state_ = ClassifierState::failed;
#ifdef INKLING_ONNXRUNTIME
    error_ = model_.empty() ? "error.missing" : "error.format";
#else
    error_ = "error.desktop";
#endif
    if (model_.empty()) return;
    network_ = std::make_unique<Network>(model_);
    if (network_->loaded()) state_ = ClassifierState::ready;
  }
  void reject_model(std::string_view error) override {
    state_ = ClassifierState::failed;
    error_ = error;
  }
  int models() override { return 1; }
  bool busy() override { return !answer_.empty(); }
  void classify(int ticket, std::span<const std::uint8_t> picture, int side) override {
    ticket_ = ticket;
    answer_ = network_->run(picture, side);
  }
  bool answer(int& ticket, std::vector<float>& probabilities) override {
    if (answer_.empty()) return false;
    ticket = ticket_;
    probabilities = std::exchange(answer_, {});
    return true;
  }

  // A window's model comes from the environment.
  void choose_model() override {}
  int offers() override { return 0; }
  std::string offer_name() override { return {}; }
  std::vector<std::uint8_t> offered_model() override { return {}; }
  void try_model(int, int) override {}
  bool trying() override { return false; }
  std::string trial_error() override { return {}; }
  bool fetches_engine() override { return false; }

  void keep(std::span<const std::uint8_t>) override { ++kept_; }
  int kept() override { return kept_; }
  void forget_drawings() override { kept_ = 0; }
  // A window has no files: it shows the screen.
  void lay_out(const Layout&) override {}
  FileState file_state(File) override { return FileState::none; }
  void hand_over(File) override {}

  // A window has no address: the challenge comes from the environment, and is shared by telling it.
  std::string challenge() override {
    return challenge_away_ ? std::string() : variable("INKLING_DUEL");
  }
  void put_challenge_away() override {
    challenge_away_ = true;
    shared_ = ShareState::none;
  }
  void share_challenge(std::string_view challenge, std::string_view) override {
    tell("shares " + std::string(challenge));
    shared_ = ShareState::given;
  }
  ShareState share_state() override { return shared_; }

  void set_mirror(const Mirror& mirror) override {
    if (mirror.screen != screen_) tell(mirror.screen + ": " + mirror.heading);
    screen_ = mirror.screen;
  }
  void say(std::string_view sentence) override { tell("\"" + std::string(sentence) + "\""); }
  void speak(std::string_view sentence, bool) override { tell("aloud: " + std::string(sentence)); }
  void hush() override {}
  bool can_speak() override { return false; }
  void run_audio(bool) override {}  // SDL's own thread goes on, filling in silence
  void note(std::string_view sentence) override { tell("note: " + std::string(sentence)); }
  void show_file(std::string_view path) override { tell("shows " + std::string(path)); }
  std::string pressed() override { return {}; }

 private:
  static void tell(const std::string& line) {
    if (!variable("INKLING_SAY").empty()) std::puts(line.c_str());
  }

  std::vector<text::Language> languages_;
  int language_ = 0;
  ClassifierState state_ = ClassifierState::failed;
  std::string error_;
  std::vector<std::uint8_t> model_;
  std::unique_ptr<Network> network_;
  int ticket_ = 0;
  std::vector<float> answer_;
  std::string screen_;
  std::map<std::string, std::string> memory_;
  int kept_ = 0;
  bool challenge_away_ = false;
  ShareState shared_ = ShareState::none;
};

}  // namespace

std::unique_ptr<Platform> create() {
  return std::make_unique<DesktopPlatform>();
}

}  // namespace platform
