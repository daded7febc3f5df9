// Play, rehearsed: each drawing is played as a player would draw it, its ink growing in steps,
// through the game's own guesser.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/model/card.h"
#include "trainer/data/dataset.h"
#include "trainer/nn/workers.h"
#include "trainer/report/measure.h"

namespace report {

inline constexpr int ink_steps = 20;  // of 5% of the ink

// What the network thinks of a drawing while it grows.
struct Played {
  const data::Sample& sample;
  std::span<const float> probabilities;  // [ink_steps, classes], the temperature applied
};

// Shows each sample's play to `take`, one after another in their order. `progress` is told how many
// are done. Only a few hundred are in memory at a time.
void play(nn::Workers& workers, const data::Dataset& dataset, std::span<const data::Sample> samples,
          const ink::RasterOptions& raster, float temperature,
          const std::function<void(const Played&)>& take,
          const std::function<void(std::size_t done)>& progress = {});

struct Rehearsal {
  std::size_t drawings = 0;
  double won = 0;           // share of the drawings that won their word
  double median_ink = 0;    // of those, the share of their ink at the win
  double wrong_labels = 0;  // said before the win, or the end; the mean
  // How often a drawing would have won another word, were that asked: the mean over drawings and
  // all other words.
  double false_wins = 0;
  std::vector<Accuracy> by_ink;  // at each step
  struct Class {
    std::size_t drawings = 0;
    double won = 0;
    double false_wins = 0;  // of drawings of other words, when this word is asked
  };
  std::vector<Class> classes;
};

// seconds: how long a drawing takes to draw, which decides how much the guesser has time to say.
Rehearsal rehearse(nn::Workers& workers, const data::Dataset& dataset,
                   std::span<const data::Sample> samples, const model::Card& card, double seconds,
                   const std::function<void(std::size_t done)>& progress = {});

}  // namespace report
