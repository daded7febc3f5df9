// A drawing: strokes of points with time. What the player draws, what a record of the data set
// holds, and what the raster turns into the network's picture.
#pragma once

#include <vector>

namespace ink {

// x to the right, y down; in canvas units (live ink) or 0..255 (simplified ink).
// t in seconds since the drawing began; 0 where the source has no times.
struct Point {
  float x = 0;
  float y = 0;
  float t = 0;
};

using Stroke = std::vector<Point>;

struct Drawing {
  std::vector<Stroke> strokes;
};

struct Box {
  float left, top, right, bottom;
};

// The smallest box that holds every point; all zeros for a drawing without points.
Box bounds(const Drawing& drawing);

// The number of points in all strokes.
int point_count(const Drawing& drawing);

// The length of the ink, in the drawing's own units.
double ink_length(const Drawing& drawing);

}  // namespace ink
