#include "engine/ink/simplify.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace ink {

namespace {

// In double: whether a point is kept must not depend on where on the canvas, or how large, it was
// drawn.
struct Sample {
  double x, y, t;
};
using Path = std::vector<Sample>;

constexpr double longer_side = 255;
constexpr double spacing = 1;

double scale_of(double width, double height) {
  const double extent = std::max(width, height);
  return extent > 0 ? longer_side / extent : 1;
}

bool has_no_place(const Point& p) {
  return !std::isfinite(p.x) || !std::isfinite(p.y);
}

std::vector<Path> normalized_paths(const Drawing& drawing) {
  std::vector<Path> paths;
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (const Stroke& stroke : drawing.strokes) {
    Path path;
    for (const Point& p : stroke) {
      if (has_no_place(p)) continue;
      path.push_back({p.x, p.y, p.t});
      left = std::min<double>(left, p.x);
      top = std::min<double>(top, p.y);
      right = std::max<double>(right, p.x);
      bottom = std::max<double>(bottom, p.y);
    }
    if (!path.empty()) paths.push_back(std::move(path));
  }
  const double scale = scale_of(right - left, bottom - top);
  for (Path& path : paths) {
    for (Sample& s : path) s = {(s.x - left) * scale, (s.y - top) * scale, s.t};
  }
  return paths;
}

// Points every `spacing` along the path, its first and last points included.
Path resample(const Path& path) {
  Path out{path.front()};
  double until_next = spacing;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Sample &a = path[i - 1], &b = path[i];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    double at = until_next;
    for (; at < length; at += spacing) {
      const double f = at / length;
      out.push_back({a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), a.t + f * (b.t - a.t)});
    }
    until_next = at - length;
  }
  if (path.size() > 1) out.push_back(path.back());
  return out;
}

double squared_distance_to_segment(const Sample& p, const Sample& a, const Sample& b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  double f = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  f = std::clamp(f, 0.0, 1.0);
  const double ex = p.x - (a.x + f * dx), ey = p.y - (a.y + f * dy);
  return ex * ex + ey * ey;
}

// Ramer 1972, Douglas and Peucker 1973; with a stack of its own, since a long stroke would recurse
// deep.
Path ramer_douglas_peucker(const Path& path, double epsilon) {
  if (path.size() < 3) return path;
  std::vector<char> keep(path.size(), 0);
  keep.front() = keep.back() = 1;
  std::vector<std::pair<std::size_t, std::size_t>> spans{{0, path.size() - 1}};
  while (!spans.empty()) {
    const auto [first, last] = spans.back();
    spans.pop_back();
    double farthest = epsilon * epsilon;
    std::size_t split = 0;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double d = squared_distance_to_segment(path[i], path[first], path[last]);
      if (d > farthest) farthest = d, split = i;
    }
    if (split == 0) continue;
    keep[split] = 1;
    spans.emplace_back(first, split);
    spans.emplace_back(split, last);
  }
  Path out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (keep[i]) out.push_back(path[i]);
  }
  return out;
}

Drawing to_drawing(const std::vector<Path>& paths) {
  Drawing drawing;
  for (const Path& path : paths) {
    Stroke& stroke = drawing.strokes.emplace_back();
    stroke.reserve(path.size());
    for (const Sample& s : path) {
      stroke.push_back({static_cast<float>(s.x), static_cast<float>(s.y), static_cast<float>(s.t)});
    }
  }
  return drawing;
}

}  // namespace

Drawing normalize(Drawing drawing) {
  // Nearly always there is nothing to leave out.
  bool sound = true;
  for (const Stroke& stroke : drawing.strokes) {
    sound &= !stroke.empty();
    for (const Point& p : stroke) sound &= !has_no_place(p);
  }
  if (!sound) {
    for (Stroke& stroke : drawing.strokes) std::erase_if(stroke, has_no_place);
    std::erase_if(drawing.strokes, [](const Stroke& stroke) { return stroke.empty(); });
  }
  const Box box = bounds(drawing);
  const double left = box.left, top = box.top;
  const double scale = scale_of(box.right - left, box.bottom - top);
  for (Stroke& stroke : drawing.strokes) {
    for (Point& p : stroke)
      p = {static_cast<float>((p.x - left) * scale), static_cast<float>((p.y - top) * scale), p.t};
  }
  return drawing;
}

Drawing simplify(const Drawing& drawing, float epsilon) {
  std::vector<Path> paths = normalized_paths(drawing);
  for (Path& path : paths) path = ramer_douglas_peucker(resample(path), epsilon);
  return to_drawing(paths);
}

}  // namespace ink
