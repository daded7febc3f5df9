#include "engine/ink/polylines.h"

#include <algorithm>
#include <cmath>

namespace ink {

Polylines::Polylines(const Drawing& drawing) {
  for (const Stroke& stroke : drawing.strokes) {
    for (const Point& p : stroke) x.push_back(p.x), y.push_back(p.y);
    end_stroke();
  }
}

void Polylines::end_stroke() {
  const std::size_t points = x.size() - begin(ends.size());
  if (points == 0) return;
  if (points == 1) x.push_back(x.back()), y.push_back(y.back());
  ends.push_back(static_cast<std::uint32_t>(x.size()));
}

void Polylines::clear() {
  x.clear(), y.clear(), ends.clear();
}

Box bounds(const Polylines& lines) {
  if (lines.x.empty()) return {};
  Box box{lines.x[0], lines.y[0], lines.x[0], lines.y[0]};
  for (const float x : lines.x) {  // of std::min and std::max, GCC would make no vectors
    box.left = x < box.left ? x : box.left;
    box.right = x > box.right ? x : box.right;
  }
  for (const float y : lines.y) {
    box.top = y < box.top ? y : box.top;
    box.bottom = y > box.bottom ? y : box.bottom;
  }
  return box;
}

Polylines first_ink(Polylines lines, double share) {
  if (share >= 1 || lines.ends.empty()) return lines;
  std::vector<float>&x = lines.x, &y = lines.y;
  // From the point before each; from one stroke to the next there is no ink.
  thread_local std::vector<double> lengths;
  lengths.assign(x.size(), 0);
  for (std::size_t i = 1; i < x.size(); ++i) {
    const double dx = static_cast<double>(x[i]) - x[i - 1];
    const double dy = static_cast<double>(y[i]) - y[i - 1];
    lengths[i] = std::sqrt(dx * dx + dy * dy);
  }
  for (std::size_t stroke = 1; stroke < lines.ends.size(); ++stroke)
    lengths[lines.begin(stroke)] = 0;
  double left = 0;
  for (const double length : lengths) left += length;
  left *= std::max(share, 0.0);

  std::size_t points = 1;
  for (; points < x.size() && left > 0; ++points) {
    if (lengths[points] > left) {
      const auto f = static_cast<float>(left / lengths[points]);
      x[points] = x[points - 1] + f * (x[points] - x[points - 1]);
      y[points] = y[points - 1] + f * (y[points] - y[points - 1]);
    }
    left -= lengths[points];
  }
  std::size_t whole = 0;
  while (lines.ends[whole] < points) ++whole;
  x.resize(points);
  y.resize(points);
  lines.ends.resize(whole);
  lines.end_stroke();
  return lines;
}

}  // namespace ink
