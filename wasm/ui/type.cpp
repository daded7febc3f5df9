#include "wasm/ui/type.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <utility>

#include "engine/text/lines.h"
#include "wasm/ui/geometry.h"

namespace ui {

namespace {

constexpr std::array<float, 7> baked = {size::small, size::note, size::text, size::head,
                                        size::big,   size::huge, size::title};

// ImGui measures a font by the height of its line (ascent to descent), designers by the em. The
// factor stands in the face's tables `head` and `hhea` (OpenType specification 1.9). 0: no such
// tables.
float line_of_em(const Face& face) {
  const auto u16 = [&](std::size_t at) {
    return at + 2 <= face.size() ? static_cast<int>(face[at] << 8 | face[at + 1]) : 0;
  };
  const auto s16 = [&](std::size_t at) {
    return static_cast<int>(static_cast<std::int16_t>(u16(at)));
  };
  int em = 0, line = 0;
  for (int table = 0; table < u16(4); ++table) {
    const std::size_t entry = 12 + 16 * static_cast<std::size_t>(table);
    if (entry + 16 > face.size()) return 0;
    const std::string_view tag(reinterpret_cast<const char*>(&face[entry]), 4);
    const std::size_t offset =
        static_cast<std::size_t>(u16(entry + 8)) << 16 | static_cast<std::size_t>(u16(entry + 10));
    if (tag == "head") em = u16(offset + 18);
    if (tag == "hhea") line = s16(offset + 4) - s16(offset + 6);
  }
  return em > 0 && line > 0 ? static_cast<float>(line) / static_cast<float>(em) : 0;
}

// Ideographs fill their em, letters half of theirs, and printed ones more of it than those of a
// hand: at this share all look as large.
constexpr float other_scale = 0.88f;

// The custom cursors and the table of baked lines are not used, and every row costs a slow phone.
constexpr ImFontAtlasFlags plain = ImFontAtlasFlags_NoMouseCursors | ImFontAtlasFlags_NoBakedLines |
                                   ImFontAtlasFlags_NoPowerOfTwoHeight;

// Room for what a screen shows and some hundred letters more in the size of the bubble.
ImVec2 shelf_size(float pixel_ratio) {
  return {pixel_ratio > 1.2f ? 2000.0f : 1000.0f, std::ceil(500 * std::min(pixel_ratio, 3.0f))};
}

// Larger ones of other scripts are drawn from this size: of the word on a card the shelf would hold
// some ten.
constexpr float largest_em = 120;  // pixels of the texture

// Room for w x h pixels; null: the shelf is full. row: how high the rows of its size are.
Shelf::Row* find_row(Shelf& shelf, int w, int h, int row) {
  const int height = std::max(h, row);
  if (w > shelf.width) return nullptr;
  for (Shelf::Row& r : shelf.rows)
    if (r.height == height && r.x + w <= shelf.width) return &r;
  if (shelf.used + height > shelf.height) return nullptr;
  shelf.rows.push_back({.y = shelf.used, .height = height});
  shelf.used += height;
  return &shelf.rows.back();
}

// A letter's picture, and where it goes from the left end of the line's top, in pixels of the font.
struct Picture {
  const unsigned char* alpha;
  int width, height, stride;
  Rect box;
  float advance;
};

// Copies it onto the shelf; false: that is full.
bool shelve(Shelf& shelf, ImFont& font, char32_t c, const Picture& picture) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  const int w = picture.width, h = picture.height;
  constexpr int gap = 1;  // of clear pixels, lest a neighbour shine through
  Shelf::Row* place = find_row(shelf, w + gap, h + gap, static_cast<int>(font.FontSize * 0.9f));
  if (place == nullptr) return false;
  const int x = shelf.left + place->x, y = shelf.top + place->y;
  place->x += w + gap;
  for (int row = 0; row < h; ++row) {
    const unsigned char* source = picture.alpha + static_cast<std::size_t>(row * picture.stride);
    unsigned int* target =
        atlas.TexPixelsRGBA32 + static_cast<std::size_t>((y + row) * atlas.TexWidth + x);
    for (int i = 0; i < w; ++i) target[i] = IM_COL32(255, 255, 255, source[i]);
  }
  const float u = 1 / static_cast<float>(atlas.TexWidth),
              v = 1 / static_cast<float>(atlas.TexHeight);
  font.AddGlyph(nullptr, static_cast<ImWchar>(c), picture.box.x, picture.box.y, picture.box.right(),
                picture.box.bottom(), static_cast<float>(x) * u, static_cast<float>(y) * v,
                static_cast<float>(x + w) * u, static_cast<float>(y + h) * v, picture.advance);
  shelf.fresh_from = shelf.fresh_from < shelf.fresh_to ? std::min(shelf.fresh_from, y) : y;
  shelf.fresh_to = std::max(shelf.fresh_to, y + h);
  return true;
}

// Ideographs beside the face's own letters stand a little above the line, in pixels, so that they
// share the middle.
float raised(float em) {
  return std::round(em * (1 - other_scale) * 0.25f);
}

// Bakes the wanted letters that a face has, by an atlas of their own; they leave `wanted`.
void bake_from(const Type& type, int size, const Face& face, std::vector<char32_t>& wanted) {
  ImFont& font = *type.fonts[static_cast<std::size_t>(size)];
  const bool own_script = &face == &type.face;
  const float scale = own_script ? 1 : other_scale;
  ImFontAtlas atlas;
  atlas.Flags = plain;
  ImFontGlyphRangesBuilder builder;
  for (const char32_t c : wanted) builder.AddChar(static_cast<ImWchar>(c));
  ImVector<ImWchar> ranges;
  builder.BuildRanges(&ranges);
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = own_script && type.pixel_ratio < 1.5f ? 2 : 1;
  config.OversampleV = 1;
  const float em = font.FontSize / type.line_of_em;
  const float grown = own_script ? 1 : std::max(1.0f, em * scale / largest_em);
  ImFont* own = atlas.AddFontFromMemoryTTF(
      const_cast<std::uint8_t*>(face.data()), static_cast<int>(face.size()),
      std::round(em * scale / grown * line_of_em(face)), &config, ranges.Data);
  if (own == nullptr) return;
  // A face may have none of the letters, and ImGui cannot bear a font without a glyph.
  atlas.AddCustomRectFontGlyph(own, 1, 1, 1, 0);
  if (!atlas.Build()) return;
  const float down = font.Ascent - own->Ascent * grown - (own_script ? 0 : raised(em));
  const auto pixel = [](float share, int whole) {
    return static_cast<int>(std::lround(share * static_cast<float>(whole)));
  };
  std::erase_if(wanted, [&](char32_t c) {
    const ImFontGlyph* glyph = own->FindGlyphNoFallback(static_cast<ImWchar>(c));
    if (glyph == nullptr) return false;
    const int left = pixel(glyph->U0, atlas.TexWidth), top = pixel(glyph->V0, atlas.TexHeight);
    const Picture picture = {
        .alpha = atlas.TexPixelsAlpha8 + static_cast<std::size_t>(top * atlas.TexWidth + left),
        .width = pixel(glyph->U1, atlas.TexWidth) - left,
        .height = pixel(glyph->V1, atlas.TexHeight) - top,
        .stride = atlas.TexWidth,
        .box = {glyph->X0 * grown, glyph->Y0 * grown + down, (glyph->X1 - glyph->X0) * grown,
                (glyph->Y1 - glyph->Y0) * grown},
        .advance = glyph->AdvanceX * grown};
    if (!shelve(*type.shelf, font, c, picture)) type.shelf->full = true;
    return true;
  });
}

// Has the device draw a letter that no face has; false: it can't.
bool borrow(const Type& type, int size, char32_t c) {
  if (!type.borrow) return false;
  ImFont& font = *type.fonts[static_cast<std::size_t>(size)];
  const float em = font.FontSize / type.line_of_em;
  const float grown = std::max(1.0f, em * other_scale / largest_em);
  const platform::Letter letter = type.borrow(c, em * other_scale / grown);
  if (letter.advance <= 0) return false;
  const auto drawn = [&](int pixels) { return static_cast<float>(pixels) * grown; };
  constexpr char32_t first_ideograph = 0x2e80;
  const float line = font.Ascent - (c < first_ideograph ? 0 : raised(em));
  const Picture picture = {.alpha = letter.alpha.data(),
                           .width = letter.width,
                           .height = letter.height,
                           .stride = letter.width,
                           .box = {drawn(letter.left), line + drawn(letter.top),
                                   drawn(letter.width), drawn(letter.height)},
                           .advance = letter.advance * grown};
  if (!shelve(*type.shelf, font, c, picture)) type.shelf->full = true;
  type.shelf->borrowed = true;
  return true;
}

void complete(const Type& type, int size, std::string_view text) {
  const ImFont& font = *type.fonts[static_cast<std::size_t>(size)];
  Shelf& shelf = *type.shelf;
  if (shelf.full) return;  // all of it is baked anew first
  std::vector<char32_t> wanted;
  while (!text.empty()) {
    const char32_t c = text::take_character(text);
    if (c < 0x20 || c > 0xffff || font.FindGlyphNoFallback(static_cast<ImWchar>(c)) != nullptr ||
        shelf.none.contains({size, c}) ||
        std::find(wanted.begin(), wanted.end(), c) != wanted.end()) {
      continue;
    }
    wanted.push_back(c);
  }
  if (wanted.empty()) return;
  const auto ascii =
      std::partition(wanted.begin(), wanted.end(), [](char32_t c) { return c >= 0x80; });
  std::vector<char32_t> rest(ascii, wanted.end());
  wanted.erase(ascii, wanted.end());
  for (const Face& face : type.other_faces) {
    if (!wanted.empty()) bake_from(type, size, face, wanted);
  }
  rest.insert(rest.end(), wanted.begin(), wanted.end());
  if (!rest.empty()) bake_from(type, size, type.face, rest);
  for (const char32_t c : rest)
    if (!borrow(type, size, c)) shelf.none.insert({size, c});
  type.fonts[static_cast<std::size_t>(size)]->BuildLookupTable();
}

// Makes the colours of the atlas, white of its opacity, but for the shelf, which is clear. ImGui
// would do so for each pixel: of an empty shelf, a while on a phone.
void color(ImFontAtlas& atlas, const Shelf& shelf) {
  const auto w = static_cast<std::size_t>(atlas.TexWidth),
             h = static_cast<std::size_t>(atlas.TexHeight);
  atlas.TexPixelsRGBA32 = static_cast<unsigned int*>(IM_ALLOC(w * h * sizeof(unsigned int)));
  std::fill_n(atlas.TexPixelsRGBA32, w * h, IM_COL32(255, 255, 255, 0));
  const auto convert = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
      atlas.TexPixelsRGBA32[i] = IM_COL32(255, 255, 255, atlas.TexPixelsAlpha8[i]);
  };
  for (int y = 0; y < atlas.TexHeight; ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * w;
    const bool beside = y >= shelf.top && y < shelf.top + shelf.height;
    convert(row, row + static_cast<std::size_t>(beside ? shelf.left : atlas.TexWidth));
    if (beside) convert(row + static_cast<std::size_t>(shelf.left + shelf.width), row + w);
  }
}

}  // namespace

bool bake(Type& type, float pixel_ratio) {
  type.line_of_em = line_of_em(type.face);
  if (type.line_of_em == 0) return false;
  type.pixel_ratio = pixel_ratio;

  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags = plain;
  // What ImGui needs of a font: a space, and what stands for a letter that no face has.
  static constexpr ImWchar ranges[] = {' ', ' ', '?', '?', 0};
  for (std::size_t i = 0; i < baked.size(); ++i) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = config.OversampleV = 1;
    type.fonts[i] = atlas.AddFontFromMemoryTTF(type.face.data(), static_cast<int>(type.face.size()),
                                               std::round(baked[i] * type.line_of_em * pixel_ratio),
                                               &config, ranges);
  }
  const ImVec2 room = shelf_size(pixel_ratio);
  atlas.TexDesiredWidth = room.x > 1000 ? 2048 : 1024;
  const int index = atlas.AddCustomRectRegular(static_cast<int>(room.x), static_cast<int>(room.y));
  if (!atlas.Build()) return false;
  // What is filled is drawn with a white pixel. ImGui makes four and takes the middle of the first;
  // where the height is no power of two, that is a little beside it, and a clear neighbour shines
  // through. In the middle of the four nothing does.
  atlas.TexUvWhitePixel.x += 0.5f * atlas.TexUvScale.x;
  atlas.TexUvWhitePixel.y += 0.5f * atlas.TexUvScale.y;
  const ImFontAtlasCustomRect& free = *atlas.GetCustomRectByIndex(index);
  if (!free.IsPacked()) return false;
  Shelf& shelf = *type.shelf;
  shelf = {};
  shelf.left = free.X;
  shelf.top = free.Y;
  shelf.width = free.Width;
  shelf.height = free.Height;
  color(atlas, shelf);
  return true;
}

void take_faces(Type& type, std::vector<Face> other_faces) {
  type.other_faces = std::move(other_faces);
  type.shelf->none.clear();
  if (type.shelf->borrowed) type.shelf->full = true;  // and so all are baked anew
}

ImFont* font_for(const Type& type, float em, std::string_view text) {
  std::size_t size = 0;
  while (size + 1 < baked.size() && baked[size] < em - 0.01f) ++size;
  complete(type, static_cast<int>(size), text);
  return type.fonts[size];
}

float width(const Type& type, float em, std::string_view text) {
  return font_for(type, em, text)
      ->CalcTextSizeA(em * type.line_of_em, FLT_MAX, 0, text.data(), text.data() + text.size())
      .x;
}

float fit(const Type& type, float em, std::string_view text, float room) {
  const float wide = width(type, em, text);
  return wide <= room ? em : em * room / wide;
}

std::vector<std::string> wrap(const Type& type, float em, std::string_view text, float room) {
  std::vector<std::string> lines;
  std::string_view line = text.substr(0, 0);  // a part of the text, with its last spaces
  const auto bare = [](std::string_view part) {
    return part.substr(0, part.find_last_not_of(' ') + 1);
  };
  while (!text.empty()) {
    const std::string_view piece = text::take_piece(text);
    const std::string_view longer = {line.data(), line.size() + piece.size()};
    const bool over = !line.empty() && width(type, em, bare(longer)) > room;
    if (over) lines.emplace_back(bare(line));
    line = over ? piece : longer;
  }
  if (!line.empty()) lines.emplace_back(bare(line));
  return lines;
}

Paragraph set(const Type& type, float em, std::string_view text, float w, float h) {
  Paragraph result;
  for (auto candidate = baked.rbegin(); candidate != baked.rend(); ++candidate) {
    if (*candidate > em) continue;
    result = {.em = *candidate, .lines = wrap(type, *candidate, text, w)};
    bool fits = static_cast<float>(result.lines.size()) * *candidate * leading <= h;
    for (const std::string& line : result.lines) fits = fits && width(type, *candidate, line) <= w;
    if (fits) break;
  }
  // Lines of like length: the narrowest room that needs no more of them.
  const std::size_t n = result.lines.size();
  for (float less = w * 0.97f; n > 1 && less > w * 0.4f; less *= 0.97f) {
    std::vector<std::string> narrower = wrap(type, result.em, text, less);
    if (narrower.size() > n) break;
    result.lines = std::move(narrower);
  }
  return result;
}

}  // namespace ui
