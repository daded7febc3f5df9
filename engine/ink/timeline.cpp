#include "engine/ink/timeline.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ink {

namespace {

constexpr double even_seconds = 3;       // of a drawing without times
constexpr double between_strokes = 0.2;  // likewise

double distance(const Point& a, const Point& b) {
  const double d = std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
  return std::isfinite(d) ? d : 0;
}

// From one point to the next, in the drawing's own time.
double step(const Point& a, const Point& b, double longest) {
  const double dt = static_cast<double>(b.t) - a.t;
  return std::isfinite(dt) ? std::clamp(dt, 0.0, longest) : 0;
}

// Gives every point but the first the time of the one before plus advance(before, it, is it the
// beginning of a stroke).
template <class Advance>
double give_times(Drawing& drawing, Advance advance) {
  double now = 0;
  Point before{};
  bool first = true;
  for (Stroke& stroke : drawing.strokes) {
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      const Point point = stroke[i];
      if (!first) now += advance(before, point, i == 0);
      first = false;
      before = point;
      stroke[i].t = static_cast<float>(now);
    }
  }
  return now;
}

}  // namespace

Drawing retimed(const Drawing& drawing, double longest) {
  Drawing own = drawing;
  std::erase_if(own.strokes, [](const Stroke& stroke) { return stroke.empty(); });
  Drawing even = own;
  const double seconds =
      give_times(own, [&](const Point& a, const Point& b, bool) { return step(a, b, longest); });
  if (seconds > 0) return own;
  const double length = ink_length(even);
  const double speed = std::isfinite(length) && length > 0 ? even_seconds / length : 0;
  give_times(even, [&](const Point& a, const Point& b, bool begins) {
    return begins ? between_strokes : distance(a, b) * speed;
  });
  return even;
}

double duration(const Drawing& retimed) {
  for (std::size_t i = retimed.strokes.size(); i-- > 0;) {
    if (!retimed.strokes[i].empty()) return static_cast<double>(retimed.strokes[i].back().t);
  }
  return 0;
}

Drawing drawn_until(const Drawing& retimed, double seconds) {
  Drawing part;
  const auto now = static_cast<float>(seconds);
  for (const Stroke& stroke : retimed.strokes) {
    if (stroke.empty() || stroke[0].t > now) break;
    const auto end = std::find_if(stroke.begin(), stroke.end(),
                                  [&](const Point& point) { return point.t > now; });
    Stroke& drawn = part.strokes.emplace_back(stroke.begin(), end);
    if (end == stroke.end()) continue;
    const Point a = drawn.back(), b = *end;
    const float f = (now - a.t) / (b.t - a.t);
    drawn.push_back({a.x + f * (b.x - a.x), a.y + f * (b.y - a.y), now});
    break;
  }
  return part;
}

Drawing subdivided(const Drawing& drawing, double spacing) {
  Drawing result;
  for (const Stroke& stroke : drawing.strokes) {
    Stroke& finer = result.strokes.emplace_back();
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      const Point to = stroke[i];
      if (i > 0) {
        const Point from = stroke[i - 1];
        const int pieces =
            static_cast<int>(std::clamp(std::ceil(distance(from, to) / spacing), 1.0, 1001.0));
        for (int p = 1; p < pieces; ++p) {
          const float share = static_cast<float>(p) / static_cast<float>(pieces);
          finer.push_back({.x = std::lerp(from.x, to.x, share),
                           .y = std::lerp(from.y, to.y, share),
                           .t = std::lerp(from.t, to.t, share)});
        }
      }
      finer.push_back(to);
    }
  }
  return result;
}

Drawing first_points(const Drawing& drawing, int count) {
  Drawing part;
  auto left = static_cast<std::ptrdiff_t>(std::max(count, 0));
  for (const Stroke& stroke : drawing.strokes) {
    if (left <= 0) break;
    if (stroke.empty()) continue;
    const auto taken = std::min(left, static_cast<std::ptrdiff_t>(stroke.size()));
    part.strokes.emplace_back(stroke.begin(), stroke.begin() + taken);
    left -= taken;
  }
  return part;
}

Drawing without_stroke(const Drawing& drawing, int stroke) {
  Drawing rest = drawing;
  if (stroke >= 0 && stroke < static_cast<int>(rest.strokes.size())) {
    rest.strokes.erase(rest.strokes.begin() + stroke);
  }
  return rest;
}

}  // namespace ink
