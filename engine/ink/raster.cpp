#include "engine/ink/raster.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ink {

namespace {

// A row of pixels is cut into this many lines, as Cairo does (which drew Google's pictures); along
// a line the coverage is exact, in steps of 1/256 pixel.
constexpr int lines_a_pixel = 15;
constexpr int steps_a_pixel = 256;
constexpr int lines_computed = 16;  // a whole number of vector registers; the last one is not used
constexpr int full = lines_a_pixel * steps_a_pixel;

// A round-ended segment: all points within the radius of the line from (x0, y0) to (x1, y1), in
// pixels.
struct Segment {
  float x0, y0, x1, y1;  // y0 <= y1
};

// Where the ink of one stroke lies on one line: disjoint intervals in ascending order, in steps.
// 304 / 16 = 19 strokes fit side by side; should more ever meet on a line, the last ones are
// joined.
struct Line {
  static constexpr int capacity = 32;
  int count = 0;
  std::array<int, capacity> left, right;

  void add(int from, int to) {
    int i = 0;
    while (i < count && right[i] < from) ++i;
    if (i == capacity) --i;
    if (i < count && (left[i] <= to || count == capacity)) {
      left[i] = std::min(left[i], from);
      right[i] = std::max(right[i], to);
      if (i + 1 < count && left[i + 1] <= right[i]) join_from(i);
    } else {
      for (int j = count++; j > i; --j) left[j] = left[j - 1], right[j] = right[j - 1];
      left[i] = from, right[i] = to;
    }
  }

  // Joins interval i with those after it that it has come to touch.
  void join_from(int i) {
    int next = i + 1;
    while (next < count && left[next] <= right[i]) right[i] = std::max(right[i], right[next++]);
    const int gone = next - (i + 1);
    for (int j = next; j < count; ++j) left[j - gone] = left[j], right[j - gone] = right[j];
    count -= gone;
  }
};

using Lines = std::array<Line, lines_a_pixel>;

// The ink of a segment on each line of the row of pixels that begins at `top`. The outline is that
// of two discs and the band between their common tangents; all lines are computed alike, so that
// the loop vectorises.
void add_segment(const Segment& s, float radius, float top, int limit, Lines& lines) {
  const float dx = s.x1 - s.x0, dy = s.y1 - s.y0;
  const float length = std::sqrt(dx * dx + dy * dy);
  // The normal, pointing right; the tangents run from centre + n r to centre + n r.
  const float nx = length > 0 ? dy / length * radius : 0;
  const float ny = length > 0 ? -dx / length * radius : 0;
  const float slope = dy > 0 ? dx / dy : 0;
  constexpr float never = 1e9f;
  const bool band = dy > 1e-6f;

  const float last = static_cast<float>(limit);
  std::array<int, lines_computed> from, to;
  for (int i = 0; i < lines_computed; ++i) {
    const float y = top + (static_cast<float>(i) + 0.5f) / lines_a_pixel;
    const float a = y - s.y0, b = y - s.y1;
    const float ha2 = radius * radius - a * a, hb2 = radius * radius - b * b;
    const float ha = ha2 >= 0 ? std::sqrt(std::max(ha2, 0.0f)) : -never;
    const float hb = hb2 >= 0 ? std::sqrt(std::max(hb2, 0.0f)) : -never;
    float l = std::min(s.x0 - ha, s.x1 - hb);
    float r = std::max(s.x0 + ha, s.x1 + hb);
    // The right tangent starts ny below the first centre, the left one ny above it.
    const float tangent_r = s.x0 + nx + (a - ny) * slope, tangent_l = s.x0 - nx + (a + ny) * slope;
    r = (band & (a >= ny) & (b <= ny)) ? std::max(r, tangent_r) : r;
    l = (band & (a >= -ny) & (b <= -ny)) ? std::min(l, tangent_l) : l;
    from[i] = static_cast<int>(std::min(std::max(l * steps_a_pixel, 0.0f), last) + 0.5f);
    to[i] = static_cast<int>(std::min(std::max(r * steps_a_pixel, 0.0f), last) + 0.5f);
  }
  for (int i = 0; i < lines_a_pixel; ++i) {
    if (from[i] < to[i]) lines[i].add(from[i], to[i]);
  }
}

// Adds the coverage of the lines to `edges`, whose running sum is then the coverage of each pixel
// in 1/full.
void add_coverage(Lines& lines, std::span<int> edges) {
  const auto edge = [edges](int x, int sign) {
    const int pixel = x / steps_a_pixel, inside = x % steps_a_pixel;
    edges[pixel] += sign * (steps_a_pixel - inside);
    edges[pixel + 1] += sign * inside;
  };
  for (Line& line : lines) {
    for (int i = 0; i < line.count; ++i) edge(line.left[i], 1), edge(line.right[i], -1);
    line.count = 0;
  }
}

}  // namespace

void raster(const Drawing& drawing, const RasterOptions& options, std::span<std::uint8_t> picture) {
  const int side = std::clamp(options.side, 1, max_side);
  assert(picture.size() == static_cast<std::size_t>(side) * side);
  std::fill(picture.begin(), picture.end(), std::uint8_t{0});

  const Box box = bounds(drawing);
  const float scale = static_cast<float>(side) / (256 + 2 * options.padding + options.line_width);
  const float margin = options.padding + options.line_width / 2;
  const float shift_x = (margin + (256 - box.right) / 2) * scale;
  const float shift_y = (margin + (256 - box.bottom) / 2) * scale;
  const float radius = options.line_width / 2 * scale;

  Lines lines;
  std::array<int, max_side + 2> edges{};
  std::vector<Segment> segments;
  for (const Stroke& stroke : drawing.strokes) {
    segments.clear();
    float top = static_cast<float>(side), bottom = 0, left = static_cast<float>(side), right = 0;
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      const Point &p = stroke[i > 0 ? i - 1 : 0], &q = stroke[i];
      if (i == 0 && stroke.size() > 1) continue;  // a stroke of one point is a dot
      Segment s{p.x * scale + shift_x, p.y * scale + shift_y, q.x * scale + shift_x,
                q.y * scale + shift_y};
      if (s.y0 > s.y1) std::swap(s.x0, s.x1), std::swap(s.y0, s.y1);
      segments.push_back(s);
      top = std::min(top, s.y0), bottom = std::max(bottom, s.y1);
      left = std::min({left, s.x0, s.x1}), right = std::max({right, s.x0, s.x1});
    }
    const auto pixel = [side](float at) {
      return static_cast<int>(std::clamp(at, 0.0f, static_cast<float>(side - 1)));
    };
    const int first_column = pixel(left - radius), last_column = pixel(right + radius);
    for (int row = pixel(top - radius); row <= pixel(bottom + radius); ++row) {
      const auto y = static_cast<float>(row);
      for (const Segment& s : segments) {
        if (s.y0 - radius < y + 1 && s.y1 + radius > y) {
          add_segment(s, radius, y, side * steps_a_pixel, lines);
        }
      }
      add_coverage(lines, edges);
      int coverage = 0;
      for (int column = first_column; column <= last_column; ++column) {
        coverage += edges[column];
        edges[column] = 0;
        std::uint8_t& value = picture[static_cast<std::size_t>(row) * side + column];
        const int alpha = (coverage * 255 + full / 2) / full;
        value = static_cast<std::uint8_t>(value + ((255 - value) * alpha + 127) / 255);
      }
      edges[last_column + 1] = edges[last_column + 2] =
          0;  // rounding may reach beyond the last column
    }
  }
}

}  // namespace ink
