// How good a network is on drawings that it has not seen.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/ink/raster.h"
#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"

namespace report {

// Shares in 0..1 of drawings whose word was among the first k.
struct Accuracy {
  double top1 = 0, top3 = 0, top5 = 0;
};

// The logits of each sample's picture, [samples, classes], when `share` (0..1) of its ink is drawn;
// bitmaps are always whole.
std::vector<float> logits_of(nn::Workers& workers, const data::Dataset& dataset,
                             std::span<const data::Sample> samples,
                             const ink::RasterOptions& raster, double share = 1);

// Accuracy and mean cross-entropy, in nats, over any number of samples.
struct Measurement {
  Accuracy accuracy;
  double loss = 0;
};
Measurement measure(nn::Workers& workers, const data::Dataset& dataset,
                    std::span<const data::Sample> samples, const ink::RasterOptions& raster);

// logits: [samples, classes].
Accuracy accuracy_of(std::span<const float> logits, std::span<const data::Sample> samples);

}  // namespace report
