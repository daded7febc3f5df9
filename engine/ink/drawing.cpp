#include "engine/ink/drawing.h"

#include <algorithm>
#include <cmath>

namespace ink {

namespace {

double distance(const Point& a, const Point& b) {
  return std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
}

}  // namespace

Box bounds(const Drawing& drawing) {
  bool any = false;
  Box box{};
  for (const Stroke& stroke : drawing.strokes) {
    for (const Point& p : stroke) {
      if (!any) box = {p.x, p.y, p.x, p.y};
      any = true;
      box = {std::min(box.left, p.x), std::min(box.top, p.y), std::max(box.right, p.x),
             std::max(box.bottom, p.y)};
    }
  }
  return box;
}

int point_count(const Drawing& drawing) {
  std::size_t count = 0;
  for (const Stroke& stroke : drawing.strokes) count += stroke.size();
  return static_cast<int>(count);
}

double ink_length(const Drawing& drawing) {
  double length = 0;
  for (const Stroke& stroke : drawing.strokes) {
    for (std::size_t i = 1; i < stroke.size(); ++i) length += distance(stroke[i - 1], stroke[i]);
  }
  return length;
}

Drawing first_ink(const Drawing& drawing, double share) {
  if (share >= 1) return drawing;
  Drawing part;
  double left = std::max(share, 0.0) * ink_length(drawing);
  for (const Stroke& stroke : drawing.strokes) {
    if (stroke.empty()) continue;
    if (left <= 0 && !part.strokes.empty()) break;
    Stroke& drawn = part.strokes.emplace_back();
    drawn.push_back(stroke[0]);
    for (std::size_t i = 1; i < stroke.size() && left > 0; ++i) {
      const Point &a = stroke[i - 1], &b = stroke[i];
      const double step = distance(a, b);
      if (step > left) {
        const auto f = static_cast<float>(left / step);
        drawn.push_back({a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), a.t + f * (b.t - a.t)});
      } else {
        drawn.push_back(b);
      }
      left -= step;
    }
  }
  return part;
}

}  // namespace ink
