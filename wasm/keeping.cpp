#include "wasm/keeping.h"

#include <charconv>
#include <cstddef>
#include <utility>

#include "engine/ink/keepsake.h"
#include "wasm/app.h"
#include "wasm/sentences.h"

namespace {

constexpr std::size_t most_rounds = 12;
constexpr std::string_view file_ids[platform::files] = {"keep-picture", "keep-svg",
                                                        "keep-animation", "keep-video", "keep-all"};

std::vector<std::uint8_t> keepsake_of(const App& app, const game::Round& round) {
  const bool won = round.outcome == game::Outcome::won;
  auto bytes = ink::write_keepsake(app.card.classes[static_cast<std::size_t>(round.target)], won,
                                   won ? round.won_at : round.elapsed, round.drawing);
  return bytes ? std::move(*bytes) : std::vector<std::uint8_t>();
}

void lay_out(App& app) {
  const Keeping& keeping = app.keeping;
  platform::Layout layout = {.heading = keeping.heading,
                             .title = std::string(say(app, "title")),
                             .tagline = std::string(say(app, "title.tagline")),
                             .drawings = {},
                             .chosen = keeping.chosen};
  for (const game::Round& round : keeping.rounds) {
    const bool won = round.outcome == game::Outcome::won;
    layout.drawings.push_back({.keepsake = keepsake_of(app, round),
                               .word = std::string(word(app, round.target)),
                               .note = won ? in_seconds(app, round) : thoughts(app, round),
                               .recognized = won});
  }
  app.platform->lay_out(layout);
}

void choose(App& app, int chosen) {
  app.keeping.chosen = chosen;
  app.keeping.chosen_at = app.ui.now;
  app.keeping.any_asked = false;
  lay_out(app);
}

}  // namespace

void keep_drawing(App& app, const game::Round& round) {
  const std::vector<std::uint8_t> keepsake = keepsake_of(app, round);
  if (!keepsake.empty()) app.platform->keep(keepsake);
}

void begin_keeping(App& app, std::vector<game::Round> rounds, std::string heading) {
  if (rounds.size() > most_rounds)
    rounds.erase(rounds.begin(), rounds.end() - static_cast<std::ptrdiff_t>(most_rounds));
  app.keeping = {};
  app.keeping.rounds = std::move(rounds);
  app.keeping.heading = std::move(heading);
  choose(app, app.keeping.rounds.size() == 1 ? 0 : all_together);
  follow_keeping(app);
}

void follow_keeping(App& app) {
  if (app.screen != Screen::keep && app.screen != Screen::settings) return;
  Keeping& keeping = app.keeping;
  for (std::size_t i = 0; i < keeping.files.size(); ++i) {
    const platform::FileState state = app.platform->file_state(static_cast<platform::File>(i));
    if (state == keeping.files[i]) continue;
    keeping.files[i] = state;
    app.stale = true;
    if (keeping.any_asked && i == static_cast<std::size_t>(keeping.asked) &&
        state != platform::FileState::none)
      app.platform->say(keeping_status(app));
  }
  if (const int kept = app.platform->kept(); kept != keeping.n_kept) {
    keeping.n_kept = kept;
    app.stale = true;
    if (keeping.forgotten) app.platform->say(kept_sentence(app));
  }
}

bool perform_keeping(App& app, std::string_view id) {
  Keeping& keeping = app.keeping;
  for (std::size_t i = 0; i < platform::files; ++i) {
    if (id != file_ids[i]) continue;
    keeping.asked = static_cast<platform::File>(i);
    keeping.any_asked = true;
    const bool replay =
        keeping.asked == platform::File::animation || keeping.asked == platform::File::video;
    if (replay) keeping.chosen_at = app.ui.now;  // it is seen while it is made
    app.platform->hand_over(keeping.asked);
    return true;
  }
  if (id == "keep-forget") {
    keeping.sure = !keeping.sure;
    if (keeping.sure) {
      app.platform->say(say(app, "keep.forget.sure"));
      return true;
    }
    keeping.forgotten = true;
    keeping.any_asked = false;
    app.platform->forget_drawings();
    return true;
  }
  constexpr std::string_view choice = "keep-choose-";
  if (!id.starts_with(choice)) return false;
  const std::string_view which = id.substr(choice.size());
  int index = all_together;  // "page"
  std::from_chars(which.data(), which.data() + which.size(), index);
  choose(app, index);
  return true;
}

std::string_view keeping_status(const App& app) {
  const Keeping& keeping = app.keeping;
  if (keeping.sure) return say(app, "keep.forget.sure");
  if (!keeping.any_asked) return {};
  switch (keeping.files[static_cast<std::size_t>(keeping.asked)]) {
    case platform::FileState::none:
    case platform::FileState::unavailable:
      return {};
    case platform::FileState::making:
      return say(app, keeping.asked == platform::File::video ? "keep.filming" : "keep.making");
    case platform::FileState::ready:
      return say(app, "keep.ready");
    case platform::FileState::given:
      return say(app, "keep.given");
    case platform::FileState::failed:
      return say(app, "keep.failed");
  }
  return {};
}

std::string kept_sentence(const App& app) {
  const int n = app.keeping.n_kept;
  if (n < 0) return {};
  if (n == 0) return std::string(say(app, "keep.kept.none"));
  return text::format(app.texts, n == 1 ? "keep.kept.one" : "keep.kept.many",
                      {{"n", std::to_string(n)}});
}
