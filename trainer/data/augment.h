// Other hands: how a drawing might have looked, had someone else drawn it or not finished yet.
// Works on strokes, before the raster, so that lines keep their width.
#pragma once

#include "engine/ink/drawing.h"
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

// drawing: simplified. Returns another that is aligned and scaled as a live drawing would be.
ink::Drawing augment(ink::Drawing drawing, const Augmentation& augmentation, Random& random);

// The drawing as the game would have seen it when the given share (0..1) of its ink was drawn.
ink::Drawing partial(ink::Drawing drawing, double share);

}  // namespace data
