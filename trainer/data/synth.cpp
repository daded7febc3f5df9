#include "trainer/data/synth.h"

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "engine/ink/simplify.h"

namespace data {
namespace {

using ink::Point;
using ink::Stroke;

constexpr float pi = std::numbers::pi_v<float>;

Stroke line(std::initializer_list<Point> corners) {
  return corners;
}

// Corners on a circle around the middle, every `step`-th of n, from `begin` on, and back.
Stroke polygon(int n, int step, float begin) {
  Stroke stroke;
  for (int i = 0; i <= n; ++i) {
    const float angle = begin + 2 * pi * float(i * step) / float(n);
    stroke.push_back({std::cos(angle), std::sin(angle)});
  }
  return stroke;
}

// `n` points of a curve over 0..1.
template <class Curve>
Stroke curve(int n, Curve at) {
  Stroke stroke;
  for (int i = 0; i <= n; ++i) stroke.push_back(at(float(i) / float(n)));
  return stroke;
}

// The shape in a box of -1..1, as it is meant.
std::vector<Stroke> meant(std::size_t shape, Random& random) {
  const auto varied = [&](double low, double high) { return float(random.uniform(low, high)); };
  switch (shape) {
    case 0: {  // arrow
      const float barb = varied(0.25, 0.5);
      return {line({{-1, 0}, {1, 0}}), line({{1 - barb, -barb}, {1, 0}, {1 - barb, barb}})};
    }
    case 1:  // circle
      return {polygon(24, 1, varied(0, 6))};
    case 2: {  // cross
      const float off = varied(-0.2, 0.2);
      return {line({{off, -1}, {off, 1}}), line({{-1, off}, {1, off}})};
    }
    case 3:  // heart
      return {curve(28, [](float t) {
        const float a = 2 * pi * t, s = std::sin(a);
        return Point{
            s * s * s,
            -(13 * std::cos(a) - 5 * std::cos(2 * a) - 2 * std::cos(3 * a) - std::cos(4 * a)) / 16};
      })};
    case 4: {  // house
      const float eaves = varied(-0.3, 0.1);
      return {line({{-0.8f, eaves}, {-0.8f, 1}, {0.8f, 1}, {0.8f, eaves}, {-0.8f, eaves}}),
              line({{-0.8f, eaves}, {0, -1}, {0.8f, eaves}})};
    }
    case 5: {  // line
      const float slope = varied(-0.3, 0.3);
      return {line({{-1, -slope}, {1, slope}})};
    }
    case 6: {  // moon
      const float inner = varied(0.3, 0.7);
      return {curve(28, [inner](float t) {
        if (t <= 0.5f) {
          const float a = pi * (2 * t + 0.5f);
          return Point{std::cos(a), std::sin(a)};
        }
        const float a = pi * (2.5f - 2 * t);
        return Point{inner * std::cos(a), std::sin(a)};
      })};
    }
    case 7: {  // spiral
      const float turns = varied(2, 3.5);
      return {curve(40, [turns](float t) {
        const float a = 2 * pi * turns * t;
        return Point{t * std::cos(a), t * std::sin(a)};
      })};
    }
    case 8:  // square
      return {polygon(4, 1, pi / 4)};
    case 9:  // star
      return {polygon(5, 2, -pi / 2)};
    case 10:  // triangle
      return {polygon(3, 1, -pi / 2)};
    default:  // zigzag
      return {line(
          {{-1, -0.4f}, {-0.6f, 0.4f}, {-0.2f, -0.4f}, {0.2f, 0.4f}, {0.6f, -0.4f}, {1, 0.4f}})};
  }
}

}  // namespace

ink::Drawing synthesize(std::size_t shape, Random& random) {
  constexpr double shake = 0.04, extent = 100;
  const double turn = random.uniform(-0.15, 0.15), stretch = random.uniform(0.85, 1.15);
  const double c = extent * std::cos(turn), s = extent * std::sin(turn);
  ink::Drawing drawing{meant(shape, random)};
  for (Stroke& stroke : drawing.strokes)
    for (Point& point : stroke) {
      const double x = double(point.x) + shake * random.normal();
      const double y = (double(point.y) + shake * random.normal()) * stretch;
      point = {float(x * c - y * s), float(x * s + y * c)};
    }
  return ink::simplify(drawing);
}

ink::Drawing scribble(Random& random) {
  Stroke stroke;
  if (random.chance(0.5)) {
    const std::size_t lines = 12 + random.below(20);
    const double turn = random.uniform(0, 2 * std::numbers::pi);
    const double c = std::cos(turn), s = std::sin(turn);
    for (std::size_t i = 0; i < lines; ++i) {
      const double along = i % 2 == 0 ? 100 : -100, across = 200 * double(i) / double(lines) - 100;
      const double x = along + 8 * random.normal(), y = across + 3 * random.normal();
      stroke.push_back({float(x * c - y * s), float(x * s + y * c)});
    }
  } else {
    const std::size_t points = 40 + random.below(160);
    for (std::size_t i = 0; i < points; ++i)
      stroke.push_back({float(random.uniform(-100, 100)), float(random.uniform(-100, 100))});
  }
  return ink::simplify({{std::move(stroke)}});
}

}  // namespace data
