#include "trainer/data/augment.h"

#include <algorithm>
#include <cmath>
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

ink::Drawing augment(const ink::Drawing& drawing, const Augmentation& a, Random& random) {
  ink::Drawing result =
      random.chance(a.partial) ? ink::first_ink(drawing, random.uniform(a.least_ink, 1)) : drawing;
  if (result.strokes.size() > 2 && random.chance(a.drop_stroke))
    result.strokes.erase(result.strokes.begin() +
                         std::ptrdiff_t(random.below(result.strokes.size())));
  if (random.chance(a.mirror))
    for (ink::Stroke& stroke : result.strokes)
      for (ink::Point& point : stroke) point.x = 255 - point.x;
  if (random.chance(a.bend)) bend(result, a, random);
  if (result.strokes.size() > 1) jitter_strokes(result, a.stroke_jitter, random);
  return ink::normalize(std::move(result));
}

ink::Drawing partial(const ink::Drawing& drawing, double share) {
  return share >= 1 ? drawing : ink::normalize(ink::first_ink(drawing, share));
}

}  // namespace data
