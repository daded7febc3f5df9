#include "wasm/ui/type.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <utility>

namespace ui {

namespace {

constexpr std::array<float, 7> baked = {size::small, size::note, size::text, size::head,
                                        size::big,   size::huge, size::title};

// ImGui measures a font by the height of its line (ascent to descent), designers by the em. The
// factor stands in the face's tables `head` and `hhea` (OpenType specification 1.9). 0: no such
// tables.
float line_of_em(const std::vector<std::uint8_t>& face) {
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

}  // namespace

bool bake(Type& type, float pixel_ratio, std::string_view sample, std::string_view name) {
  type.line_of_em = line_of_em(type.face);
  if (type.line_of_em == 0) return false;
  type.pixel_ratio = pixel_ratio;

  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  // The custom cursors and the table of baked lines are not used.
  atlas.Flags = ImFontAtlasFlags_NoMouseCursors | ImFontAtlasFlags_NoBakedLines;
  ImFontGlyphRangesBuilder builder;
  for (ImWchar c = 0x20; c < 0x7f; ++c) builder.AddChar(c);
  builder.AddText(sample.data(), sample.data() + sample.size());
  ImVector<ImWchar> ranges;
  builder.BuildRanges(&ranges);
  builder.Clear();
  builder.AddText(name.data(), name.data() + name.size());
  ImVector<ImWchar> name_ranges;
  builder.BuildRanges(&name_ranges);
  for (std::size_t i = 0; i < baked.size(); ++i) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = pixel_ratio < 1.5f ? 2 : 1;
    config.OversampleV = 1;
    type.fonts[i] =
        atlas.AddFontFromMemoryTTF(type.face.data(), static_cast<int>(type.face.size()),
                                   std::round(baked[i] * type.line_of_em * pixel_ratio), &config,
                                   baked[i] == size::title ? name_ranges.Data : ranges.Data);
  }
  return atlas.Build();
}

ImFont* font_for(const Type& type, float em) {
  for (std::size_t i = 0; i < baked.size(); ++i) {
    if (baked[i] >= em - 0.01f) return type.fonts[i];
  }
  return type.fonts.back();
}

float width(const Type& type, float em, std::string_view text) {
  return font_for(type, em)
      ->CalcTextSizeA(em * type.line_of_em, FLT_MAX, 0, text.data(), text.data() + text.size())
      .x;
}

float fit(const Type& type, float em, std::string_view text, float room) {
  const float wide = width(type, em, text);
  return wide <= room ? em : em * room / wide;
}

std::vector<std::string> wrap(const Type& type, float em, std::string_view text, float room) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string longer = line.empty() ? std::string(word) : line + " " + std::string(word);
    if (!line.empty() && width(type, em, longer) > room) {
      lines.push_back(line);
      line = word;
    } else {
      line = std::move(longer);
    }
  }
  if (!line.empty()) lines.push_back(line);
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
