#include "wasm/ui/paint.h"

#include <imgui.h>

#include <cstddef>

namespace ui {

namespace {

ImVec2 im(Vec v) {
  return {v.x, v.y};
}

// The soft edge of an anti-aliased shape: one pixel of the screen.
float fringe(const Ui& ui) {
  return 1 / ui.pixel_ratio;
}

// Four vertices across the line at each point: clear, solid, solid, clear. Turns are gentle here.
void strip(Ui& ui, std::span<const Vec> points, float width, Color color) {
  const float solid = std::max(0.0f, (width - fringe(ui)) / 2);
  const float clear = (width + fringe(ui)) / 2;
  const Color edge = color & 0x00ffffffu;
  const ImVec2 uv = ImGui::GetIO().Fonts->TexUvWhitePixel;
  const int n = static_cast<int>(points.size());
  ImDrawList& draw = *ui.draw;
  draw.PrimReserve((n - 1) * 18, n * 4);
  const unsigned int first = draw._VtxCurrentIdx;
  for (int i = 0; i < n; ++i) {
    const auto at = [&](int k) {
      return points[static_cast<std::size_t>(std::clamp(k, 0, n - 1))];
    };
    const auto normal = [&](Vec a, Vec b) {
      const Vec d = b - a;
      const float inverse = 1 / length(d);
      return Vec{-d.y * inverse, d.x * inverse};
    };
    const Vec before = i > 0 ? normal(at(i - 1), at(i)) : normal(at(i), at(i + 1));
    const Vec after = i + 1 < n ? normal(at(i), at(i + 1)) : before;
    const Vec across = (before + after) * (1 / (1 + std::max(0.0f, dot(before, after))));
    draw.PrimWriteVtx(im(at(i) + across * clear), uv, edge);
    draw.PrimWriteVtx(im(at(i) + across * solid), uv, color);
    draw.PrimWriteVtx(im(at(i) - across * solid), uv, color);
    draw.PrimWriteVtx(im(at(i) - across * clear), uv, edge);
  }
  for (int i = 0; i + 1 < n; ++i) {
    const unsigned int a = first + static_cast<unsigned int>(i) * 4;
    for (unsigned int lane = 0; lane < 3; ++lane) {
      for (const unsigned int corner : {lane, lane + 1, lane + 5, lane, lane + 5, lane + 4}) {
        draw.PrimWriteIdx(static_cast<ImDrawIdx>(a + corner));
      }
    }
  }
}

}  // namespace

void disc(Ui& ui, Vec centre, float radius, Color color) {
  const int segments =
      std::clamp(static_cast<int>(4 * std::sqrt(radius * ui.pixel_ratio)) + 6, 8, 64);
  ui.draw->AddCircleFilled(im(centre), radius, color, segments);
}

void ribbon(Ui& ui, std::span<const Vec> path, float width, Color color) {
  if (path.empty()) return;
  Path points;
  points.reserve(path.size());
  for (const Vec p : path) {
    if (points.empty() || length(p - points.back()) > 0.05f) points.push_back(p);
  }
  disc(ui, points.front(), width / 2, color);
  if (points.size() == 1) return;
  disc(ui, points.back(), width / 2, color);
  // The strip is broken where the line turns by more than some 35 degrees, and a disc laid over the
  // joint.
  std::size_t start = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    bool sharp = false;
    if (i + 1 < points.size()) {
      const Vec a = points[i] - points[i - 1];
      const Vec b = points[i + 1] - points[i];
      sharp = dot(a, b) < 0.82f * length(a) * length(b);
    }
    if (sharp || i + 1 == points.size()) {
      strip(ui, std::span(points).subspan(start, i - start + 1), width, color);
      if (sharp) disc(ui, points[i], width / 2, color);
      start = i;
    }
  }
}

void fill(Ui& ui, std::span<const Vec> outline, Color color) {
  static_assert(sizeof(Vec) == sizeof(ImVec2));
  ui.draw->AddConvexPolyFilled(reinterpret_cast<const ImVec2*>(outline.data()),
                               static_cast<int>(outline.size()), color);
}

void fill_rect(Ui& ui, Rect rect, Color color) {
  ui.draw->AddRectFilled({rect.x, rect.y}, {rect.right(), rect.bottom()}, color);
}

void text(Ui& ui, Vec at, float em, Color color, std::string_view string, Align align) {
  const float line = em * ui.type.line_of_em;
  if (align != Align::left) {
    at.x -= width(ui.type, em, string) * (align == Align::centre ? 0.5f : 1.0f);
  }
  // On whole pixels of the screen: sharp.
  const auto whole = [&](float v) { return std::round(v * ui.pixel_ratio) / ui.pixel_ratio; };
  ui.draw->AddText(font_for(ui.type, em, string), line, {whole(at.x), whole(at.y - line / 2)},
                   color, string.data(), string.data() + string.size());
}

void paragraph(Ui& ui, Vec at, const Paragraph& paragraph, Color color, Align align, float share) {
  const float step = paragraph.em * leading;
  std::size_t total = 0;
  for (const std::string& line : paragraph.lines) total += line.size();
  float shown = share * static_cast<float>(total);
  float y = at.y - step * static_cast<float>(paragraph.lines.size() - 1) / 2;
  for (const std::string& line : paragraph.lines) {
    if (shown <= 0) break;
    const float all = static_cast<float>(line.size());
    // Aligned as the whole line will stand, so that nothing wanders while it is written.
    float x = at.x;
    if (align == Align::centre) x -= width(ui.type, paragraph.em, line) / 2;
    if (align == Align::right) x -= width(ui.type, paragraph.em, line);
    text(ui, {x, y}, paragraph.em, color, first_characters(line, shown / all));
    shown -= all;
    y += step;
  }
}

std::string_view first_characters(std::string_view string, float share) {
  if (share >= 1) return string;
  std::size_t end =
      static_cast<std::size_t>(std::max(0.0f, share) * static_cast<float>(string.size()));
  // Not in the middle of a UTF-8 character.
  while (end > 0 && end < string.size() &&
         (static_cast<unsigned char>(string[end]) & 0xc0) == 0x80) {
    --end;
  }
  return string.substr(0, end);
}

Group begin_group(Ui& ui) {
  return {ui.draw->VtxBuffer.Size};
}

void end_group(Ui& ui, Group group, const Placement& placement) {
  const float c = std::cos(placement.angle) * placement.scale;
  const float s = std::sin(placement.angle) * placement.scale;
  const Vec to = placement.pivot + placement.offset;
  for (int i = group.first_vertex; i < ui.draw->VtxBuffer.Size; ++i) {
    ImDrawVert& vertex = ui.draw->VtxBuffer[i];
    const Vec d = {vertex.pos.x - placement.pivot.x, vertex.pos.y - placement.pivot.y};
    vertex.pos = {to.x + d.x * c - d.y * s, to.y + d.x * s + d.y * c};
    if (placement.alpha < 1) vertex.col = faded(vertex.col, placement.alpha);
  }
}

Color faded(Color color, float k) {
  const auto alpha =
      static_cast<Color>(static_cast<float>(color >> 24) * std::clamp(k, 0.0f, 1.0f));
  return (color & 0x00ffffffu) | alpha << 24;
}

Color blend(Color a, Color b, float k) {
  Color result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float from = static_cast<float>(a >> shift & 0xff);
    const float to = static_cast<float>(b >> shift & 0xff);
    result |= static_cast<Color>(mix(from, to, std::clamp(k, 0.0f, 1.0f)) + 0.5f) << shift;
  }
  return result;
}

float path_length(std::span<const Vec> path) {
  float sum = 0;
  for (std::size_t i = 1; i < path.size(); ++i) sum += length(path[i] - path[i - 1]);
  return sum;
}

Path first_part(std::span<const Vec> path, float share) {
  Path part;
  if (path.empty() || share <= 0) return part;
  float left = path_length(path) * std::min(share, 1.0f);
  part.push_back(path[0]);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const float step = length(path[i] - path[i - 1]);
    if (step >= left) {
      if (step > 0) part.push_back(mix(path[i - 1], path[i], left / step));
      break;
    }
    part.push_back(path[i]);
    left -= step;
  }
  return part;
}

Path placed(std::span<const Vec> path, Vec offset, float scale) {
  Path result(path.begin(), path.end());
  for (Vec& p : result) p = p * scale + offset;
  return result;
}

Path smoothed(std::span<const Vec> points) {
  if (points.size() < 3) return {points.begin(), points.end()};
  Path result = {points[0]};
  result.reserve(points.size() * 4);
  Vec from = points[0];
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const Vec control = points[i];
    const bool last = i + 2 == points.size();
    const Vec to = last ? points[i + 1] : mix(points[i], points[i + 1], 0.5f);
    // As many pieces as keep the chord within a fraction of a pixel of the curve.
    const Vec bend = from - control * 2 + to;
    const int pieces = std::clamp(static_cast<int>(std::sqrt(length(bend)) * 1.6f) + 1, 1, 24);
    for (int k = 1; k <= pieces; ++k) {
      const float t = static_cast<float>(k) / static_cast<float>(pieces);
      result.push_back(mix(mix(from, control, t), mix(control, to, t), t));
    }
    from = to;
  }
  return result;
}

}  // namespace ui
