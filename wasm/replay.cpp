#include "wasm/replay.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/ink/examples.h"
#include "wasm/app.h"
#include "wasm/network.h"

namespace {

constexpr double breath = 0.4;  // seconds before the first ink
constexpr std::string_view examples_file = "examples.bin";

game::Insight fresh_insight(const App& app, const game::Round& round) {
  const auto target = static_cast<std::size_t>(round.target);
  const bool known = target < app.card.thresholds.size();
  return game::make_insight(round, known ? app.card.thresholds[target] : never_won);
}

void find_others(App& app) {
  Replay& replay = app.replay;
  replay.others.clear();
  if (replay.examples.empty()) return;
  const auto target = static_cast<std::size_t>(shown_round(app).target);
  auto others = ink::examples_of(app.card.classes[target], replay.examples);
  if (others) {
    replay.others = std::move(*others);
  } else {
    app.platform->warn(std::string(examples_file) + ": " + others.error());
    replay.examples.clear();
  }
}

// Asked for when first needed, and looked at once: a broken file is not asked for again.
void take_examples(App& app) {
  Replay& replay = app.replay;
  if (!replay.examples_wanted) app.platform->want(examples_file);
  replay.examples_wanted = true;
  if (replay.examples_seen) return;
  replay.examples = app.platform->asset(examples_file);
  if (replay.examples.empty()) return;
  replay.examples_seen = true;
  find_others(app);
  app.stale = true;
}

void begin(App& app) {
  Replay& replay = app.replay;
  const bool still = app.ui.reduced_motion;
  replay.at = still ? shown_insight(app).seconds : -breath;
  replay.playing = !still;
  replay.tinted = still;
  replay.bars.clear();
  find_others(app);
  forget_pictures(app);  // what is on its way is of another drawing
  app.stale = true;
}

void turn_to(App& app, std::size_t index) {
  app.replay.shown = index;
  show(app, Screen::replay);
  begin(app);
}

// The bars towards what was thought at this time; at once where nothing may move.
void update_bars(App& app, double dt) {
  Replay& replay = app.replay;
  const game::Step* step = game::step_at(shown_insight(app), replay.at);
  const auto soft =
      app.ui.reduced_motion ? 1.0f : 1 - std::exp(-static_cast<float>(std::max(dt, 0.0)) * 14);
  std::vector<Bar> wanted;
  if (step != nullptr) {
    for (const model::Score& guess : step->guesses) {
      if (guess.probability < 0.01f) continue;
      wanted.push_back({.label = guess.label,
                        .row = static_cast<float>(wanted.size()),
                        .share = guess.probability,
                        .presence = 1});
    }
  }
  replay.settling = false;
  const auto follow = [&](float& value, float goal) {
    if (std::abs(goal - value) < 0.004f) {
      value = goal;
      return;
    }
    value += (goal - value) * soft;
    replay.settling = true;
  };
  for (Bar& bar : replay.bars) {
    const auto found = std::find_if(wanted.begin(), wanted.end(),
                                    [&](const Bar& one) { return one.label == bar.label; });
    if (found == wanted.end()) {
      follow(bar.share, 0);
      follow(bar.presence, 0);
      continue;
    }
    follow(bar.row, found->row);
    follow(bar.share, found->share);
    follow(bar.presence, 1);
    wanted.erase(found);
  }
  std::erase_if(replay.bars, [](const Bar& bar) { return bar.presence <= 0; });
  for (Bar bar : wanted) {
    if (!app.ui.reduced_motion) bar.share = bar.presence = 0;
    replay.bars.push_back(bar);
    replay.settling = replay.settling || !app.ui.reduced_motion;
  }
  if (replay.settling) app.stale = true;
}

}  // namespace

const game::Round& shown_round(const App& app) {
  return app.replay.rounds[app.replay.shown];
}

const game::Insight& shown_insight(const App& app) {
  return app.replay.insights[app.replay.shown];
}

void open_replay(App& app, const std::vector<game::Round>& rounds, std::size_t index) {
  Replay& replay = app.replay;
  if (index >= rounds.size() || rounds[index].drawing.strokes.empty()) return;
  replay.rounds.clear();
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    if (i == index) replay.shown = replay.rounds.size();
    if (!rounds[i].drawing.strokes.empty()) replay.rounds.push_back(rounds[i]);
  }
  forget_insights(app);
  app.replay_from = app.screen;
  turn_to(app, replay.shown);
}

void forget_insights(App& app) {
  Replay& replay = app.replay;
  replay.insights.clear();
  for (const game::Round& round : replay.rounds) {
    replay.insights.push_back(fresh_insight(app, round));
  }
  app.network.asked = 0;
}

void update_replay(App& app, double dt) {
  Replay& replay = app.replay;
  take_examples(app);
  if (replay.playing) {
    replay.at += dt;
    const double end = shown_insight(app).seconds;
    if (replay.at >= end) {
      replay.at = end;
      replay.playing = false;
      replay.tinted = true;
      app.stale = true;
    }
  }
  update_bars(app, dt);
}

void perform_replay(App& app, std::string_view id) {
  Replay& replay = app.replay;
  if (id == "replay") {
    if (!replay.playing && replay.at >= shown_insight(app).seconds) {
      replay.at = 0;
      replay.tinted = false;
    }
    replay.playing = !replay.playing;
  } else if (id == "how") {
    replay.tinted = !replay.tinted;
    if (replay.tinted) {
      replay.playing = false;
      replay.at = shown_insight(app).seconds;
    }
  } else if (id == "previous" && replay.shown > 0) {
    turn_to(app, replay.shown - 1);
  } else if (id == "next" && replay.shown + 1 < replay.rounds.size()) {
    turn_to(app, replay.shown + 1);
  } else if (id == "back") {
    show(app, app.replay_from);
    forget_pictures(app);
    replay.rounds.clear();
    replay.insights.clear();
    replay.others.clear();
  }
}

void scrub(App& app, ui::Vec at) {
  Replay& replay = app.replay;
  if (app.screen != Screen::replay || replay.line.w <= 0) return;
  const float share = std::clamp((at.x - replay.line.x) / replay.line.w, 0.0f, 1.0f);
  replay.playing = false;
  replay.at = static_cast<double>(share) * shown_insight(app).seconds;
  app.stale = true;
}

void move_along(App& app, std::string_view id) {
  Replay& replay = app.replay;
  const game::Insight& insight = shown_insight(app);
  constexpr double hair = 1e-4;
  double to = replay.at;
  if (id == "timeline-start") to = 0;
  if (id == "timeline-end") to = insight.seconds;
  if (id == "timeline-forward") {
    to = insight.seconds;
    for (std::size_t i = insight.steps.size(); i-- > 0;) {
      if (insight.steps[i].at > replay.at + hair) to = insight.steps[i].at;
    }
  }
  if (id == "timeline-back") {
    to = 0;
    for (const game::Step& step : insight.steps) {
      if (step.at < replay.at - hair) to = step.at;
    }
  }
  replay.playing = false;
  replay.at = to;
  app.stale = true;
}
