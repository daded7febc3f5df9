#include "wasm/ui/sketch.h"

#include <cstddef>
#include <functional>
#include <initializer_list>

#include "engine/random.h"

namespace ui {

namespace {

constexpr float pi = 3.14159265f;

enum Kind { box_kind, scribble_kind, line_kind, bubble_up_kind, bubble_left_kind };

// The shape of this key, made at its first use. Sizes are told apart to a quarter of a pixel. A
// window being dragged makes many: past a bound the book begins anew.
const Path& kept(Ui& ui, Kind kind, float w, float h, int seed, const std::function<Path()>& make) {
  const ShapeKey key = {kind, static_cast<int>(w * 4), static_cast<int>(h * 4), seed};
  if (const auto found = ui.shapes.find(key); found != ui.shapes.end()) return found->second;
  if (ui.shapes.size() > 400) ui.shapes.clear();
  return ui.shapes.emplace(key, make()).first->second;
}

// A slow unsteadiness along a line: two waves of the hand, in -1..1.
struct Tremor {
  float phase_a, phase_b, long_wave, short_wave;

  explicit Tremor(Random& random)
      : phase_a(static_cast<float>(random.uniform(0, 2 * pi))),
        phase_b(static_cast<float>(random.uniform(0, 2 * pi))),
        long_wave(static_cast<float>(random.uniform(70, 110))),
        short_wave(static_cast<float>(random.uniform(21, 33))) {}

  float at(float s) const {
    return 0.7f * std::sin(s * 2 * pi / long_wave + phase_a) +
           0.3f * std::sin(s * 2 * pi / short_wave + phase_b);
  }
};

Random stream(int seed, int salt) {
  return Random{
      mix_bits(static_cast<std::uint64_t>(seed) * 977 + static_cast<std::uint64_t>(salt))};
}

// Points every few pixels along straight lines between the corners of a path.
Path resampled(std::span<const Vec> corners, float step) {
  Path result = {corners[0]};
  for (std::size_t i = 1; i < corners.size(); ++i) {
    const float distance = length(corners[i] - corners[i - 1]);
    const int pieces = std::max(1, static_cast<int>(distance / step));
    for (int k = 1; k <= pieces; ++k) {
      result.push_back(
          mix(corners[i - 1], corners[i], static_cast<float>(k) / static_cast<float>(pieces)));
    }
  }
  return result;
}

// Moves every point sideways by a tremor of `amount` pixels.
Path trembling(Path path, float amount, Random& random) {
  const Tremor x(random), y(random);
  float s = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) s += length(path[i] - path[i - 1]);
    path[i] = path[i] + Vec{x.at(s), y.at(s)} * amount;
  }
  return path;
}

// The round corner of a box, from `from` to `to` (radians; 0 to the right, clockwise).
void add_arc(Path& path, Vec centre, float radius, float from, float to) {
  const int pieces = std::clamp(static_cast<int>(radius / 2), 6, 16);
  for (int i = 0; i <= pieces; ++i) {
    const float a = mix(from, to, static_cast<float>(i) / static_cast<float>(pieces));
    path.push_back(centre + Vec{std::cos(a), std::sin(a)} * radius);
  }
}

// Clockwise from behind the top left corner, all round, and a little over the beginning. The
// corners are no circles: the hand takes each a little differently.
Path make_box(float w, float h, float radius, int seed) {
  Random random = stream(seed, 1);
  const float least = std::min(w, h);
  const bool round =
      radius * 2 >= least;  // a circle is one turn of the wrist, its corners don't differ
  const auto corner = [&] {
    const double careless = round ? 1 : random.uniform(0.8, 1.25);
    return std::min({radius * static_cast<float>(careless), w / 2, h / 2});
  };
  const float a = corner(), b = corner(), c = corner(), d = corner();
  Path path = {{d, 0}};
  add_arc(path, {w - a, a}, a, -pi / 2, 0);
  add_arc(path, {w - b, h - b}, b, 0, pi / 2);
  add_arc(path, {c, h - c}, c, pi / 2, pi);
  add_arc(path, {d, d}, d, pi, 3 * pi / 2);
  path.push_back({d + std::min(9.0f, w / 8), 0});
  return trembling(resampled(path, std::min(6.0f, least / 8)),
                   std::clamp(least * 0.02f, 0.25f, 0.9f), random);
}

const Path& box(Ui& ui, Rect rect, float radius, int seed) {
  return kept(ui, box_kind, rect.w, rect.h, seed * 64 + static_cast<int>(radius),
              [&] { return make_box(rect.w, rect.h, radius, seed); });
}

Path make_bubble(float w, float h, int seed) {
  Random random = stream(seed, 2);
  const float r = std::min(24.0f, h / 2);
  const float tail = 34;  // from the left to the tail's left foot
  Path path = {{tail + 20, 0}};
  add_arc(path, {w - r, r}, r, -pi / 2, 0);
  add_arc(path, {w - r, h - r}, r, 0, pi / 2);
  add_arc(path, {r, h - r}, r, pi / 2, pi);
  add_arc(path, {r, r}, r, pi, 3 * pi / 2);
  path.push_back({tail, 0});
  Path shape = trembling(resampled(path, 6), 0.9f, random);
  // The tail leans back, as if the voice came from the drawing above.
  const Vec tip = {tail - 18, -20};
  const Path left = smoothed(Path{shape.back(), {tail - 4, -14}, tip});
  const Path right = smoothed(Path{tip, {tail + 10, -16}, shape.front()});
  shape.insert(shape.end(), left.begin() + 1, left.end());
  shape.insert(shape.end(), right.begin() + 1, right.end());
  return shape;
}

// A little figure: strokes through a few points each, in a square of 100, smoothed.
using Figure = std::vector<Path>;

const Figure& figure(Doodle doodle) {
  static const Figure figures[doodles] = {
      // octopus
      {{{36, 44}, {30, 30}, {32, 12}, {50, 5}, {68, 12}, {71, 30}, {64, 44}},
       {{36, 42}, {30, 56}, {12, 60}, {4, 74}, {9, 80}, {18, 70}, {34, 66}, {40, 54}},
       {{40, 54}, {34, 74}, {26, 86}, {32, 92}, {42, 80}, {47, 58}},
       {{47, 58}, {46, 82}, {51, 94}, {57, 88}, {54, 58}},
       {{54, 58}, {60, 80}, {70, 90}, {76, 84}, {66, 68}, {61, 54}},
       {{61, 53}, {72, 62}, {86, 68}, {94, 80}, {98, 74}, {90, 60}, {74, 54}, {64, 43}},
       {{44, 26}, {44, 29}},
       {{57, 25}, {57, 28}},
       {{45, 37}, {50, 40}, {56, 36}}},
      // cat
      {{{24, 38}, {20, 8}, {40, 24}, {60, 23}, {80, 6}, {79, 38}},
       {{24, 36}, {16, 56}, {24, 80}, {50, 90}, {76, 80}, {85, 58}, {78, 36}},
       {{38, 46}, {38, 50}},
       {{62, 45}, {62, 49}},
       {{46, 60}, {55, 60}, {50, 66}, {46, 60}},
       {{50, 66}, {49, 72}, {40, 76}, {36, 70}},
       {{50, 66}, {51, 73}, {60, 75}, {64, 69}},
       {{30, 62}, {4, 56}},
       {{30, 68}, {3, 72}},
       {{70, 61}, {97, 54}},
       {{70, 67}, {98, 70}}},
      // bicycle
      {{{24, 50}, {8, 54}, {3, 70}, {12, 84}, {28, 84}, {38, 72}, {34, 56}, {22, 50}},
       {{78, 50}, {64, 55}, {60, 70}, {68, 84}, {84, 85}, {96, 72}, {92, 56}, {80, 50}, {75, 51}},
       {{21, 68}, {36, 38}, {68, 37}, {79, 68}},
       {{36, 38}, {48, 67}, {68, 38}},
       {{48, 67}, {21, 68}},
       {{36, 38}, {32, 27}},
       {{24, 28}, {32, 26}, {40, 27}},
       {{68, 38}, {64, 20}, {76, 16}, {80, 24}}},
      // boat
      {{{2, 62}, {40, 64}, {98, 61}},
       {{2, 62}, {10, 80}, {24, 88}, {60, 89}, {84, 84}, {98, 61}},
       {{48, 63}, {47, 34}, {48, 8}},
       {{48, 8}, {60, 26}, {78, 50}, {50, 52}},
       {{44, 20}, {34, 38}, {22, 52}, {45, 53}}},
      // balloon
      {{{50, 4},
        {26, 8},
        {13, 28},
        {20, 48},
        {40, 62},
        {60, 62},
        {80, 48},
        {87, 28},
        {74, 9},
        {50, 4}},
       {{50, 5}, {38, 22}, {38, 44}, {44, 62}},
       {{50, 5}, {62, 22}, {62, 44}, {56, 62}},
       {{40, 62}, {43, 80}},
       {{60, 62}, {57, 80}},
       {{41, 80}, {59, 80}, {58, 95}, {43, 96}, {41, 80}}},
      // flower
      {{{50, 26}, {44, 32}, {50, 39}, {57, 33}, {51, 26}},
       {{46, 27}, {36, 14}, {50, 4}, {60, 14}, {54, 27}},
       {{55, 28}, {70, 16}, {80, 28}, {72, 38}, {57, 34}},
       {{56, 36}, {70, 46}, {62, 58}, {52, 52}, {51, 40}},
       {{48, 39}, {42, 56}, {30, 52}, {30, 42}, {44, 35}},
       {{43, 33}, {26, 36}, {20, 24}, {30, 14}, {46, 28}},
       {{51, 55}, {53, 76}, {49, 97}},
       {{51, 82}, {62, 66}, {78, 66}, {70, 80}, {51, 84}},
       {{50, 90}, {36, 76}, {24, 80}, {34, 90}, {50, 92}}},
  };
  return figures[static_cast<std::size_t>(doodle)];
}

const Figure& figure(Icon icon) {
  static const Figure figures[icons] = {
      // undo: an arrow that turns back
      {{{14, 40}, {40, 28}, {66, 32}, {80, 52}, {74, 74}, {52, 84}, {40, 82}},
       {{36, 18}, {14, 40}},
       {{14, 40}, {38, 54}}},
      // trash
      {{{12, 28}, {50, 26}, {88, 27}},
       {{38, 26}, {40, 14}, {60, 13}, {63, 25}},
       {{22, 30}, {30, 88}},
       {{30, 88}, {50, 90}, {71, 88}},
       {{71, 88}, {79, 30}},
       {{41, 44}, {44, 74}},
       {{60, 44}, {57, 74}}},
      // skip
      {{{20, 22}, {60, 50}}, {{60, 50}, {21, 79}}, {{80, 20}, {81, 50}, {79, 81}}},
      // tick
      {{{10, 52}, {24, 66}, {36, 84}}, {{36, 84}, {58, 46}, {92, 14}}},
      // cross
      {{{18, 18}, {50, 50}, {82, 84}}, {{82, 16}, {50, 50}, {17, 83}}},
      // home
      {{{8, 52}, {30, 31}, {50, 13}},
       {{50, 13}, {70, 31}, {93, 53}},
       {{22, 42}, {23, 64}, {22, 88}},
       {{22, 88}, {50, 89}, {79, 87}},
       {{79, 87}, {78, 64}, {78, 40}},
       {{42, 87}, {42, 62}},
       {{42, 62}, {59, 61}},
       {{59, 61}, {59, 87}}},
      // words: lines of a list
      {{{14, 24}, {16, 24}},
       {{34, 24}, {60, 22}, {88, 24}},
       {{14, 50}, {16, 51}},
       {{34, 50}, {60, 51}, {86, 49}},
       {{14, 77}, {16, 77}},
       {{34, 77}, {56, 76}, {76, 78}}},
      // before, next: arrow heads
      {{{64, 16}, {32, 50}}, {{32, 50}, {66, 84}}},
      {{{36, 16}, {68, 50}}, {{68, 50}, {34, 84}}},
      // sun
      {{{50, 30}, {34, 36}, {29, 51}, {37, 66}, {52, 71}, {66, 64}, {71, 49}, {64, 35}, {49, 30}},
       {{50, 6}, {50, 17}},
       {{80, 18}, {73, 26}},
       {{95, 50}, {84, 50}},
       {{81, 81}, {73, 73}},
       {{50, 95}, {50, 84}},
       {{19, 82}, {27, 74}},
       {{5, 51}, {16, 50}},
       {{18, 19}, {26, 27}}},
      // moon
      {{{62, 10},
        {38, 14},
        {20, 34},
        {18, 60},
        {34, 82},
        {58, 90},
        {82, 78},
        {64, 76},
        {48, 62},
        {44, 42},
        {50, 24},
        {63, 10}}},
      // heard: a horn, and what comes out of it
      {{{30, 37}, {12, 37}, {10, 50}, {11, 64}, {29, 64}},
       {{30, 37}, {54, 17}},
       {{54, 17}, {57, 50}, {55, 84}},
       {{55, 84}, {29, 64}},
       {{69, 36}, {76, 50}, {68, 65}},
       {{81, 23}, {96, 50}, {80, 78}}},
      // muted
      {{{30, 37}, {12, 37}, {10, 50}, {11, 64}, {29, 64}},
       {{30, 37}, {54, 17}},
       {{54, 17}, {57, 50}, {55, 84}},
       {{55, 84}, {29, 64}},
       {{70, 37}, {96, 64}},
       {{95, 36}, {70, 65}}},
      // gear
      {{{34, 24}, {43, 20}, {43, 6},  {57, 6},  {57, 20}, {66, 24}, {77, 14}, {87, 23}, {77, 33},
        {81, 43}, {94, 43}, {95, 57}, {80, 57}, {76, 66}, {86, 76}, {76, 86}, {67, 77}, {57, 81},
        {57, 95}, {43, 95}, {43, 80}, {34, 76}, {23, 86}, {14, 77}, {23, 67}, {19, 57}, {6, 57},
        {5, 43},  {20, 43}, {24, 33}, {14, 24}, {23, 14}, {34, 24}, {43, 20}, {43, 6}},
       {{52, 37},
        {61, 43},
        {63, 52},
        {57, 61},
        {48, 63},
        {39, 57},
        {37, 48},
        {43, 39},
        {52, 37},
        {61, 43}}},
      // back
      {{{86, 51}, {50, 48}, {14, 50}}, {{42, 22}, {14, 50}}, {{14, 50}, {41, 79}}},
      // play
      {{{28, 14}, {27, 50}, {29, 87}},
       {{29, 87}, {60, 70}, {88, 50}},
       {{88, 50}, {60, 32}, {27, 14}}},
      // pause
      {{{32, 16}, {31, 50}, {33, 85}}, {{69, 15}, {70, 50}, {68, 84}}},
      // keep: into a tray
      {{{50, 8}, {51, 36}, {50, 66}},
       {{28, 44}, {50, 66}},
       {{50, 66}, {73, 43}},
       {{12, 62}, {13, 90}},
       {{13, 90}, {50, 91}, {87, 89}},
       {{87, 89}, {88, 62}}},
      // challenge: a paper aeroplane on its way
      {{{93, 10}, {50, 28}, {7, 47}},
       {{7, 47}, {34, 58}},
       {{34, 58}, {64, 35}, {93, 10}},
       {{34, 58}, {38, 88}},
       {{38, 88}, {53, 67}},
       {{53, 67}, {76, 78}},
       {{76, 78}, {86, 44}, {93, 10}}},
  };
  return figures[static_cast<std::size_t>(icon)];
}

// Draws a figure stroke after stroke, up to `share` of its ink.
void draw_figure(Ui& ui, const Figure& figure, Vec centre, float size, float width, Color color,
                 float share) {
  float total = 0;
  for (const Path& stroke : figure) total += path_length(stroke);
  float left = total * share;
  for (const Path& stroke : figure) {
    if (left <= 0) break;
    const float all = path_length(stroke);
    const Path placed_stroke =
        placed(smoothed(placed(stroke, {}, size / 100)), centre - Vec{size / 2, size / 2});
    if (left < all) {
      ribbon(ui, first_part(placed_stroke, left / all), width, color);
    } else {
      ribbon(ui, placed_stroke, width, color);
    }
    left -= all;
  }
}

}  // namespace

void fill_outline(Ui& ui, Rect rect, float radius, Color color, int seed) {
  Path path = placed(box(ui, rect, radius, seed), rect.corner());
  while (path.size() > 3 && length(path.back() - path.front()) < 14 &&
         path.back().x > path.front().x) {
    path.pop_back();  // where the pen crossed its beginning
  }
  fill(ui, path, color);
}

void outline(Ui& ui, Rect rect, float radius, float width, Color color, int seed, float share) {
  const Path path = placed(box(ui, rect, radius, seed), rect.corner());
  ribbon(ui, share < 1 ? first_part(path, share) : path, width, color);
}

void sheet(Ui& ui, Rect rect, int seed) {
  const Theme& theme = *ui.theme;
  fill_outline(ui, {rect.x + 4, rect.y + 6, rect.w, rect.h}, 9, theme.shadow, seed);
  fill_outline(ui, rect, 9, theme.sheet, seed);
  outline(ui, rect, 9, 1.6f, theme.line, seed);
}

void scribble(Ui& ui, Rect rect, int strokes, Color color, int seed, float share,
              float most_short) {
  const float thickness = rect.h / static_cast<float>(strokes) * 1.16f;
  for (int i = 0; i < strokes; ++i) {
    const float done = share * static_cast<float>(strokes) - static_cast<float>(i);
    if (done <= 0) break;
    const Path& path = kept(ui, scribble_kind, rect.w, rect.h, seed * 16 + i, [&] {
      Random random = stream(seed, 10 + i);
      const auto roughly = [&](double low, double high) {
        return static_cast<float>(random.uniform(low, high));
      };
      // Each stroke begins and ends where the hand happens to be, and leans a little.
      const float slope = roughly(-0.02, 0.03) * std::min(rect.w, 160.0f);
      const float room = std::min(rect.w * 0.1f, most_short);
      const float y = thickness / 2 + (rect.h - thickness) * static_cast<float>(i) /
                                          std::max(1.0f, static_cast<float>(strokes - 1));
      const Vec from = {thickness / 2 + roughly(0, 0.7) * room, y - slope / 2};
      const Vec to = {rect.w - thickness / 2 - roughly(0, 1) * room, y + slope / 2};
      const Path corners = {from, mix(from, to, 0.5f) + Vec{0, roughly(-1.6, 1.6)}, to};
      return trembling(resampled(smoothed(corners), 9), 0.8f, random);
    });
    // A marker goes there and back.
    Path stroke = placed(path, rect.corner());
    if (i % 2 == 1) std::reverse(stroke.begin(), stroke.end());
    ribbon(ui, done < 1 ? first_part(stroke, done) : stroke, thickness, color);
  }
}

void highlighted(Ui& ui, Vec centre, const Paragraph& words, int seed, float share) {
  // By night the letters are dark on the marker, so it must lie under all of them; by day it may be
  // careless.
  const bool whole = ui.theme->dark;
  const float n = static_cast<float>(words.lines.size());
  const float step = words.em * 1.24f;
  const auto middle_of = [&](float i) { return centre + Vec{0, (i - (n - 1) / 2) * step}; };
  float i = 0;
  for (const std::string& line : words.lines) {
    const float w = width(ui.type, words.em, line);
    const float h = words.em * (whole ? 1.36f : 0.98f);
    const Vec under = middle_of(i) + Vec{0, words.em * (whole ? 0.04f : 0.06f)};
    scribble(ui, around(under, w + words.em * 0.9f, h), whole ? 3 : 2, ui.theme->marker,
             seed + static_cast<int>(i), std::clamp(share * n - i, 0.0f, 1.0f),
             whole ? std::min(carelessness, words.em * 0.2f) : carelessness);
    ++i;
  }
  i = 0;
  for (const std::string& line : words.lines) {
    // The letters stand at once; on the bare paper of the night they are light until the marker has
    // come.
    const float done = std::clamp(share * n - i, 0.0f, 1.0f);
    const Color color =
        whole ? blend(ui.theme->ink, ui.theme->on_marker, done * 1.5f) : ui.theme->on_marker;
    text(ui, middle_of(i), words.em, color, line, Align::centre);
    ++i;
  }
}

void line(Ui& ui, Vec from, Vec to, float width, Color color, int seed, float share) {
  const Vec along = to - from;
  const Path& path = kept(ui, line_kind, length(along), 0, seed, [&] {
    Random random = stream(seed, 30);
    return trembling(resampled(Path{{0, 0}, {length(along), 0}}, 8), 0.9f, random);
  });
  const float size = length(along);
  if (size <= 0) return;
  const Vec unit = along * (1 / size);
  Path placed_path;
  placed_path.reserve(path.size());
  for (const Vec p : path) {
    placed_path.push_back(from + unit * p.x + Vec{-unit.y, unit.x} * p.y);
  }
  ribbon(ui, share < 1 ? first_part(placed_path, share) : placed_path, width, color);
}

void bubble(Ui& ui, Rect rect, Tail tail, int seed) {
  const bool up = tail == Tail::up;
  const Path& made = kept(ui, up ? bubble_up_kind : bubble_left_kind, rect.w, rect.h, seed, [&] {
    Path path = up ? make_bubble(rect.w, rect.h, seed) : make_bubble(rect.h, rect.w, seed);
    if (!up) {
      for (Vec& p : path) std::swap(p.x, p.y);
    }
    return path;
  });
  Path path = placed(made, rect.corner());
  // The tail is not convex: a triangle fan from the foot of its other side fills it, then the body.
  const auto in_body = [&](Vec p) { return up ? p.y > rect.y - 3 : p.x > rect.x - 3; };
  Path body, tip;
  for (const Vec p : path) (in_body(p) ? body : tip).push_back(p);
  for (std::size_t i = 1; i < tip.size(); ++i) {
    Path wedge = {path.front() + (up ? Vec{0, 4} : Vec{4, 0}), tip[i - 1], tip[i]};
    if (!up) std::reverse(wedge.begin(), wedge.end());
    fill(ui, wedge, ui.theme->sheet);
  }
  if (!up) std::reverse(body.begin(), body.end());
  fill(ui, body, ui.theme->sheet);
  ribbon(ui, path, 2.2f, ui.theme->ink);
}

void loop_around(Ui& ui, Rect thing, Rect room, int seed, float share) {
  const float width = 15;
  // Its reach grows by a fifteenth on the way round, so that the end passes outside of the
  // beginning.
  const auto reach_of = [&](float size, float most) {
    return std::min(std::max(size * 1.32f + 52, 130.0f), std::max(most - width, 1.0f)) / 2 / 1.06f;
  };
  const float rx = reach_of(thing.w, room.w), ry = reach_of(thing.h, room.h);
  Vec middle = thing.centre();
  const auto within = [&](float at, float low, float high, float radius) {
    const float margin = width / 2 + radius * 1.06f;
    return std::clamp(at, low + margin - 0.01f, high - margin + 0.01f);
  };
  middle = {within(middle.x, room.x, room.right(), rx),
            within(middle.y, room.y, room.bottom(), ry)};
  Random random = stream(seed, 40);
  const Tremor tremor(random);
  const float start = static_cast<float>(random.uniform(-2.3, -1.7));
  Path path;
  const int n = 64;
  for (int i = 0; i <= n; ++i) {
    const float t = static_cast<float>(i) / n;
    const float a = start + t * 2 * pi * 1.06f;
    const float reach = 1 + 0.012f * tremor.at(t * 260) + 0.05f * t;
    path.push_back(middle + Vec{std::cos(a) * rx, std::sin(a) * ry} * reach);
  }
  ribbon(ui, share < 1 ? first_part(path, share) : path, width, ui.theme->marker);
}

void icon(Ui& ui, Icon icon, Vec centre, float size, float width, Color color, float share) {
  draw_figure(ui, figure(icon), centre, size, width, color, share);
}

void doodle(Ui& ui, Doodle doodle, Vec centre, float size, float width, Color color, float share) {
  draw_figure(ui, figure(doodle), centre, size, width, color, share);
}

}  // namespace ui
