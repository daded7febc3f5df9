#include "trainer/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/ink/simplify.h"

namespace data {
namespace {

constexpr float middle = 127.5f;  // of the 255 box

// (x, y) to (xx x + xy y + x, yx x + yy y + y).
struct Affine {
  float xx = 1, xy = 0, x = 0;
  float yx = 0, yy = 1, y = 0;
};

// Left and right swapped, or not; then rotation, shear and stretch, about the middle of the box.
Affine bend(bool mirror, const Augmentation& a, Random& random) {
  const double angle = random.uniform(-a.rotation, a.rotation);
  const double shear = random.uniform(-a.shear, a.shear);
  const double stretch = std::exp(random.uniform(-a.stretch, a.stretch));
  const double c = std::cos(angle), s = std::sin(angle), x = mirror ? -1 : 1;
  Affine map{.xx = float((c + shear * s) * stretch * x),
             .xy = float((shear * c - s) * stretch),
             .yx = float(s / stretch * x),
             .yy = float(c / stretch)};
  map.x = middle - (map.xx + map.xy) * middle;
  map.y = middle - (map.yx + map.yy) * middle;
  return map;
}

void move(ink::Stroke& stroke, const Affine& map) {
  for (ink::Point& point : stroke) {
    const float x = point.x, y = point.y;
    point.x = map.xx * x + map.xy * y + map.x;
    point.y = map.yx * x + map.yy * y + map.y;
  }
}

// Two waves, half to one and a half of them in the box, each of up to half of the size.
void warp(ink::Drawing& drawing, double size, Random& random) {
  constexpr double turn = 2 * std::numbers::pi;
  struct Wave {
    float kx, ky, phase, dx, dy;
  };
  std::array<Wave, 2> waves;
  for (Wave& wave : waves) {
    const double direction = random.uniform(0, turn), k = random.uniform(0.5, 1.5) * turn / 255;
    const double to = random.uniform(0, turn), most = size / 2 * std::sqrt(random.uniform());
    wave = {float(k * std::cos(direction)), float(k * std::sin(direction)),
            float(random.uniform(0, turn)), float(most * std::cos(to)), float(most * std::sin(to))};
  }
  for (ink::Stroke& stroke : drawing.strokes)
    for (ink::Point& point : stroke) {
      float dx = 0, dy = 0;
      for (const Wave& wave : waves) {
        const float height = std::sin(wave.kx * point.x + wave.ky * point.y + wave.phase);
        dx += wave.dx * height;
        dy += wave.dy * height;
      }
      point.x += dx;
      point.y += dy;
    }
}

}  // namespace

ink::Drawing augment(ink::Drawing drawing, const Augmentation& a, Random& random) {
  if (random.chance(a.partial))
    drawing = ink::first_ink(std::move(drawing), random.uniform(a.least_ink, 1));
  std::vector<ink::Stroke>& strokes = drawing.strokes;
  if (strokes.size() > 2 && random.chance(a.drop_stroke))
    strokes.erase(strokes.begin() + std::ptrdiff_t(random.below(strokes.size())));
  Affine map;
  const bool mirror = random.chance(a.mirror);
  if (random.chance(a.bend))
    map = bend(mirror, a, random);
  else if (mirror)
    map = {.xx = -1, .x = 2 * middle};
  // What each stroke is moved by on its own goes with the rest, unless the warp comes between.
  if (a.warp > 0) {
    for (ink::Stroke& stroke : strokes) move(stroke, map);
    warp(drawing, a.warp, random);
    map = {};
  }
  for (ink::Stroke& stroke : strokes) {
    Affine its = map;
    if (strokes.size() > 1) {
      its.x += float(random.uniform(-a.stroke_jitter, a.stroke_jitter));
      its.y += float(random.uniform(-a.stroke_jitter, a.stroke_jitter));
    }
    move(stroke, its);
  }
  return ink::normalize(std::move(drawing));
}

ink::Drawing partial(ink::Drawing drawing, double share) {
  if (share >= 1) return drawing;
  return ink::normalize(ink::first_ink(std::move(drawing), share));
}

}  // namespace data
