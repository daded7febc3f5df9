#include "engine/ink/drawing.h"

#include <algorithm>
#include <cmath>

namespace ink {

namespace {

double distance(const Point& a, const Point& b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
  return std::sqrt(dx * dx + dy * dy);
}

}  // namespace

Box bounds(const Drawing& drawing) {
  Box box{INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (const Stroke& stroke : drawing.strokes) {
    for (const Point& p : stroke) {
      box = {std::min(box.left, p.x), std::min(box.top, p.y), std::max(box.right, p.x),
             std::max(box.bottom, p.y)};
    }
  }
  return box.left <= box.right ? box : Box{};
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

Drawing first_ink(Drawing drawing, double share) {
  if (share >= 1) return drawing;
  double left = std::max(share, 0.0) * ink_length(drawing);
  std::erase_if(drawing.strokes, [](const Stroke& stroke) { return stroke.empty(); });
  std::size_t strokes = 0;
  for (; strokes < drawing.strokes.size() && (left > 0 || strokes == 0); ++strokes) {
    Stroke& stroke = drawing.strokes[strokes];
    std::size_t points = 1;
    for (; points < stroke.size() && left > 0; ++points) {
      const Point a = stroke[points - 1];
      Point& b = stroke[points];
      const double step = distance(a, b);
      if (step > left) {
        const auto f = static_cast<float>(left / step);
        b = {a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), a.t + f * (b.t - a.t)};
      }
      left -= step;
    }
    stroke.resize(points);
  }
  drawing.strokes.resize(strokes);
  return drawing;
}

}  // namespace ink
