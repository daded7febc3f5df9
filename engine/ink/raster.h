// Ink to picture, the same in training and in play: this is the one place where strokes become what
// the network sees.
//
// The geometry is that of Google's 28x28 bitmaps (issue 19 of the Quick, Draw! data set): the
// drawing's box is centred in a square of 256, widened by the padding and half a line on each side,
// and scaled to the picture. Each stroke is the union of its round-ended segments, its coverage is
// computed analytically along 15 lines a pixel, in steps of 1/256 pixel (of 1/128 from side 33 on,
// 1/64 from 65, 1/32 from 129), and strokes are laid over each other white on black.
#pragma once

#include <cstdint>
#include <span>

#include "engine/ink/polylines.h"

namespace ink {

struct RasterOptions {
  int side = 28;          // pixels, 1..256
  float line_width = 16;  // in units of the 256 square
  float padding = 16;     // likewise, on each side

  bool operator==(const RasterOptions&) const = default;
};

inline constexpr int max_side = 256;

// lines: of a simplified drawing (0..255, aligned to the origin; see simplify.h). picture: side *
// side bytes, rows from the top, 0 paper, 255 ink. Ink outside of the picture is cut off; points
// further out than half a picture are moved there. Takes about 2 us at side 28 with AVX-512, 2.5
// with AVX2, 3.5 with vectors of 128 bits.
void raster(const Polylines& lines, const RasterOptions& options, std::span<std::uint8_t> picture);

// The same picture as a network takes it: 0 paper, 1 ink.
void raster(const Polylines& lines, const RasterOptions& options, std::span<float> picture);

}  // namespace ink
