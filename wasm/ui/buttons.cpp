#include "wasm/ui/buttons.h"

#include <cstddef>
#include <string>

#include "wasm/ui/motion.h"

namespace ui {

namespace {

Rect wide_enough(Rect box) {
  return around(box.centre(), std::max(box.w, least_target), std::max(box.h, least_target));
}

// Under the finger a button sinks, let go it springs back.
float button_scale(Ui& ui, std::string_view id) {
  if (ui.reduced_motion) return 1;
  if (ui.held == id) return 0.95f;
  if (ui.released == id) return mix(0.95f, 1, spring(progress(ui, ui.released_at, 0.35f)));
  return 1;
}

int seed_of(std::string_view id) {
  int seed = 7;
  for (const char c : id) seed = (seed * 31 + c) % 9973;
  return seed;
}

}  // namespace

void main_button(Ui& ui, std::string_view id, Rect box, float em, std::string_view label,
                 float share) {
  ui.hot.push_back({std::string(id), std::string(label), wide_enough(box), box});
  const Group group = begin_group(ui);
  const int seed = seed_of(id);
  const bool lively = ui.held == id || ui.hovered == id;
  fill_outline(ui, box, 20, ui.theme->sheet, seed);
  scribble(ui, inset(box, lively ? 1 : 3, lively ? 1 : 3), 3, ui.theme->marker, seed, share);
  outline(ui, box, 20, lively ? 3 : 2.6f, ui.theme->ink, seed);
  const float size = fit(ui.type, em, label, box.w - 28);
  // Until the marker has come, and where it is careless at the right edge, the sheet lies under the
  // letters.
  const Color color = blend(ui.theme->ink, ui.theme->on_marker, share * 2 - 0.5f);
  text(ui, box.centre() + Vec{0, -1}, size, color, label, Align::centre);
  end_group(ui, group, {.pivot = box.centre(), .offset = {}, .scale = button_scale(ui, id)});
}

void plain_button(Ui& ui, std::string_view id, Rect box, float em, std::string_view label,
                  std::string_view note, bool enabled) {
  std::string spoken(label);
  if (!note.empty()) spoken.append(", ").append(note);
  ui.hot.push_back({std::string(id), spoken, wide_enough(box), box, enabled});
  const Group group = begin_group(ui);
  const int seed = seed_of(id);
  const Theme& theme = *ui.theme;
  const bool lively = enabled && (ui.held == id || ui.hovered == id);
  const Color line = enabled ? theme.ink : blend(theme.paper, theme.soft, 0.55f);
  fill_outline(ui, box, 16, theme.sheet, seed);
  if (lively) scribble(ui, inset(box, 3, 3), 2, theme.marker, seed);
  outline(ui, box, 16, lively ? 2.6f : 2.2f, line, seed);
  const Color color = lively ? theme.on_marker : line;
  const float lift = note.empty() ? 1 : 9;
  text(ui, box.centre() - Vec{0, lift}, fit(ui.type, em, label, box.w - 16), color, label,
       Align::centre);
  if (!note.empty()) {
    text(ui, box.centre() + Vec{0, 13}, fit(ui.type, 16, note, box.w - 16),
         lively ? color : theme.soft, note, Align::centre);
  }
  end_group(ui, group, {.pivot = box.centre(), .offset = {}, .scale = button_scale(ui, id)});
}

void link_button(Ui& ui, std::string_view id, Vec left_middle, float em, std::string_view label) {
  const float w = width(ui.type, em, label);
  const Rect box = {left_middle.x, left_middle.y - em * 0.7f, w, em * 1.4f};
  ui.hot.push_back({std::string(id), std::string(label), wide_enough(inset(box, -8, 0)), box});
  const bool lively = ui.held == id || ui.hovered == id;
  const Color color = lively ? ui.theme->ink : ui.theme->soft;
  text(ui, left_middle, em, color, label);
  const float y = left_middle.y + em * 0.56f;
  line(ui, {box.x, y}, {box.right(), y}, lively ? 2.2f : 1.6f, color, seed_of(id));
}

void round_button(Ui& ui, std::string_view id, Vec centre, float radius, Icon shape,
                  std::string_view label, bool enabled) {
  const Rect box = around(centre, radius * 2, radius * 2);
  ui.hot.push_back({std::string(id), std::string(label), wide_enough(box), box, enabled});
  const Group group = begin_group(ui);
  const bool lively = enabled && (ui.held == id || ui.hovered == id);
  const Color color = enabled ? ui.theme->ink : blend(ui.theme->paper, ui.theme->soft, 0.55f);
  fill_outline(ui, box, radius, lively ? ui.theme->marker : ui.theme->sheet, seed_of(id));
  const Color mark = lively ? ui.theme->on_marker : color;
  outline(ui, box, radius, 2.2f, color, seed_of(id));
  icon(ui, shape, centre, radius * 0.86f, 2.6f, mark);
  end_group(ui, group, {.pivot = centre, .offset = {}, .scale = button_scale(ui, id)});
}

void switch_button(Ui& ui, std::string_view id, Rect row, std::string_view label, bool on,
                   bool enabled) {
  const float w = 66, h = 38, radius = 13;
  const Rect box = {row.right() - w, row.centre().y - h / 2, w, h};
  ui.hot.push_back({std::string(id), std::string(label), wide_enough(row), box, enabled});
  const bool lively = enabled && (ui.held == id || ui.hovered == id);
  const Color ink = enabled ? ui.theme->ink : blend(ui.theme->paper, ui.theme->soft, 0.55f);
  // Let go, the knob runs over with a little swing, and the marker after it.
  const bool fresh = ui.released == id;
  const float run = fresh ? spring(progress(ui, ui.released_at, 0.35f)) : 1;
  const float place = on ? run : 1 - run;
  const int seed = seed_of(id);
  fill_outline(ui, box, h / 2, ui.theme->paper, seed);
  if (on) scribble(ui, inset(box, 4, 4), 2, ui.theme->marker, seed, std::min(run, 1.0f));
  outline(ui, box, h / 2, lively ? 2.8f : 2.2f, ink, seed);
  const Vec knob = {mix(box.x + h / 2 + 1, box.right() - h / 2 - 1, place), box.centre().y};
  const Rect round = around(knob, radius * 2, radius * 2);
  fill_outline(ui, round, radius, ui.theme->sheet, seed + 1);
  outline(ui, round, radius, 2.2f, ink, seed + 1);
}

void tap_area(Ui& ui, std::string_view id, Rect area, std::string_view label, bool enabled) {
  ui.hot.push_back({std::string(id), std::string(label), area, area, enabled});
}

const Hot* hot_at(const Ui& ui, Vec point) {
  for (std::size_t i = ui.hot.size(); i-- > 0;) {
    if (ui.hot[i].area.contains(point)) return ui.hot[i].enabled ? &ui.hot[i] : nullptr;
  }
  return nullptr;
}

}  // namespace ui
