// What a finished network does well and badly, for people to look at (html.h draws it).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "engine/ink/raster.h"
#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"

namespace report {

// Over at most 20,000 of the samples, evenly chosen:
//   drawings      how many
//   classes       [{name, drawings, top1}], in the order of the network's outputs
//   hardest       the ten words of the lowest top-1, and
//   easiest       the ten of the highest: [{name, top1, picture}]; picture: the mean of its
//                 drawings as the network sees them, as a data URL of a PNG file
//   confusions    [{word, guess, drawings, pictures}], the 12 most frequent first; pictures: up to
//                 three, as data URLs of PNG files
//   reliability   [{drawings, confidence, accuracy}], 15 bins, with the temperature applied
//   calibration_error
//   by_ink        [{share, top1, top3, top5}], at each tenth of the ink; bitmaps: the whole alone
nlohmann::json examine(nn::Workers& workers, const data::Dataset& dataset,
                       std::span<const data::Sample> samples, const ink::RasterOptions& raster,
                       float temperature);

}  // namespace report
