// A letter as the device's own fonts draw it, for scripts that no face of the page has.
#pragma once

#include <cstdint>
#include <vector>

namespace platform {

// All in pixels. The pen stands on the line: y grows downwards from it.
struct Letter {
  float advance = 0;
  int left = 0, top = 0;  // of the picture
  int width = 0, height = 0;
  std::vector<std::uint8_t> alpha;  // width * height; empty: there is nothing to see
};

}  // namespace platform
