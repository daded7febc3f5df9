// Keep it: which drawing, or all on one page; what it will look like; and the ways in which it can
// leave the page. Below them, apart, what the device keeps.
#include <cstddef>
#include <string>
#include <vector>

#include "engine/ink/timeline.h"
#include "wasm/screens/screens.h"
#include "wasm/sentences.h"
#include "wasm/ui/buttons.h"
#include "wasm/ui/motion.h"

namespace screens {

namespace {

constexpr float thumb_gap = 4;
constexpr float least_panel = 232;  // its links beside each other

struct Places {
  ui::Vec back, heading;
  float heading_room;
  ui::Rect room;    // of the preview
  ui::Rect thumbs;  // w or h is what there is, the other what they need
  bool upright;     // the thumbs stand below each other
  ui::Rect panel;   // of the buttons
  bool low;         // which stand closer together
};

// The picture as the files show it (web/keep/scene.js), in its own measure: 1024 x 1024 for one
// drawing, 1200 x 1500 for the page.
struct Picture {
  ui::Rect box;
  float k;  // CSS pixels to one of the picture

  ui::Vec at(float x, float y) const { return {box.x + x * k, box.y + y * k}; }
  ui::Rect rect(float x, float y, float w, float h) const {
    return {box.x + x * k, box.y + y * k, w * k, h * k};
  }
};

ui::Rect fitted(ui::Rect room, float aspect) {  // aspect: height over width
  const float w = std::min(room.w, room.h / aspect);
  return ui::around(room.centre(), w, w * aspect);
}

void bare_sheet(ui::Ui& ui, ui::Rect box, int seed) {
  ui::fill_outline(ui, box, 7, ui.theme->sheet, seed);
  ui::outline(ui, box, 7, 1.3f, ui.theme->line, seed);
}

// It draws itself when it was chosen.
void ink(Keeping& keeping, ui::Ui& ui, const game::Round& round, ui::Rect room, float most,
         float width) {
  if (round.drawing.strokes.empty()) return;
  const float share = ui::ease_in_out(ui::progress(ui, keeping.chosen_at, 1.4f, 0.25f));
  const ui::View view = ui::view_in(round.drawing, room, most);
  if (share >= 1) return ui::draw_ink(ui, round.drawing, view, width, ui.theme->ink);
  const ink::Drawing timed = ink::retimed(round.drawing);
  ui::draw_ink(ui, ink::drawn_until(timed, share * ink::duration(timed)), view, width,
               ui.theme->ink);
}

void one(App& app, const Picture& picture, const game::Round& round) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  bare_sheet(ui, picture.rect(54, 50, 916, 780), 61);
  ink(app.keeping, ui, round, picture.rect(164, 146, 696, 588), 4 * picture.k, 15 * picture.k);
  if (round.outcome == game::Outcome::won)
    ui::icon(ui, ui::Icon::tick, picture.at(908, 116), 58 * picture.k, 9 * picture.k, theme.green);
  const std::string_view name = word(app, round.target);
  const std::string_view title = say(app, "title");
  const float small = std::max(34 * picture.k, 11.0f);
  const float beside = ui::width(ui.type, small, title);
  ui::text(ui, picture.at(970, 964), small, theme.soft, title, ui::Align::right);
  const float room = std::max(8.0f, picture.box.w * 0.79f - 2 * beside);
  const float em = ui::fit(ui.type, 72 * picture.k, name, room);
  ui::highlighted(ui, picture.at(512, 924), {.em = em, .lines = {std::string(name)}}, 40);
}

void together(App& app, const Picture& picture) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const Keeping& keeping = app.keeping;
  const float heading = ui::fit(ui.type, 112 * picture.k, keeping.heading, 1040 * picture.k);
  ui::text(ui, picture.at(600, 112), heading, theme.ink, keeping.heading, ui::Align::centre);
  const int n = static_cast<int>(keeping.rounds.size());
  const int columns = n <= 6 ? 2 : 3;
  const int rows = std::max(1, (n + columns - 1) / columns);
  const float gap = 30;
  const float w = (1068 - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float h = (1146 - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  const float foot = std::min(124.0f, h * 0.34f);
  for (int i = 0; i < n; ++i) {
    const game::Round& round = keeping.rounds[static_cast<std::size_t>(i)];
    const bool won = round.outcome == game::Outcome::won;
    const int row = i / columns;
    const float x = 66 + static_cast<float>(i % columns) * (w + gap);
    const float y = 204 + static_cast<float>(row) * (h + gap);
    bare_sheet(ui, picture.rect(x, y, w, h), 70 + i);
    ink(app.keeping, ui, round, picture.rect(x + 84, y + 34, w - 168, h - foot - 46), 3 * picture.k,
        std::max(9 * picture.k, 1.6f));
    ui::icon(ui, won ? ui::Icon::tick : ui::Icon::cross, picture.at(x + w - 46, y + 50),
             (won ? 48 : 38) * picture.k, 8 * picture.k, won ? theme.green : theme.red);
    const std::string_view name = word(app, round.target);
    const float em = ui::fit(ui.type, 52 * picture.k, name, (w - 44) * picture.k);
    ui::text(ui, picture.at(x + w / 2, y + h - foot * 0.5f), em, won ? theme.green : theme.red,
             name, ui::Align::centre);
  }
  ui::highlighted(ui, picture.at(600, 1426),
                  {.em = 58 * picture.k, .lines = {std::string(say(app, "title"))}}, 5);
}

void preview(App& app, ui::Rect room) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const bool alone = app.keeping.chosen != all_together;
  const ui::Rect box = fitted(room, alone ? 1.0f : 1.25f);
  const Picture picture = {.box = box, .k = box.w / (alone ? 1024 : 1200)};
  const float laid = ui::ease_out(ui::progress(ui, app.keeping.chosen_at, 0.3f));
  const ui::Group group = ui::begin_group(ui);
  ui::fill_outline(ui, {box.x + 4, box.y + 6, box.w, box.h}, 9, theme.shadow, 60);
  ui::fill_outline(ui, box, 9, theme.paper, 60);
  ui::outline(ui, box, 9, 1.8f, theme.soft, 60);
  if (alone) {
    one(app, picture, app.keeping.rounds[static_cast<std::size_t>(app.keeping.chosen)]);
  } else {
    together(app, picture);
  }
  ui::end_group(ui, group,
                {.pivot = box.centre(),
                 .offset = {},
                 .scale = ui::mix(1.05f, 1, laid),
                 .angle = 0.03f * (1 - laid),
                 .alpha = std::min(1.0f, laid * 2)});
}

// The rounds that can be chosen; first the page of them all, where there are more.
std::vector<int> choices(const Keeping& keeping) {
  std::vector<int> found;
  if (keeping.rounds.size() < 2) return found;
  found.push_back(all_together);
  for (std::size_t i = 0; i < keeping.rounds.size(); ++i) {
    if (!keeping.rounds[i].drawing.strokes.empty()) found.push_back(static_cast<int>(i));
  }
  return found;
}

struct Grid {
  int columns, rows;
  float cell;
};

// Of n thumbs, as few lines as there is room for in `length`.
Grid grid_of(int n, float length) {
  const int most =
      std::max(1, static_cast<int>((length + thumb_gap) / (ui::least_target + thumb_gap)));
  const int columns = std::min(n, most);
  if (columns == 0) return {0, 0, 0};
  const float cell = std::min(
      54.0f, (length - thumb_gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  return {columns, (n + columns - 1) / columns, cell};
}

float across(const Grid& grid) {
  return static_cast<float>(grid.rows) * (grid.cell + thumb_gap) - thumb_gap;
}

void thumb(App& app, ui::Rect box, int choice) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const bool chosen = app.keeping.chosen == choice;
  const bool whole = choice == all_together;
  const std::string id = "keep-choose-" + (whole ? "page" : std::to_string(choice));
  const bool lively = ui.hovered == id || ui.held == id;
  const std::string_view label =
      whole ? say(app, "keep.page")
            : word(app, app.keeping.rounds[static_cast<std::size_t>(choice)].target);
  const ui::Rect seen = ui::inset(box, 1.5f, 1.5f);
  const int seed = 80 + choice;
  ui::fill_outline(ui, seen, 8, theme.sheet, seed);
  if (chosen) ui::outline(ui, seen, 8, 5.5f, theme.marker, seed);
  ui::outline(ui, seen, 8, chosen || lively ? 2.2f : 1.4f,
              chosen || lively ? theme.ink : theme.line, seed);
  if (whole) {
    for (int i = 0; i < 6; ++i) {
      const int row = i / 2;
      const ui::Vec at = {static_cast<float>(i % 2) - 0.5f, static_cast<float>(row) - 1};
      const ui::Rect leaf = ui::around(seen.centre() + ui::Vec{at.x * 14, at.y * 11}, 10, 7.5f);
      ui::outline(ui, leaf, 2, 1.6f, theme.ink, 90 + i);
    }
  } else {
    const ink::Drawing& drawing = app.keeping.rounds[static_cast<std::size_t>(choice)].drawing;
    const ui::Rect room = ui::inset(seen, 8, 8);
    ui::draw_ink(ui, drawing, ui::view_in(drawing, room, 0.3f), 1.7f, theme.ink);
  }
  ui::tap_area(ui, id, box, label);
}

void thumbs(App& app, ui::Rect area, bool upright) {
  const std::vector<int> all = choices(app.keeping);
  const int n = static_cast<int>(all.size());
  const Grid grid = grid_of(n, upright ? area.h : area.w);
  if (n == 0) return;
  const float step = grid.cell + thumb_gap;
  const float along = static_cast<float>(grid.columns) * step - thumb_gap;
  const ui::Vec first = upright ? ui::Vec{area.x, area.centre().y - along / 2}
                                : ui::Vec{area.centre().x - along / 2, area.y};
  for (int i = 0; i < n; ++i) {
    const float a = static_cast<float>(i % grid.columns) * step;
    const int line = i / grid.columns;
    const float b = static_cast<float>(line) * step;
    const ui::Vec at = first + (upright ? ui::Vec{b, a} : ui::Vec{a, b});
    thumb(app, {at.x, at.y, grid.cell, grid.cell}, all[static_cast<std::size_t>(i)]);
  }
}

// The ways out, and under a line what stays.
void panel(App& app, ui::Rect box, bool low) {
  ui::Ui& ui = app.ui;
  const ui::Theme& theme = *ui.theme;
  const Keeping& keeping = app.keeping;
  const auto state = [&](platform::File file) {
    return keeping.files[static_cast<std::size_t>(file)];
  };
  const auto idle = [&](platform::File file) {
    return state(file) != platform::FileState::making &&
           state(file) != platform::FileState::unavailable;
  };
  const float middle = box.centre().x;
  float y = box.y;
  const float main_h = low ? 54 : 60;
  const float marker = ui::ease_in_out(ui::progress(ui, app.screen_since, 0.4f, 0.3f));
  ui::main_button(ui, "keep-picture",
                  {middle - std::min(box.w, 300.0f) / 2, y, std::min(box.w, 300.0f), main_h},
                  ui::size::text, say(app, "keep.picture"), marker);
  y += main_h + (low ? 10 : 14);

  struct Way {
    platform::File file;
    std::string_view id, label;
  };
  std::vector<Way> ways = {{platform::File::animation, "keep-animation", "keep.animation"},
                           {platform::File::video, "keep-video", "keep.video"}};
  if (keeping.chosen != all_together) ways.push_back({platform::File::svg, "keep-svg", "keep.svg"});
  const float gap = 10;
  const float n = static_cast<float>(ways.size());
  const float row = std::min(box.w, 380.0f);
  const float w = (row - gap * (n - 1)) / n;
  float x = middle - row / 2;
  for (const Way& way : ways) {
    ui::plain_button(ui, way.id, {x, y, w, 50}, ui::size::note, say(app, way.label), {},
                     idle(way.file));
    x += w + gap;
  }
  y += 50 + (low ? 22 : 30);

  if (const std::string_view status = keeping_status(app); !status.empty()) {
    const float em = ui::fit(ui.type, ui::size::note, status, box.w);
    ui::text(ui, {middle, y}, em, keeping.sure ? theme.red : theme.ink, status, ui::Align::centre);
  }
  y = box.bottom() - (low ? 52 : 66);
  ui::line(ui, {middle - 30, y - 24}, {middle + 30, y - 24}, 1.6f, theme.line, 95);
  const std::string kept = kept_sentence(app);
  ui::text(ui, {middle, y}, ui::fit(ui.type, ui::size::small, kept, box.w), theme.soft, kept,
           ui::Align::centre);
  if (keeping.n_kept <= 0) return;
  y += low ? 34 : 42;
  const float em = ui::size::small;
  const std::string_view all = say(app, "keep.all"), forget = say(app, "keep.forget");
  const float between = 44;
  const float first = ui::width(ui.type, em, all);
  const float left = middle - (first + between + ui::width(ui.type, em, forget)) / 2;
  ui::link_button(ui, "keep-all", {left, y}, em, all);
  ui::disc(ui, {left + first + between / 2, y}, 2, theme.soft);
  ui::link_button(ui, "keep-forget", {left + first + between, y}, em, forget);
}

Places places_of(const App& app, const Page& page) {
  const ui::Rect a = page.area;
  const int n = static_cast<int>(choices(app.keeping).size());
  if (page.form == Form::landscape) {
    const float h = a.h - 30;
    const float side = across(grid_of(n, h));
    const float left = a.x + 80;
    const float beside = (n > 0 ? side + 36 : 22) + 20;
    const float w = std::min({a.w * 0.44f, h, a.right() - left - beside - least_panel});
    const ui::Rect room = {left, a.y + 14, w, h};
    const float right = room.right() + beside - 20;
    const float panel_w = a.right() - right - 20;
    return {.back = {a.x + 40, a.y + 40},
            .heading = {right + panel_w / 2, a.y + 36},
            .heading_room = panel_w,
            .room = room,
            .thumbs = {room.right() + 14, room.y, side, h},
            .upright = true,
            .panel = {right, a.y + 80, panel_w, a.h - 94},
            .low = true};
  }
  if (page.form == Form::wide) {
    const float h = std::min(a.h - 250, 620.0f);
    const float w = std::min(a.w * 0.46f, h);
    const float panel_w = std::min(380.0f, a.w - w - 180);
    const float left = a.centre().x - (w + 70 + panel_w) / 2;
    const float top = a.y + (a.h - h - 78) / 2 + 34;
    const ui::Rect room = {left, top, w, h};
    const float panel_h = std::min(h, 330.0f);
    return {.back = {a.x + 60, a.y + 60},
            .heading = {a.centre().x, (a.y + top) / 2 + 2},
            .heading_room = a.w - 240,
            .room = room,
            .thumbs = {left - 20, room.bottom() + 24, w + 40, 0},
            .upright = false,
            .panel = {left + w + 70, top + (h - panel_h) / 2, panel_w, panel_h},
            .low = false};
  }
  const float w = std::min(a.w - 40, 560.0f);
  const float left = a.centre().x - w / 2;
  const float line = n > 0 ? across(grid_of(n, w)) + 16 : 0;
  const float panel_h = 274;
  const float room_h = std::min(a.h - 84 - line - panel_h - 28, w * 1.25f);
  if (room_h < 250) {  // a small phone: the thumbs stand beside the preview
    const float h = std::max(60.0f, a.h - 84 - 240 - 22);
    const float side = across(grid_of(n, h));
    const float beside = n > 0 ? side + 14 : 0;
    return {.back = {a.x + 42, a.y + 44},
            .heading = {a.centre().x, a.y + 44},
            .heading_room = a.w - 160,
            .room = {left, a.y + 84, w - beside, h},
            .thumbs = {left + w - side, a.y + 84, side, h},
            .upright = true,
            .panel = {left, a.y + 84 + h + 16, w, 240},
            .low = true};
  }
  const float spare = std::max(0.0f, a.h - 84 - line - panel_h - 28 - room_h);
  const ui::Rect room = {left, a.y + 84 + spare * 0.3f, w, room_h};
  return {.back = {a.x + 42, a.y + 44},
          .heading = {a.centre().x, a.y + 44},
          .heading_room = a.w - 160,
          .room = room,
          .thumbs = {left, room.bottom() + 16, w, 0},
          .upright = false,
          .panel = {left, room.bottom() + line + 20 + spare * 0.35f, w, panel_h},
          .low = false};
}

}  // namespace

void keep(App& app, const Page& page) {
  ui::Ui& ui = app.ui;
  const Places places = places_of(app, page);
  const std::string_view heading = say(app, "keep.heading");
  ui::text(ui, places.heading, ui::fit(ui.type, ui::size::big, heading, places.heading_room),
           ui.theme->ink, heading, ui::Align::centre);
  if (!app.keeping.rounds.empty()) preview(app, places.room);
  thumbs(app, places.thumbs, places.upright);
  panel(app, places.panel, places.low);
  ui::round_button(ui, "keep-back", places.back, 26, ui::Icon::back, say(app, "keep.back"), true);
}

}  // namespace screens
