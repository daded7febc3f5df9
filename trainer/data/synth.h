// Drawings that are made up: twelve shapes with the wobble of a hand, in the data set's format, for
// trying everything without a network, and for tests.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "engine/ink/drawing.h"
#include "engine/random.h"

namespace data {

inline constexpr std::array<std::string_view, 12> shapes = {
    "arrow", "circle", "cross",  "heart", "house",    "line",
    "moon",  "spiral", "square", "star",  "triangle", "zigzag"};

// A drawing of shapes[shape], turned, stretched and a little shaky, simplified as the data set's
// are.
ink::Drawing synthesize(std::size_t shape, Random& random);

// A drawing of nothing, in one long stroke: the paper hatched from end to end, or a tangle all over
// it. Simplified.
ink::Drawing scribble(Random& random);

}  // namespace data
