// How good a network is on drawings that it has not seen.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/ink/raster.h"
#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"

namespace report {

// Shares in 0..1 of drawings whose word was among the first k.
struct Accuracy {
  double top1 = 0, top3 = 0, top5 = 0;
};
nlohmann::json to_json(const Accuracy& accuracy);
std::string as_text(const Accuracy& accuracy);  // "top-1 61.4%  top-3 80.7%  top-5 86.3%"

// The mean and the standard deviation (with n - 1) of several measurements.
struct Spread {
  double mean = 0, deviation = 0;
};
Spread spread_of(std::span<const double> values);
std::string percent(std::span<const double> shares);  // "92.40%", of several "92.40% ± 0.21"

std::string grouped(std::int64_t number);  // "1,234,567"

// The logits of each sample's picture, [samples, classes], when `share` (0..1) of its ink is drawn;
// bitmaps are always whole.
std::vector<float> logits_of(nn::Workers& workers, const data::Dataset& dataset,
                             std::span<const data::Sample> samples,
                             const ink::RasterOptions& raster, double share = 1);

// Accuracy and mean cross-entropy, in nats, over any number of samples. Several ranks share them,
// and all know what came of it.
struct Measurement {
  Accuracy accuracy;
  double loss = 0;
  std::vector<std::uint32_t> guesses;  // by sample: the most likely class
};
Measurement measure(nn::Workers& workers, const data::Dataset& dataset,
                    std::span<const data::Sample> samples, const ink::RasterOptions& raster,
                    const nn::Ranks& ranks = {});

// logits: [samples, classes].
Accuracy accuracy_of(std::span<const float> logits, std::span<const data::Sample> samples);

// How sure the network is of its first guess, beside how often that is right: drawings whose
// highest probability falls into the same of `bins` equal parts of 0..1 (Guo et al. 2017).
struct ReliabilityBin {
  std::size_t drawings = 0;
  double confidence = 0, accuracy = 0;  // means; 0 without drawings
};
std::vector<ReliabilityBin> reliability(std::span<const float> probabilities,
                                        std::span<const data::Sample> samples, int bins = 15);

// Expected calibration error: the mean distance between the two, weighted by drawings.
double calibration_error(std::span<const ReliabilityBin> bins);

}  // namespace report
