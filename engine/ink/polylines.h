// The lines of a drawing, without times, as pictures are made of them. All points are in two
// arrays, stroke after stroke: what training does to each drawing runs over them in one go. Over a
// Drawing's strokes, of some nine points each, it took as long as half of the raster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/ink/drawing.h"

namespace ink {

struct Polylines {
  std::vector<float> x, y;          // of all points; as in Point
  std::vector<std::uint32_t> ends;  // of each stroke: the index behind its last point

  Polylines() = default;

  // Of a Drawing they are as good as the drawing itself. Empty strokes are left out.
  Polylines(const Drawing& drawing);

  // The index of a stroke's first point.
  std::size_t begin(std::size_t stroke) const { return stroke == 0 ? 0 : ends[stroke - 1]; }

  // Makes a stroke of the points that were appended since the last one's end; of none, none. Every
  // stroke has a line: the only point of a dot is there twice.
  void end_stroke();

  void clear();
};

// The smallest box that holds every point; all zeros where there is none.
Box bounds(const Polylines& lines);

// The lines as they were when the given share (0..1) of their ink had been drawn, by length; the
// point where they break off is interpolated. 1 gives all, dots included. Lines that are moved in
// keep their memory.
Polylines first_ink(Polylines lines, double share);

}  // namespace ink
