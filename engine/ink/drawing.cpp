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

}  // namespace ink
