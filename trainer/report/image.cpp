#include "trainer/report/image.h"

#include <algorithm>
#include <cmath>
#include <new>

// Both are single headers, whose code stands here.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb_easy_font.h>
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace report {
namespace {

void fill(Image& image, int left, int top, int right, int bottom, Colour colour) {
  for (int y = std::max(top, 0); y < std::min(bottom, image.height); ++y)
    for (int x = std::max(left, 0); x < std::min(right, image.width); ++x)
      image.pixels[std::size_t(y) * std::size_t(image.width) + std::size_t(x)] = colour;
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c < ' ' || c > '~') c = '?';
  return result;
}

}  // namespace

void paste(Image& image, int x, int y, std::span<const float> picture, int side, int scale) {
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      const float share = picture[std::size_t(row) * std::size_t(side) + std::size_t(column)];
      const auto mix = [share](std::uint8_t from, std::uint8_t to) {
        return std::uint8_t(std::lround(float(from) + share * float(to - from)));
      };
      const int left = x + column * scale, top = y + row * scale;
      fill(image, left, top, left + scale, top + scale,
           {mix(paper.red, ink_blue.red), mix(paper.green, ink_blue.green),
            mix(paper.blue, ink_blue.blue)});
    }
}

void write_text(Image& image, int x, int y, std::string_view text, Colour colour, int scale) {
  struct Corner {
    float x, y, z;
    std::uint8_t colour[4];
  };
  std::string letters = printable(text);
  std::vector<Corner> corners(letters.size() * 4 * 24);
  const int quads = stb_easy_font_print(0, 0, letters.data(), nullptr, corners.data(),
                                        int(corners.size() * sizeof(Corner)));
  for (std::size_t i = 0; i < std::size_t(quads); ++i) {
    const Corner &first = corners[4 * i], &last = corners[4 * i + 2];
    const auto at = [scale](float v) { return int(v) * scale; };
    fill(image, x + at(first.x), y + at(first.y), x + at(last.x), y + at(last.y), colour);
  }
}

int text_width(std::string_view text, int scale) {
  std::string letters = printable(text);
  return stb_easy_font_width(letters.data()) * scale;
}

std::string write_png(const Image& image) {
  static_assert(sizeof(Colour) == 3);
  std::string bytes;
  const auto append = [](void* to, void* data, int size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), std::size_t(size));
  };
  if (!stbi_write_png_to_func(append, &bytes, image.width, image.height, 3, image.pixels.data(),
                              image.width * 3))
    throw std::bad_alloc();
  return bytes;
}

}  // namespace report
