// Lettering: the game's own face, baked at the sizes of the look times the pixel ratio, so that it
// is sharp on any screen. Sizes are CSS pixels of the em, as in a style sheet.
//
// A letter is baked when it is first drawn or measured in a size: a title shows within a moment,
// and a script of thousands of letters, which have a face of their own, needs no more room than
// what is seen. Where the texture is full, all that is seen is baked anew before the next frame.
// What no face has, as in the title of a class in another script, the device's own fonts draw.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm/platform/letter.h"

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

using Face = std::vector<std::uint8_t>;  // a .ttf

// The part of the atlas that the letters fill, in pixels of the texture. Those of a size stand in
// rows of their own.
struct Shelf {
  struct Row {
    int y = 0, height = 0;
    int x = 0;  // where the next letter goes
  };

  int left = 0, top = 0, width = 0, height = 0;
  int used = 0;  // of the height, by rows
  std::vector<Row> rows;
  int fresh_from = 0, fresh_to = 0;         // pixel rows that came since the texture was uploaded
  bool full = false;                        // something could not be baked
  bool borrowed = false;                    // letters of the device's own fonts are among them
  std::set<std::pair<int, char32_t>> none;  // (size, letter) that nothing has
};

struct Type {
  Face face;                      // must outlive the atlas
  std::vector<Face> other_faces;  // of other scripts, for letters beyond ASCII asked before `face`
  // Of letters that no face has: by the device, at an em of so many pixels. May be empty.
  std::function<platform::Letter(char32_t, float)> borrow;
  float pixel_ratio = 0;
  float line_of_em = 1;  // height of a line over the em, from the face's own metrics
  std::array<ImFont*, 7> fonts{};
  std::unique_ptr<Shelf> shelf = std::make_unique<Shelf>();
};

// Begins an atlas without letters for a pixel ratio. The caller makes a texture of it, and uploads
// the rows of the shelf that are fresh before each frame. false: the face is no TrueType font.
bool bake(Type& type, float pixel_ratio);

// Other faces for other scripts; letters that the ones before lacked are asked of these, and those
// that the device drew meanwhile too.
void take_faces(Type& type, std::vector<Face> other_faces);

float width(const Type& type, float em, std::string_view text);

// The largest size, at most `em`, at which the text is no wider than `room`.
float fit(const Type& type, float em, std::string_view text, float room);

// The text in lines no wider than `room`, broken where its script allows.
std::vector<std::string> wrap(const Type& type, float em, std::string_view text, float room);

struct Paragraph {
  float em = 0;
  std::vector<std::string> lines;
};

inline constexpr float leading = 1.2f;  // line to line, in ems

// The text at the largest size of the look, at most `em`, at which its lines fit into width and
// height.
Paragraph set(const Type& type, float em, std::string_view text, float w, float h);

// The baked font that draws this text at this size best, the smallest that is not smaller, with all
// of its letters.
ImFont* font_for(const Type& type, float em, std::string_view text);

}  // namespace ui
