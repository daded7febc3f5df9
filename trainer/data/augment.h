// Other hands: how a drawing might have looked, had someone else drawn it or not finished yet.
// Works on strokes, before the raster, so that lines keep their width.
#pragma once

#include "engine/ink/polylines.h"
#include "engine/random.h"

namespace data {

// Probabilities are per drawing; sizes are the largest, drawn evenly up to it.
struct Augmentation {
  double partial = 0.3;       // only the first ink is there
  double least_ink = 0.35;    //   at least this share of it
  double drop_stroke = 0.15;  // one stroke is missing, where there are several
  double mirror = 0.5;        // left and right swapped
  double bend = 0.9;          // an affine map:
  double rotation = 0.25;     //   radians
  double stretch = 0.2;       //   of one axis against the other
  double shear = 0.2;
  double warp = 0;  // a smooth one: each point is moved by up to this, in units of the 255 box
  double stroke_jitter = 6;  // each stroke is moved by up to this, in units of the 255 box
};

// lines: of a simplified drawing. Returns others, aligned and scaled as a live drawing's would be.
ink::Polylines augment(ink::Polylines lines, const Augmentation& augmentation, Random& random);

// The lines as the game would have seen them when the given share (0..1) of their ink was drawn.
ink::Polylines partial(ink::Polylines lines, double share);

}  // namespace data
