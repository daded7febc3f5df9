// Contact sheets: many drawings at a glance.
#pragma once

#include <cstdint>

#include "engine/ink/raster.h"
#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/report/image.h"

namespace report {

struct PreviewOptions {
  int rows = 0;  // 0: one for each class, at most 40; of one class: 10
  int columns = 12;
  // Each row shows one drawing, and then what augmentation makes of it.
  bool augment = false;
  data::Augmentation augmentation = {};
  ink::RasterOptions raster = {};
  int scale = 2;  // pixels of the sheet for one of a picture
  std::uint64_t seed = 1;
};

// A row for each class with its name, or, where there is one class, rows of it; the drawings are
// chosen evenly from all that the data set has. Fails where augmentation is wanted of bitmaps.
Image preview(const data::Dataset& dataset, const PreviewOptions& options);

}  // namespace report
