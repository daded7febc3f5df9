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

bool has_place(float x, float y) {
  return std::isfinite(x) && std::isfinite(y);
}

Polylines sound_points(const Polylines& lines) {
  Polylines sound;
  for (std::size_t stroke = 0; stroke < lines.ends.size(); ++stroke) {
    for (std::size_t i = lines.begin(stroke); i < lines.ends[stroke]; ++i)
      if (has_place(lines.x[i], lines.y[i]))
        sound.x.push_back(lines.x[i]), sound.y.push_back(lines.y[i]);
    sound.end_stroke();
  }
  return sound;
}

std::vector<Path> normalized_paths(const Drawing& drawing) {
  std::vector<Path> paths;
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (const Stroke& stroke : drawing.strokes) {
    Path path;
    for (const Point& p : stroke) {
      if (!has_place(p.x, p.y)) continue;
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

Polylines normalize(Polylines lines) {
  // Nearly always there is nothing to leave out.
  int without_place = 0;
  for (const std::vector<float>* numbers : {&lines.x, &lines.y})
    for (const float v : *numbers) without_place |= static_cast<int>(!std::isfinite(v));
  if (without_place != 0) lines = sound_points(lines);
  const Box box = bounds(lines);
  const double left = box.left, top = box.top;
  const double scale = scale_of(box.right - left, box.bottom - top);
  for (float& x : lines.x) x = static_cast<float>((x - left) * scale);
  for (float& y : lines.y) y = static_cast<float>((y - top) * scale);
  return lines;
}

Drawing simplify(const Drawing& drawing, float epsilon) {
  std::vector<Path> paths = normalized_paths(drawing);
  for (Path& path : paths) path = ramer_douglas_peucker(resample(path), epsilon);
  return to_drawing(paths);
}

}  // namespace ink
