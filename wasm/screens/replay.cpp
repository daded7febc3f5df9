// The replay: the drawing as it came to be, what was thought at each moment, and which of its lines
// gave it away.
#include <cstddef>
#include <string>

#include "engine/ink/timeline.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

// Where everything stands. The corner across from the way back is kept free.
struct Stage {
  ui::Vec back;
  ui::Vec heading;
  float heading_room = 0;
  ui::Rect sheet;
  ui::Rect words;  // two sentences
  ui::Rect chart;  // the time line and what was thought along it
  ui::Rect guesses;
  int rows = 4;
  ui::Rect others;  // how others drew it; w = 0: no room
  int columns = 4;  // of it
  ui::Vec previous, next, how;
  float how_w = 150;
};

constexpr float small_button = 23;
constexpr float low_others = 58;  // of others' drawings in a row, what they are beside them

Stage portrait(ui::Rect a, bool others) {
  const float w = std::min(a.w - 40, 620.0f), x = a.centre().x - w / 2;
  const float top = a.y + 70, foot = a.bottom() - 80;
  const bool low = foot - top < 560;
  Stage stage;
  stage.rows = low ? 2 : 4;
  const float words_h = low ? 44 : 58, chart_h = low ? 78 : 96;
  const float guesses_h = static_cast<float>(stage.rows) * (low ? 26.0f : 29.0f);
  float rest = words_h + chart_h + guesses_h + 30;
  float others_h = low ? low_others : 94;
  if (!others || foot - top - rest - others_h < 180) others_h = 0;  // the drawing itself goes first
  if (others_h > 0) rest += others_h + 10;
  const float sheet_h = std::min(foot - top - rest, w * 1.05f);
  float y = top + (foot - top - rest - sheet_h) / 2;
  const auto take = [&](float h, float gap) {
    const ui::Rect box = {x, y, w, h};
    y += h + gap;
    return box;
  };
  stage.sheet = take(sheet_h, 8);
  stage.words = take(words_h, 6);
  stage.chart = take(chart_h, 8);
  stage.guesses = take(guesses_h, 10);
  if (others_h > 0) stage.others = take(others_h, 0);
  if (low) stage.columns = 3;
  const float corner = std::min(stage.sheet.y - 38, a.y + 38 + (stage.sheet.y - top) / 2);
  stage.back = {x + small_button, corner};
  stage.heading = {a.centre().x, corner};
  stage.heading_room = w - 136;
  const float controls = a.bottom() - 42;
  stage.previous = {x + small_button, controls};
  stage.next = {x + w - small_button, controls};
  stage.how = {a.centre().x, controls};
  stage.how_w = std::min(190.0f, w - 130);
  return stage;
}

Stage landscape(ui::Rect a, bool others) {
  Stage stage;
  const float column = 74;
  stage.back = {a.x + 40, a.y + 40};
  stage.previous = {a.x + 40, a.bottom() - 106};
  stage.next = {a.x + 40, a.bottom() - 42};
  const bool beside = others && a.w > 640;
  const float side = beside ? 92 : 0;
  const float room = a.w - column - side - 20;
  const float sheet_w = std::min(room * 0.48f, (a.h - 76) * 1.15f);
  stage.sheet = {a.x + column, a.y + 14, sheet_w, a.h - 80};
  stage.words = {stage.sheet.x, stage.sheet.bottom() + 6, sheet_w, 54};
  const float x = stage.sheet.right() + 22, w = room - sheet_w - 22;
  stage.heading = {x + w / 2, a.y + 34};
  stage.heading_room = w - 44;
  stage.chart = {x, a.y + 56, w, 92};
  stage.rows = a.h < 350 ? 3 : 4;
  stage.guesses = {x, a.y + 156, w, static_cast<float>(stage.rows) * 29};
  stage.how = {x + w / 2, a.bottom() - 42};
  stage.how_w = std::min(190.0f, w - 20);
  if (beside) {
    stage.others = {x + w + 18, a.y + 14, side - 18, a.h - 34};
    stage.columns = 1;
  }
  return stage;
}

Stage wide(ui::Rect a, bool others) {
  Stage stage;
  const float w = std::min(a.w - 120, 1120.0f), h = std::min(a.h - 50, 830.0f);
  const float x = a.centre().x - w / 2, y = a.centre().y - h / 2;
  const float left = w * 0.58f;
  stage.back = {x + small_button, y + 36};
  stage.heading = {x + left / 2, y + 36};
  stage.heading_room = left - 140;
  stage.sheet = {x, y + 78, left, h - 78 - 140};
  stage.chart = {x, stage.sheet.bottom() + 20, left, 118};
  const float rx = x + left + 44, rw = w - left - 44;
  stage.rows = 5;
  stage.words = {rx, stage.sheet.y, rw, 92};
  stage.guesses = {rx, stage.words.bottom() + 16, rw, 5 * 38};
  stage.previous = {rx + small_button, y + h - 40};
  stage.next = {rx + rw - small_button, y + h - 40};
  stage.how = {rx + rw / 2, y + h - 40};
  stage.how_w = std::min(200.0f, rw - 130);
  const float from = stage.guesses.bottom() + 26, to = stage.how.y - 56;
  if (others && to - from > 110) {
    stage.others = {rx, from, rw, std::min(to - from, 270.0f)};
    stage.columns = 3;
  } else {
    const float lower = std::max(0.0f, (to - from) * 0.3f);
    stage.words.y += lower;
    stage.guesses.y += lower;
  }
  return stage;
}

Stage stage_of(const Page& page, bool others) {
  if (page.form == Form::portrait) return portrait(page.area, others);
  return page.form == Form::landscape ? landscape(page.area, others) : wide(page.area, others);
}

void heading(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const game::Round& round = shown_round(app);
  const bool won = round.outcome == game::Outcome::won;
  const std::string_view name = word(app, round.target);
  const float em = ui::fit(ui.type, ui::size::head, name, stage.heading_room - 34);
  const float w = ui::width(ui.type, em, name);
  ui::text(ui, stage.heading - ui::Vec{15, 0}, em, ui.theme->ink, name, ui::Align::centre);
  ui::icon(ui, won ? ui::Icon::tick : ui::Icon::cross, stage.heading + ui::Vec{w / 2 + 8, 0},
           won ? 22.0f : 18.0f, 3.6f, won ? ui.theme->green : ui.theme->red);
}

// The ink as far as it has come; tinted, each line by what it gave, the telling one on the marker.
void drawing(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const Replay& replay = app.replay;
  const game::Insight& insight = shown_insight(app);
  const ui::Rect room = ui::inset(stage.sheet, 30, 26);
  const ui::View view = ui::view_in(insight.drawing, room, 1.6f);
  const ink::Drawing drawn = ink::drawn_until(insight.drawing, replay.at);
  const float width = stage.sheet.h < 260 ? 4.6f : ui::ink_width;
  const bool tinted = replay.tinted && !insight.steps.empty() && game::is_complete(insight);
  if (!tinted) return ui::draw_ink(ui, drawn, view, width, theme.ink);
  const ui::Color faint = theme.strong ? theme.line : theme.soft;
  const int telling = game::telling_stroke(insight), misled = game::misleading_stroke(insight);
  float largest = game::notable_weight;
  for (const game::Weight& weight : insight.weights) {
    largest = std::max(largest, game::weight_of(insight, weight.stroke));
  }
  const auto under = static_cast<std::size_t>(telling);
  if (telling >= 0 && under < drawn.strokes.size()) {
    ui::draw_stroke(ui, drawn.strokes[under], view, width * 3.4f, theme.marker);
  }
  for (std::size_t i = 0; i < drawn.strokes.size(); ++i) {
    const int stroke = static_cast<int>(i);
    const float share = std::clamp(game::weight_of(insight, stroke) / largest, 0.0f, 1.0f);
    ui::Color color = insight.weights.empty() ? theme.ink : ui::blend(faint, theme.ink, share);
    if (stroke == telling) color = theme.on_marker;
    if (stroke == misled) color = theme.red;
    ui::draw_stroke(ui, drawn.strokes[i], view, width, color);
  }
  // Not by its colour alone.
  const auto wrong = static_cast<std::size_t>(misled);
  if (misled >= 0 && wrong < drawn.strokes.size()) {
    const ink::Stroke& stroke = drawn.strokes[wrong];
    const ui::Vec end = ui::to_screen(view, stroke.back());
    ui::icon(ui, ui::Icon::cross, end + ui::Vec{0, -16}, 15, 3.2f, theme.red);
  }
}

// What is said under the sheet: how it ended, or, tinted, what the lines gave.
void words(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const ui::Rect box = stage.words;
  const game::Round& round = shown_round(app);
  const game::Insight& insight = shown_insight(app);
  const bool won = round.outcome == game::Outcome::won;
  const ui::Vec middle = box.centre();
  if (network_failed(app)) {
    ui::paragraph(ui, middle,
                  ui::set(ui.type, ui::size::note, say(app, "replay.unseen"), box.w, box.h),
                  theme.soft, ui::Align::centre);
    return;
  }
  if (!app.replay.tinted) {
    const std::string how = won ? in_seconds(app, round) : thoughts(app, round);
    ui::paragraph(ui, middle, ui::set(ui.type, ui::size::note, how, box.w, box.h),
                  won ? theme.green : theme.soft, ui::Align::centre);
    return;
  }
  const std::string told = told_by_strokes(app, insight);
  if (told.empty()) {
    ui::text(ui, middle, ui::size::note, theme.soft, say(app, "replay.looking"), ui::Align::centre);
    return;
  }
  std::string like = also_like(app, insight);
  const bool low = box.h < 60;  // room for a line each
  if (low && ui::width(ui.type, ui::size::small, like) > box.w) like = also_like(app, insight, 1);
  const float em = ui::fit(ui.type, box.h > 70 ? ui::size::head : 25, told, box.w - 24);
  ui::Paragraph below =
      ui::set(ui.type, ui::size::small, like, box.w, std::max(box.h - em * 1.2f, 22.0f));
  if (low) below = {.em = ui::fit(ui.type, ui::size::small, like, box.w), .lines = {like}};
  const float h =
      em * 1.3f +
      (like.empty() ? 0 : static_cast<float>(below.lines.size()) * below.em * ui::leading);
  const ui::Vec first = {middle.x, middle.y - h / 2 + em * 0.65f};
  const bool recognised = game::recognised_at(insight) != nullptr;
  const bool misled = !recognised && game::misleading_stroke(insight) >= 0;
  if (!misled && game::telling_stroke(insight) >= 0) {
    ui::highlighted(ui, first, {.em = em, .lines = {told}}, 77);
  } else {
    ui::text(ui, first, em, misled ? theme.red : theme.ink, told, ui::Align::centre);
  }
  if (like.empty()) return;
  ui::paragraph(ui, {middle.x, first.y + em * 0.65f + (h - em * 1.3f) / 2}, below, theme.soft,
                ui::Align::centre);
}

// The probability at the top of the chart: little ink is seldom sure of anything.
float highest(const game::Insight& insight) {
  float highest = 0.25f;
  for (const game::Step& step : insight.steps) {
    if (!step.guesses.empty()) highest = std::max(highest, step.guesses[0].probability);
  }
  return highest;
}

// The probability of a label along the time line, as far as it was heard.
ui::Path curve(const game::Insight& insight, ui::Rect room, int label) {
  const float top = highest(insight);
  ui::Path path;
  for (const game::Step& step : insight.steps) {
    if (step.guesses.empty()) break;
    float p = label == insight.target ? step.target : 0;
    for (const model::Score& guess : step.guesses) {
      if (guess.label == label) p = guess.probability;
    }
    const float share = insight.seconds > 0 ? static_cast<float>(step.at / insight.seconds) : 1;
    path.push_back({room.x + share * room.w, room.bottom() - p / top * room.h});
  }
  return path;
}

void draw_curve(ui::Ui& ui, const ui::Path& path, float until, float width, ui::Color color) {
  ui::ribbon(ui, ui::smoothed(path), width * 0.7f,
             ui::blend(ui.theme->paper, color, ui.theme->strong ? 0.6f : 0.3f));
  ui::Path part;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].x <= until) {
      part.push_back(path[i]);
    } else {
      if (i > 0) {
        part.push_back(
            ui::mix(path[i - 1], path[i], (until - path[i - 1].x) / (path[i].x - path[i - 1].x)));
      }
      break;
    }
  }
  ui::ribbon(ui, ui::smoothed(part), width, color);
}

void chart(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  Replay& replay = app.replay;
  const game::Insight& insight = shown_insight(app);
  const ui::Rect box = stage.chart;
  const float radius = 24, label = 20;
  const float y = box.bottom() - label - 10;
  const float top = box.y + 16;  // a name fits above the highest point
  const ui::Rect room = {box.x + radius * 2 + 22, top, box.w - radius * 2 - 36, y - top};
  replay.line = {room.x, y, room.w, 1};
  const bool at_end = replay.at >= insight.seconds;
  const float share = insight.seconds > 0
                          ? std::clamp(static_cast<float>(replay.at / insight.seconds), 0.0f, 1.0f)
                          : 1;
  const float here = room.x + share * room.w;
  ui::tap_area(ui, "timeline", {room.x - 14, box.y, room.w + 28, std::max(box.h, ui::least_target)},
               say(app, "replay.line"));

  const std::vector<int> like = game::likenesses(insight, 1);
  if (!like.empty()) {
    const ui::Path path = curve(insight, room, like[0]);
    draw_curve(ui, path, here, 2.4f, theme.soft);
    // Its name at its height.
    std::size_t peak = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i].y < path[peak].y) peak = i;
    }
    if (room.bottom() - path[peak].y > room.h * 0.25f) {
      const std::string_view name = word(app, like[0]);
      const float em = 16, half = ui::width(ui.type, em, name) / 2;
      const ui::Vec at = {std::clamp(path[peak].x, room.x + half, room.right() - half),
                          path[peak].y - 12};
      ui::text(ui, at, em, theme.soft, name, ui::Align::centre);
    }
  }
  draw_curve(ui, curve(insight, room, insight.target), here, 3.2f, theme.ink);

  if (const game::Step* moment = game::recognised_at(insight)) {
    const float at = insight.seconds > 0 ? static_cast<float>(moment->at / insight.seconds) : 1;
    const float x = room.x + at * room.w;
    ui::line(ui, {x, box.y}, {x, y + 8}, 6, theme.marker, 83);
    const std::string seconds =
        text::format(app.texts, "replay.seconds", {{"seconds", seconds_of(moment->played)}});
    const float half = ui::width(ui.type, ui::size::small, seconds) / 2;
    ui::text(ui, {std::clamp(x, room.x + half, box.right() - half), y + 10 + label / 2},
             ui::size::small, theme.ink, seconds, ui::Align::centre);
  }
  ui::line(ui, {room.x, y}, {room.right(), y}, 3, theme.line, 81);
  ui::line(ui, {room.x, y}, {room.right(), y}, 3.6f, theme.ink, 81, std::max(share, 0.001f));
  const bool lively = ui.held == "timeline" || ui.hovered == "timeline";
  const float size = lively ? 24.0f : 20.0f;
  const ui::Rect knob = ui::around({here, y}, size, size);
  ui::fill_outline(ui, knob, size / 2, lively ? theme.marker : theme.sheet, 82);
  ui::outline(ui, knob, size / 2, 2.4f, theme.ink, 82);

  ui::round_button(ui, "replay", {box.x + radius, y - 6}, radius,
                   replay.playing ? ui::Icon::pause : (at_end ? ui::Icon::undo : ui::Icon::play),
                   say(app, replay.playing ? "replay.pause" : "replay.play"), true);
}

// The guesses of the moment: each word with its bar, on the way to its place.
void guess_bars(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const ui::Rect box = stage.guesses;
  if (network_failed(app)) return;
  const float rows = static_cast<float>(stage.rows);
  const float step = box.h / rows;
  const float words = box.w * 0.40f, percents = 52;
  const ui::Rect room = {box.x + words + 6, box.y, box.w - words - percents - 8, step * 0.62f};
  for (const Bar& bar : app.replay.bars) {
    // Below the last row there is nothing: what goes there fades.
    const float alpha = bar.presence * std::clamp(rows - bar.row, 0.0f, 1.0f);
    if (alpha <= 0) continue;
    const float y = box.y + (bar.row + 0.5f) * step;
    const bool right = bar.label == shown_insight(app).target;
    const std::string_view name = word(app, bar.label);
    const float em =
        ui::fit(ui.type, step > 34 ? 25 : (step > 28 ? ui::size::note : 20), name, words);
    const ui::Group group = ui::begin_group(ui);
    ui::text(ui, {box.x + words, y}, em, theme.ink, name, ui::Align::right);
    ui::scribble(ui, {room.x, y - room.h / 2, room.w, room.h}, 1, right ? theme.marker : theme.line,
                 60 + bar.label, std::max(bar.share, 0.002f), 2);
    const std::string percent = std::to_string(static_cast<int>(bar.share * 100 + 0.5f)) + "%";
    ui::text(ui, {box.right(), y}, 18, theme.soft, percent, ui::Align::right);
    ui::end_group(ui, group, {.pivot = {box.x, y}, .offset = {}, .alpha = alpha});
  }
}

// Their caption stands above them, or, where there is one low row, to its left.
void others(App& app, const Stage& stage) {
  ui::Ui& ui = app.ui;
  const std::vector<ink::Drawing>& drawings = app.replay.others;
  const ui::Rect box = stage.others;
  app.replay.others_shown = 0;
  if (drawings.empty() || box.w <= 0) return;
  const bool upright = stage.columns == 1, low = box.h <= low_others;
  const float left = low ? 92 : 0;  // of the caption
  const ui::Paragraph caption =
      ui::set(ui.type, ui::size::small, say(app, "replay.others"), low ? left - 8 : box.w,
              low ? box.h : (upright ? 66.0f : 24.0f));
  const float caption_h = static_cast<float>(caption.lines.size()) * caption.em * ui::leading;
  ui::paragraph(ui,
                low ? ui::Vec{box.x + left / 2, box.centre().y}
                    : ui::Vec{box.centre().x, box.y + caption_h / 2},
                caption, ui.theme->soft, ui::Align::centre);
  const float gap = 10;
  const ui::Rect grid = low ? ui::Rect{box.x + left + 8, box.y, box.w - left - 8, box.h}
                            : ui::Rect{box.x, box.y + caption_h + 6, box.w, box.h - caption_h - 6};
  const auto columns = static_cast<float>(stage.columns);
  const float w = (grid.w - gap * (columns - 1)) / columns;
  const int rows =
      std::max(1, static_cast<int>((grid.h + gap) / (std::min(w, 118.0f) * 0.72f + gap)));
  const float h =
      std::min((grid.h - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows), w);
  const int count = std::min(static_cast<int>(drawings.size()), rows * stage.columns);
  for (int i = 0; i < count; ++i) {
    const int row = i / stage.columns, column = i % stage.columns;
    const ui::Rect cell = {grid.x + static_cast<float>(column) * (w + gap),
                           grid.y + static_cast<float>(row) * (h + gap), w, h};
    const ink::Drawing& one = drawings[static_cast<std::size_t>(i)];
    ui::sheet(ui, cell, 90 + i);
    ui::draw_ink(ui, one, ui::view_in(one, ui::inset(cell, 11, 9), 1), 2.2f, ui.theme->ink);
  }
  app.replay.others_shown = count;
}

}  // namespace

void replay(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const Stage stage = stage_of(page, !app.replay.others.empty());
  app.sheet = stage.sheet;
  if (app.replay.playing) ui.moving = true;
  ui::round_button(ui, "back", stage.back, small_button, ui::Icon::back, say(app, "replay.back"),
                   true);
  heading(app, stage);
  ui::sheet(ui, stage.sheet, 22);
  drawing(app, stage);
  words(app, stage);
  chart(app, stage);
  guess_bars(app, stage);
  others(app, stage);
  const std::size_t last = app.replay.rounds.size() - 1;
  ui::round_button(ui, "previous", stage.previous, small_button, ui::Icon::before,
                   say(app, "replay.previous"), app.replay.shown > 0);
  if (!network_failed(app)) {
    ui::main_button(ui, "how", ui::around(stage.how, stage.how_w, 52), ui::size::note,
                    say(app, app.replay.tinted ? "replay.plain" : "replay.how"));
  }
  ui::round_button(ui, "next", stage.next, small_button, ui::Icon::next, say(app, "replay.next"),
                   app.replay.shown < last);
}

}  // namespace screens
