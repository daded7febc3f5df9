#include "wasm/ui/ink_canvas.h"

namespace ui {

View view_of(const Canvas& canvas, Rect sheet) {
  if (canvas.half.x <= 0 || canvas.half.y <= 0) return {.centre = sheet.centre(), .scale = 1};
  return {.centre = sheet.centre(),
          .scale = std::min(sheet.w / 2 / canvas.half.x, sheet.h / 2 / canvas.half.y)};
}

void take_in(Canvas& canvas, const ink::Drawing& drawing) {
  for (const ink::Stroke& stroke : drawing.strokes) {
    for (const ink::Point p : stroke) {
      canvas.half.x = std::max(canvas.half.x, std::abs(p.x));
      canvas.half.y = std::max(canvas.half.y, std::abs(p.y));
    }
  }
}

View view_in(const ink::Drawing& drawing, Rect rect, float most) {
  const ink::Box box = ink::bounds(drawing);
  const float w = std::max(box.right - box.left, 1.0f);
  const float h = std::max(box.bottom - box.top, 1.0f);
  const float scale = std::min({rect.w / w, rect.h / h, most});
  const Vec middle = {(box.left + box.right) / 2, (box.top + box.bottom) / 2};
  return {.centre = rect.centre() - middle * scale, .scale = scale};
}

Rect screen_bounds(const ink::Drawing& drawing, const View& view) {
  const ink::Box box = ink::bounds(drawing);
  const Vec a = to_screen(view, {.x = box.left, .y = box.top});
  const Vec b = to_screen(view, {.x = box.right, .y = box.bottom});
  return {a.x, a.y, b.x - a.x, b.y - a.y};
}

View mix_views(const View& a, const View& b, float k) {
  return {.centre = mix(a.centre, b.centre, k), .scale = mix(a.scale, b.scale, k)};
}

void draw_stroke(Ui& ui, const ink::Stroke& stroke, const View& view, float width, Color color) {
  Path points;
  for (const ink::Point p : stroke) points.push_back(to_screen(view, p));
  ribbon(ui, smoothed(points), width, color);
}

void draw_ink(Ui& ui, const ink::Drawing& drawing, const View& view, float width, Color color) {
  for (const ink::Stroke& stroke : drawing.strokes) draw_stroke(ui, stroke, view, width, color);
}

}  // namespace ui
