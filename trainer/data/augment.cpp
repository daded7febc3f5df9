#include "trainer/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/ink/simplify.h"

namespace data {
namespace {

// Rotation, then shear, then stretch, about the middle of the box.
void bend(ink::Drawing& drawing, const Augmentation& a, Random& random) {
  const double angle = random.uniform(-a.rotation, a.rotation);
  const double shear = random.uniform(-a.shear, a.shear);
  const double stretch = std::exp(random.uniform(-a.stretch, a.stretch));
  const double c = std::cos(angle), s = std::sin(angle);
  const auto xx = float((c + shear * s) * stretch), xy = float((shear * c - s) * stretch);
  const auto yx = float(s / stretch), yy = float(c / stretch);
  for (ink::Stroke& stroke : drawing.strokes)
    for (ink::Point& point : stroke) {
      const float x = point.x - 127.5f, y = point.y - 127.5f;
      point.x = xx * x + xy * y + 127.5f;
      point.y = yx * x + yy * y + 127.5f;
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

void jitter_strokes(ink::Drawing& drawing, double size, Random& random) {
  for (ink::Stroke& stroke : drawing.strokes) {
    const auto dx = float(random.uniform(-size, size)), dy = float(random.uniform(-size, size));
    for (ink::Point& point : stroke) {
      point.x += dx;
      point.y += dy;
    }
  }
}

}  // namespace

ink::Drawing augment(ink::Drawing drawing, const Augmentation& a, Random& random) {
  if (random.chance(a.partial))
    drawing = ink::first_ink(std::move(drawing), random.uniform(a.least_ink, 1));
  std::vector<ink::Stroke>& strokes = drawing.strokes;
  if (strokes.size() > 2 && random.chance(a.drop_stroke))
    strokes.erase(strokes.begin() + std::ptrdiff_t(random.below(strokes.size())));
  if (random.chance(a.mirror))
    for (ink::Stroke& stroke : strokes)
      for (ink::Point& point : stroke) point.x = 255 - point.x;
  if (random.chance(a.bend)) bend(drawing, a, random);
  if (a.warp > 0) warp(drawing, a.warp, random);
  if (strokes.size() > 1) jitter_strokes(drawing, a.stroke_jitter, random);
  return ink::normalize(std::move(drawing));
}

ink::Drawing partial(ink::Drawing drawing, double share) {
  if (share >= 1) return drawing;
  return ink::normalize(ink::first_ink(std::move(drawing), share));
}

}  // namespace data
