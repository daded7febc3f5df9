#include "wasm/offer.h"

#include <string_view>
#include <utility>

#include "engine/model/card.h"
#include "wasm/app.h"
#include "wasm/sentences.h"

namespace {

// "345 words, 550 kB".
std::string facts(const App& app) {
  const int n = app.network.n_outputs;
  return text::format(app.texts, n == 1 ? "offer.facts.one" : "offer.facts",
                      {{"n", std::to_string(n)},
                       {"kilobytes", std::to_string((app.network.n_bytes + 500) / 1000)}});
}

// The percents that our trainer writes ("top-1 73.0% top-3 88.9% top-5 92.7% on 27590
// drawings..."), in the player's language; what others write as it is.
std::string accuracy(const App& app) {
  const std::string& written = app.card.accuracy;
  const auto percents = [&](std::string_view name) {
    const std::size_t at = written.find(name);
    if (at == std::string::npos) return std::string();
    const std::size_t begin = at + name.size();
    const std::size_t end = written.find_first_not_of("0123456789.", begin);
    if (end == begin || end == std::string::npos || written[end] != '%') return std::string();
    return written.substr(begin, end - begin);
  };
  const std::string top1 = percents("top-1 "), top5 = percents("top-5 ");
  if (top1.empty() || top5.empty()) return written;
  return text::format(app.texts, "settings.model.accuracy", {{"top1", top1}, {"top5", top5}});
}

// Said aloud by the mirror; where its row is not on the screen, also shown over the game.
void announce(App& app, const std::string& sentence) {
  app.stale = true;
  app.platform->say(sentence);
  if (app.screen != Screen::settings) app.platform->note(sentence);
}

void refuse(App& app, std::string reason) {
  app.offer.state = Offer::State::refused;
  app.offer.reason = std::move(reason);
  announce(app, model_words(app));
}

// A failure of the trial, as a reason. Its keys are those of the model that the page brings along,
// whose sentences say that the game cannot guess.
std::string_view reason_of(std::string_view key) {
  if (key == "error.card") return "offer.card";
  if (key == "error.missing") return "offer.missing";
  if (key == "error.network") return "offer.network";
  if (key == "error.runtime") return "offer.runtime";
  return key == "offer.outputs" ? key : "offer.format";
}

void take_offer(App& app) {
  Offer& offer = app.offer;
  offer.file = app.platform->offer_name();
  offer.reason.clear();
  // Of the model that was named for this page the trial is over already.
  if (const std::string error = app.platform->trial_error(); !error.empty())
    return refuse(app, std::string(say(app, reason_of(error))));
  if (app.screen == Screen::title) show(app, Screen::settings);
  const std::vector<std::uint8_t> bytes = app.platform->offered_model();
  if (bytes.empty()) return refuse(app, std::string(say(app, "offer.unreadable")));
  const auto metadata = model::read_metadata(bytes);
  if (!metadata) return refuse(app, std::string(say(app, "offer.format")));
  const auto card = model::from_metadata(*metadata);
  if (!card) app.platform->warn(offer.file + ": " + card.error());
  if (!card || card->classes.empty()) return refuse(app, std::string(say(app, "offer.card")));
  offer.state = Offer::State::trying;
  app.stale = true;
  app.platform->try_model(static_cast<int>(card->classes.size()), card->raster.side);
}

}  // namespace

void follow_offer(App& app) {
  Offer& offer = app.offer;
  if (const int offers = app.platform->offers(); offers != offer.seen) {
    offer.seen = offers;
    take_offer(app);
  }
  const bool ended = offer.state == Offer::State::trying && !app.platform->trying();
  if (!ended && offer.state != Offer::State::playing) return;
  if (const std::string error = app.platform->trial_error(); !error.empty())
    return refuse(app, std::string(say(app, reason_of(error))));
  if (!ended) return;
  // The network has brought its card already (network.h).
  offer.state = Offer::State::playing;
  announce(app,
           text::format(app.texts, "offer.playing", {{"file", offer.file}, {"facts", facts(app)}}));
}

std::string model_words(const App& app) {
  const Offer& offer = app.offer;
  if (offer.state == Offer::State::trying)
    return text::format(app.texts,
                        app.network.fetches_engine ? "offer.trying.engine" : "offer.trying",
                        {{"file", offer.file}});
  if (offer.state == Offer::State::refused)
    return text::format(app.texts, "offer.refused",
                        {{"file", offer.file}, {"reason", offer.reason}});
  if (app.network.n_outputs == 0) return {};
  return text::format(
      app.texts, "settings.model.is",
      {{"name", app.card.name}, {"facts", facts(app)}, {"accuracy", accuracy(app)}});
}
