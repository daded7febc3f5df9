// Motion: how far a movement has come, and its weight. Every movement is a function of the time
// since it began, so that a tap may cut any of them off; with reduced motion they are over before
// they begin.
#pragma once

#include <algorithm>
#include <cmath>

#include "wasm/ui/ui.h"

namespace ui {

// 0..1: how far a movement of `duration` seconds has come that began at `start` (Ui::now's clock)
// plus `delay`. While it is under way another frame is asked for.
inline float progress(Ui& ui, double start, float duration, float delay = 0) {
  if (ui.reduced_motion) return 1;
  const float share = static_cast<float>(ui.now - start - delay) / duration;
  if (share < 1) ui.moving = true;
  return std::clamp(share, 0.0f, 1.0f);
}

inline float ease_out(float t) {
  return 1 - (1 - t) * (1 - t) * (1 - t);
}
inline float ease_in_out(float t) {
  return t * t * (3 - 2 * t);
}

// Overshoots by a tenth and settles (Penner's "back").
inline float ease_back(float t) {
  const float u = t - 1;
  return 1 + u * u * (2.7f * u + 1.7f);
}

// A damped spring from 0 to 1: goes past, comes back, rests at the end of its time.
inline float spring(float t) {
  return t >= 1 ? 1 : 1 - std::exp(-6 * t) * std::cos(9 * t) * (1 - t);
}

}  // namespace ui
