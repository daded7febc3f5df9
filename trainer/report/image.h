// Pictures for people, and PNG files of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace report {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};
inline constexpr Colour paper{255, 252, 244}, ink_blue{31, 41, 71}, grey{128, 128, 136};

// [height, width], rows first.
struct Image {
  int width = 0, height = 0;
  std::vector<Colour> pixels;

  Image(int w, int h, Colour background = paper)
      : width(w), height(h), pixels(std::size_t(w) * std::size_t(h), background) {}
};

// A network's picture ([side * side], 0 paper, 1 ink) with each pixel `scale` wide, its upper left
// corner at (x, y). What lies outside of the image is left out.
void paste(Image& image, int x, int y, std::span<const float> picture, int side, int scale);

// A line of text, upper left corner at (x, y), letters about 8 `scale` high. ASCII; others are '?'.
void write_text(Image& image, int x, int y, std::string_view text, Colour colour = ink_blue,
                int scale = 1);
int text_width(std::string_view text, int scale = 1);  // in pixels

// The bytes of a PNG file.
std::string write_png(const Image& image);

}  // namespace report
