// Lettering: one face, baked at the sizes of the look times the pixel ratio, so that it is sharp on
// any screen. Sizes are CSS pixels of the em, as in a style sheet.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct ImFont;

namespace ui {

namespace size {
inline constexpr float small = 18;
inline constexpr float note = 22;
inline constexpr float text = 28;
inline constexpr float head = 34;
inline constexpr float big = 44;
inline constexpr float huge = 70;
inline constexpr float title = 104;  // the name on a wide screen
}  // namespace size

struct Type {
  std::vector<std::uint8_t> face;  // the .ttf; must outlive the atlas
  float pixel_ratio = 0;
  float line_of_em = 1;  // height of a line over the em, from the face's own metrics
  std::array<ImFont*, 7> fonts{};
};

// Bakes the atlas for a pixel ratio with the glyphs that `sample` needs (ASCII is always there).
// The caller uploads the texture. false: the face is no TrueType font.
//
// name: the few letters of the largest size.
bool bake(Type& type, float pixel_ratio, std::string_view sample, std::string_view name);

float width(const Type& type, float em, std::string_view text);

// The largest size, at most `em`, at which the text is no wider than `room`.
float fit(const Type& type, float em, std::string_view text, float room);

// The text in lines no wider than `room`, broken at spaces.
std::vector<std::string> wrap(const Type& type, float em, std::string_view text, float room);

struct Paragraph {
  float em = 0;
  std::vector<std::string> lines;
};

inline constexpr float leading = 1.2f;  // line to line, in ems

// The text at the largest size of the look, at most `em`, at which its lines fit into width and
// height.
Paragraph set(const Type& type, float em, std::string_view text, float w, float h);

// The baked font that draws this size best: the smallest that is not smaller.
ImFont* font_for(const Type& type, float em);

}  // namespace ui
