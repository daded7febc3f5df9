// The data set's own recipe, which makes drawings of any canvas alike (README of the Quick, Draw!
// data set):
//   1. align to the origin,
//   2. scale uniformly so that the longer side is 255,
//   3. resample every stroke at a spacing of 1,
//   4. simplify every stroke by Ramer-Douglas-Peucker with epsilon 2.0.
#pragma once

#include "engine/ink/drawing.h"
#include "engine/ink/polylines.h"

namespace ink {

// Steps 1 and 2 alone. A drawing without extent (a dot) is only aligned; points that are not finite
// are left out. Lines that are moved in keep their memory.
Polylines normalize(Polylines lines);

// All four steps. Coordinates come out in 0..255, not rounded; empty strokes and points that are
// not finite are left out. Times are kept (interpolated where points are resampled).
Drawing simplify(const Drawing& drawing, float epsilon = 2.0f);

}  // namespace ink
