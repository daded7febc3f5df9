// Points and rectangles in CSS pixels, x to the right, y down: the one measure of everything drawn.
// (On a page too small for the screens they are the game's own, which are smaller: Ui::scale.)
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace ui {

struct Vec {
  float x = 0;
  float y = 0;
};

inline Vec operator+(Vec a, Vec b) {
  return {a.x + b.x, a.y + b.y};
}
inline Vec operator-(Vec a, Vec b) {
  return {a.x - b.x, a.y - b.y};
}
inline Vec operator*(Vec a, float k) {
  return {a.x * k, a.y * k};
}
inline float dot(Vec a, Vec b) {
  return a.x * b.x + a.y * b.y;
}
inline float length(Vec a) {
  return std::sqrt(dot(a, a));
}
inline float mix(float a, float b, float k) {
  return a + (b - a) * k;
}
inline Vec mix(Vec a, Vec b, float k) {
  return {mix(a.x, b.x, k), mix(a.y, b.y, k)};
}

using Path = std::vector<Vec>;

struct Rect {
  float x = 0;
  float y = 0;
  float w = 0;
  float h = 0;

  float right() const { return x + w; }
  float bottom() const { return y + h; }
  Vec corner() const { return {x, y}; }
  Vec centre() const { return {x + w / 2, y + h / 2}; }
  bool contains(Vec p) const { return p.x >= x && p.y >= y && p.x < x + w && p.y < y + h; }
  bool operator==(const Rect&) const = default;
};

inline Rect inset(Rect r, float dx, float dy) {
  return {r.x + dx, r.y + dy, std::max(0.0f, r.w - 2 * dx), std::max(0.0f, r.h - 2 * dy)};
}
inline Rect around(Vec centre, float w, float h) {
  return {centre.x - w / 2, centre.y - h / 2, w, h};
}

}  // namespace ui
