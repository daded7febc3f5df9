#include "trainer/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

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

// Moves the points from `begin` to before `end`.
void move(ink::Polylines& lines, std::size_t begin, std::size_t end, const Affine& map) {
  for (std::size_t i = begin; i < end; ++i) {
    const float x = lines.x[i], y = lines.y[i];
    lines.x[i] = map.xx * x + map.xy * y + map.x;
    lines.y[i] = map.yx * x + map.yy * y + map.y;
  }
}

void erase_stroke(ink::Polylines& lines, std::size_t stroke) {
  const std::size_t begin = lines.begin(stroke), end = lines.ends[stroke];
  for (std::vector<float>* numbers : {&lines.x, &lines.y})
    numbers->erase(numbers->begin() + std::ptrdiff_t(begin),
                   numbers->begin() + std::ptrdiff_t(end));
  lines.ends.erase(lines.ends.begin() + std::ptrdiff_t(stroke));
  for (std::size_t s = stroke; s < lines.ends.size(); ++s)
    lines.ends[s] -= std::uint32_t(end - begin);
}

// Two waves, half to one and a half of them in the box, each of up to half of the size.
void warp(ink::Polylines& lines, double size, Random& random) {
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
  for (std::size_t i = 0; i < lines.x.size(); ++i) {
    float dx = 0, dy = 0;
    for (const Wave& wave : waves) {
      const float height = std::sin(wave.kx * lines.x[i] + wave.ky * lines.y[i] + wave.phase);
      dx += wave.dx * height;
      dy += wave.dy * height;
    }
    lines.x[i] += dx;
    lines.y[i] += dy;
  }
}

}  // namespace

ink::Polylines augment(ink::Polylines lines, const Augmentation& a, Random& random) {
  if (random.chance(a.partial))
    lines = ink::first_ink(std::move(lines), random.uniform(a.least_ink, 1));
  if (lines.ends.size() > 2 && random.chance(a.drop_stroke))
    erase_stroke(lines, random.below(lines.ends.size()));
  Affine map;
  const bool mirror = random.chance(a.mirror);
  if (random.chance(a.bend))
    map = bend(mirror, a, random);
  else if (mirror)
    map = {.xx = -1, .x = 2 * middle};
  // What each stroke is moved by on its own goes with the rest, unless the warp comes between.
  if (a.warp > 0) {
    move(lines, 0, lines.x.size(), map);
    warp(lines, a.warp, random);
    map = {};
  }
  for (std::size_t stroke = 0; stroke < lines.ends.size(); ++stroke) {
    Affine its = map;
    if (lines.ends.size() > 1) {
      its.x += float(random.uniform(-a.stroke_jitter, a.stroke_jitter));
      its.y += float(random.uniform(-a.stroke_jitter, a.stroke_jitter));
    }
    move(lines, lines.begin(stroke), lines.ends[stroke], its);
  }
  return ink::normalize(std::move(lines));
}

ink::Polylines partial(ink::Polylines lines, double share) {
  if (share >= 1) return lines;
  return ink::normalize(ink::first_ink(std::move(lines), share));
}

}  // namespace data
