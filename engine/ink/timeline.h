// A drawing as it is drawn again: its times made fit for watching, and how it stood at each of
// them.
#pragma once

#include "engine/ink/drawing.h"

namespace ink {

// The longest that a drawing is watched standing still, in seconds.
inline constexpr double longest_pause = 0.45;

// The drawing with times (Point::t, seconds) from 0 on that never go back: its own, with pauses
// longer than `longest` shortened to it. A drawing without times (a record of the data set) is
// drawn at an even speed within three seconds. Empty strokes are left out.
Drawing retimed(const Drawing& drawing, double longest = longest_pause);

// The time of the last point, in seconds; 0 for a drawing without points.
double duration(const Drawing& retimed);

// A retimed drawing as it stood at a time; between two points the end of the ink is interpolated.
Drawing drawn_until(const Drawing& retimed, double seconds);

// The drawing with points put in along its lines, so that no two in a stroke are further apart than
// `spacing` > 0; times are interpolated. Simplified ink has few points, and who smooths it would
// round its corners away. No more than 1,000 are put in between two.
Drawing subdivided(const Drawing& drawing, double spacing);

// The first `count` points, in the order in which they were drawn.
Drawing first_points(const Drawing& drawing, int count);

// The drawing without its stroke of this index.
Drawing without_stroke(const Drawing& drawing, int stroke);

}  // namespace ink
