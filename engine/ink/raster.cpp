#include "engine/ink/raster.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

// The drawing is compiled for each of these instruction sets, and the processor's best is taken;
// what it calls must be inlined to take part in that. The pictures are the same: most of it is
// arithmetic of whole numbers, and CMakeLists.txt turns FMA off for the rest.
#if defined(__x86_64__) && defined(__GNUC__)
#define INKLING_LEVELS
#endif
#define INKLING_INLINE [[gnu::always_inline]] inline

namespace ink {

namespace {

// A row of pixels is cut into this many lines, as Cairo does (which drew Google's pictures). Across
// the lines, points are rounded to fractions of one; along a line, ink is counted in steps of a
// pixel, in 16 bits.
constexpr int lines_a_pixel = 15;
constexpr int fractions_a_line = 16;
constexpr int steps_a_pixel = 256;
constexpr int steps_a_picture = 8192;  // at most: more than 32 pixels have larger steps
using Step = std::int16_t;

// Ink on a line is an interval, or none: its left end is then right of the other one. Points are at
// most half a picture outside of it, and half a disc is no wider, so that these lie beyond all
// ends.
constexpr Step no_left = 2 * steps_a_picture - 1, no_right = -2 * steps_a_picture;
constexpr Step no_half = -2 * steps_a_picture;  // of the chord on a line that a disc does not reach

// Loops run over whole vector registers, without branches; behind what they work on there is room
// for the rest of one.
constexpr int most_lanes = 32;
constexpr int lines_a_cell = 32;  // a stroke's levels are counted by cells of lines

constexpr std::array<Step, most_lanes> lane = [] {
  std::array<Step, most_lanes> numbers{};
  for (int i = 0; i < most_lanes; ++i) numbers[i] = static_cast<Step>(i);
  return numbers;
}();

struct Geometry {
  explicit Geometry(const RasterOptions& options)
      : side(std::clamp(options.side, 1, max_side)),
        steps(std::min(steps_a_pixel,
                       steps_a_picture / static_cast<int>(std::bit_ceil(unsigned(side))))),
        step_bits(std::countr_zero(unsigned(steps))),
        scale(static_cast<float>(side) / (256 + 2 * options.padding + options.line_width)),
        margin(options.padding + options.line_width / 2),
        radius(options.line_width / 2 * scale),
        reach(static_cast<int>(radius * lines_a_pixel) + 1),
        chords(2 * reach + 2),
        stride(chords + 2 * most_lanes),
        above(chords + most_lanes),
        lines(((above + side * lines_a_pixel + 2 * chords + most_lanes) / lines_a_cell + 1) *
              lines_a_cell) {}

  int side, steps;  // of the picture, in pixels; of a pixel
  int step_bits;    // 2 to its power are the steps
  float scale;      // from the drawing's units to pixels
  float margin;     // around the drawing, in its units
  float radius;     // of the pen's disc, in pixels
  int reach;        // of the disc from its centre up and down, in lines
  int chords;       // lines of a disc
  int stride;       // from one fraction's half chords to the next one's
  int above;        // lines above the picture
  int lines;        // all, with those above and below it; whole cells
};

// Segments, each from a point of the drawing to the next one. What the discs around its ends and
// the band between them cover of a line is one interval.
struct Segments {
  static constexpr int count = 16;
  using Each = std::array<int, count>;

  Each way;                             // 1 down, -1 up, 0 level
  Each from_x, from_first, from_chord;  // a disc's centre and first line; its first half chord
  Each to_x, to_first, to_chord;
  Each left_first, left_count, left_x;  // the band's left side: its lines, where it is on the first
  Each right_first, right_count, right_x;
  Each unit, slope;  // on the n'th line after it the sides are n * unit * slope / 2^16 further on
  Each first, end;   // lines of the band and of the disc that it leads to
};

// Columns, as many as are counted at once, of a row or of two, with ink of one level of the stroke.
struct Window {
  std::size_t line;   // the row's first, on that level
  std::size_t pixel;  // the row's, in the first column
  int column;
};

// Memory that is used again from drawing to drawing.
struct Scratch {
  float radius = -1;  // of the pen, and
  int side = 0;       // of the picture, for which it is prepared
  int lines = 0;

  std::vector<Step> half_chords;  // by the fraction of a line on which a disc's centre lies

  // All points of the drawing, in its units; then in steps, and in fractions of a line.
  std::vector<float> units_x, units_y;
  std::vector<int> x, y;
  std::vector<Segments> segments;

  // A stroke, by line: intervals that do not touch each other, on as many levels as they take. How
  // many levels there are beyond the first, by cell of lines.
  std::vector<Step> left, right;
  std::vector<int> levels;
  // A run of segments that goes down, or up: an interval a line.
  std::vector<Step> run_left, run_right;

  std::vector<Step> coverage;  // of each pixel by the stroke: steps on all of its lines
  std::vector<std::uint16_t> pixels;
  std::vector<Window> windows;  // of the stroke
};

void prepare(Scratch& s, const Geometry& g) {
  if (s.radius == g.radius && s.side == g.side) return;
  s.radius = g.radius, s.side = g.side, s.lines = g.lines;
  s.half_chords.assign(static_cast<std::size_t>(fractions_a_line) * g.stride, no_half);
  const double radius = static_cast<double>(g.radius) * lines_a_pixel;
  for (int fraction = 0; fraction < fractions_a_line; ++fraction)
    for (int i = 0; i < g.chords; ++i) {
      const double a = i - g.reach - static_cast<double>(fraction) / fractions_a_line;
      if (const double square = radius * radius - a * a; square >= 0)
        s.half_chords[fraction * g.stride + most_lanes + i] =
            static_cast<Step>(std::lround(std::sqrt(square) / lines_a_pixel * g.steps));
    }
  s.left.assign(2 * static_cast<std::size_t>(g.lines), no_left);
  s.right.assign(2 * static_cast<std::size_t>(g.lines), no_right);
  s.run_left.assign(g.lines, no_left);
  s.run_right.assign(g.lines, no_right);
  s.levels.assign(g.lines / lines_a_cell + 2, 0);
  // Two rows are covered at a time, from any column that may be at their end.
  s.coverage.assign(static_cast<std::size_t>(g.side + 2) * g.side + most_lanes, 0);
  s.pixels.assign(s.coverage.size(), 0);
}

// All points, and the last one again up to a whole number of Segments. Returns the number of those.
INKLING_INLINE std::size_t gather(Scratch& s, const Polylines& lines) {
  const std::size_t points = lines.x.size();
  const std::size_t whole = (points + Segments::count - 1) / Segments::count;
  if (s.segments.size() < whole) {
    s.segments.resize(whole);
    for (auto* units : {&s.units_x, &s.units_y}) units->resize(whole * Segments::count);
    for (auto* places : {&s.x, &s.y}) places->resize(whole * Segments::count + 1);
  }
  const std::size_t rest = whole * Segments::count - points;
  std::fill_n(std::copy_n(lines.x.begin(), points, s.units_x.begin()), rest, lines.x.back());
  std::fill_n(std::copy_n(lines.y.begin(), points, s.units_y.begin()), rest, lines.y.back());
  return whole;
}

INKLING_INLINE float bounded(float value, float least, float most) {
  return std::min(std::max(value, least), most);
}

// Where the first n points are, the drawing's box in the middle of the picture.
INKLING_INLINE void place(Scratch& s, const Geometry& g, std::size_t n) {
  const float* __restrict units_x = s.units_x.data();
  const float* __restrict units_y = s.units_y.data();
  float right = units_x[0], bottom = units_y[0];
  for (std::size_t i = 0; i < n; ++i) {  // of std::max, GCC would make no vectors
    right = right < units_x[i] ? units_x[i] : right;
    bottom = bottom < units_y[i] ? units_y[i] : bottom;
  }
  const float to_x = g.scale * static_cast<float>(g.steps);
  const float to_y = g.scale * lines_a_pixel * fractions_a_line;
  constexpr int outside = steps_a_picture / 2;
  // Rounded, x after it is made positive, y from the middle of a line.
  const float shift_x = (g.margin + (256 - right) / 2) * to_x + outside + 0.5f;
  const float shift_y = (g.margin + (256 - bottom) / 2) * to_y +
                        static_cast<float>(g.above * fractions_a_line) -
                        static_cast<float>(fractions_a_line) / 2 + 0.5f;
  const auto least_y = static_cast<float>((g.reach + 1) * fractions_a_line);
  const auto most_y =
      static_cast<float>((g.above + g.side * lines_a_pixel + g.reach + 1) * fractions_a_line);
  int* __restrict x = s.x.data();
  int* __restrict y = s.y.data();
  for (std::size_t i = 0; i < n; ++i) {
    const float right_of_it = bounded(units_x[i] * to_x + shift_x, 0, 2 * steps_a_picture - 1);
    x[i] = static_cast<int>(right_of_it) - outside;
    y[i] = static_cast<int>(bounded(units_y[i] * to_y + shift_y, least_y, most_y));
  }
}

// The segments from the points x, y to those after them. Those from one stroke to the next, and
// from the last point, are of no use.
INKLING_INLINE void connect(const Geometry& g, const int* x, const int* y, Segments& s) {
  Segments::Each from_x, from_y, to_x, to_y;
  std::copy_n(x, Segments::count, from_x.begin());
  std::copy_n(y, Segments::count, from_y.begin());
  std::copy_n(x + 1, Segments::count, to_x.begin());
  std::copy_n(y + 1, Segments::count, to_y.begin());
  constexpr float fraction = 1.0f / fractions_a_line, line = 1.0f / lines_a_pixel;
  const auto steps = static_cast<float>(g.steps);
  const float step = 1 / steps, radius = g.radius;
  const int reach = g.reach, chords = g.chords, stride = g.stride;
  for (int i = 0; i < Segments::count; ++i) {
    const bool down = from_y[i] <= to_y[i];
    const int upper_x = down ? from_x[i] : to_x[i], lower_x = down ? to_x[i] : from_x[i];
    const int upper_y = down ? from_y[i] : to_y[i], lower_y = down ? to_y[i] : from_y[i];
    const int to_first = to_y[i] / fractions_a_line - reach;
    s.way[i] = down ? static_cast<int>(from_y[i] < to_y[i]) : -1;
    s.from_x[i] = from_x[i];
    s.to_x[i] = to_x[i];
    s.from_first[i] = from_y[i] / fractions_a_line - reach;
    s.to_first[i] = to_first;
    s.from_chord[i] = from_y[i] % fractions_a_line * stride + most_lanes;
    s.to_chord[i] = to_y[i] % fractions_a_line * stride + most_lanes;

    // The normal, pointing right, in steps and lines; the sides run from centre + n r to centre +
    // n r: the right one begins ny below the upper centre, the left one ny above it.
    const auto along = static_cast<float>(lower_x - upper_x);
    const float lines = static_cast<float>(lower_y - upper_y) * fraction;
    const float dx = along * step, dy = lines * line;
    const float share = radius / std::sqrt(std::max(dx * dx + dy * dy, 1e-9f));
    const float nx = dy * share * steps, ny = -dx * share * lines_a_pixel;
    const float slope = along / std::max(lines, fraction);
    const float begin_left = static_cast<float>(upper_y) * fraction - ny;
    const float begin_right = static_cast<float>(upper_y) * fraction + ny;
    const int left = static_cast<int>(begin_left) + 1;
    const int right = static_cast<int>(begin_right) + 1;
    const int left_count = static_cast<int>(begin_left + lines) + 1 - left;
    const int right_count = static_cast<int>(begin_right + lines) + 1 - right;
    s.left_first[i] = left;
    s.left_count[i] = std::max(left_count, 0);
    s.right_first[i] = right;
    s.right_count[i] = std::max(right_count, 0);
    s.first[i] = std::min(std::min(left, right), to_first);
    s.end[i] = std::max(std::max(left + left_count, right + right_count), to_first + chords);
    // The product of two numbers of 16 bits, as large as they can be; it is rounded down, 1 makes
    // up for that and rounds the rest.
    const int most = std::max(std::max(left_count, right_count) - 1, 1);
    const int unit = static_cast<int>(32767 / static_cast<float>(most));
    s.unit[i] = unit;
    s.slope[i] = static_cast<int>(bounded(slope * 65536 / static_cast<float>(unit), -32767, 32767));
    const float left_x =
        static_cast<float>(upper_x) - nx + (static_cast<float>(left) - begin_left) * slope;
    const float right_x =
        static_cast<float>(upper_x) + nx + (static_cast<float>(right) - begin_right) * slope;
    s.left_x[i] = static_cast<int>(bounded(left_x + 1, no_right, no_left));
    s.right_x[i] = static_cast<int>(bounded(right_x + 1, no_right, no_left));
  }
}

// A vector register, as numbers of 16 bits with and without a sign.
struct Bits128 {
  using Steps [[gnu::vector_size(16)]] = Step;
  using Counts [[gnu::vector_size(16)]] = std::uint16_t;
  using Words [[gnu::vector_size(16)]] = std::uint64_t;
};
struct Bits256 {
  using Steps [[gnu::vector_size(32)]] = Step;
  using Counts [[gnu::vector_size(32)]] = std::uint16_t;
};
struct Bits512 {
  using Steps [[gnu::vector_size(64)]] = Step;
  using Counts [[gnu::vector_size(64)]] = std::uint16_t;
};

template <class Steps>
INKLING_INLINE Steps load(const Step* from) {
  Steps steps;
  std::memcpy(&steps, from, sizeof steps);
  return steps;
}

template <class Steps>
INKLING_INLINE void store(const Steps& steps, Step* to) {
  std::memcpy(to, &steps, sizeof steps);
}

template <class Steps>
INKLING_INLINE Steps lesser(const Steps& a, const Steps& b) {
  return a < b ? a : b;
}

template <class Steps>
INKLING_INLINE Steps greater(const Steps& a, const Steps& b) {
  return a > b ? a : b;
}

// a * b / 2^16, rounded down. Compilers know the instruction for it from a loop alone.
template <class Steps>
INKLING_INLINE Steps high_product(const Steps& a, Step b) {
  std::array<Step, sizeof a / sizeof(Step)> numbers;
  std::memcpy(&numbers, &a, sizeof a);
  for (Step& number : numbers) number = static_cast<Step>((int{number} * int{b}) >> 16);
  return load<Steps>(numbers.data());
}

// The halves of a register put together, until there are 128 bits.
template <class Steps, class Join>
INKLING_INLINE Bits128::Steps fold(const Steps& steps, Join join) {
  if constexpr (sizeof steps == sizeof(Bits128::Steps)) {
    return steps;
  } else {
    using Half =
        std::conditional_t<sizeof steps == sizeof(Bits512::Steps), Bits256::Steps, Bits128::Steps>;
    std::array<Half, 2> halves;
    std::memcpy(&halves, &steps, sizeof steps);
    return fold(join(halves[0], halves[1]), join);
  }
}

template <class Steps>
INKLING_INLINE bool any_negative(const Steps& steps) {
  const auto words = reinterpret_cast<Bits128::Words>(
      fold(steps, [](const auto& a, const auto& b) { return a | b; }));
  return ((words[0] | words[1]) & 0x8000800080008000u) != 0;
}

// Adds the disc from which the n'th segment comes to the run's intervals, which it touches wherever
// it meets their line.
template <class Register>
INKLING_INLINE void add_disc(const Scratch& s, const Geometry& g, const Segments& segments, int n,
                             Step* __restrict all_left, Step* __restrict all_right) {
  using Steps = typename Register::Steps;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  const Step* chords = s.half_chords.data() + segments.from_chord[n];
  const Steps x = Steps{} + static_cast<Step>(segments.from_x[n]);
  Step *left = all_left + segments.from_first[n], *right = all_right + segments.from_first[n];
  for (int i = 0; i < g.chords; i += lanes) {
    const Steps half = load<Steps>(chords + i);
    store(lesser(load<Steps>(left + i), x - half), left + i);
    store(greater(load<Steps>(right + i), x + half), right + i);
  }
}

// Adds the band of the n'th segment and the disc to which it leads. A disc has no chords on the
// lines before and after its own.
template <class Register>
INKLING_INLINE void add_segment(const Scratch& s, const Geometry& g, const Segments& segments,
                                int n, Step* __restrict all_left, Step* __restrict all_right) {
  using Steps = typename Register::Steps;
  using Counts = typename Register::Counts;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  const auto lane_numbers = load<Steps>(lane.data());
  const Step* chords = s.half_chords.data() + segments.to_chord[n];
  const Steps x = Steps{} + static_cast<Step>(segments.to_x[n]);
  const Steps left_x = Steps{} + static_cast<Step>(segments.left_x[n]);
  const Steps right_x = Steps{} + static_cast<Step>(segments.right_x[n]);
  const auto left_count = Counts{} + static_cast<std::uint16_t>(segments.left_count[n]);
  const auto right_count = Counts{} + static_cast<std::uint16_t>(segments.right_count[n]);
  const Steps unit = Steps{} + static_cast<Step>(segments.unit[n]);
  const auto slope = static_cast<Step>(segments.slope[n]);
  const Steps none_left = Steps{} + no_left, none_right = Steps{} + no_right;
  for (int at = segments.first[n]; at < segments.end[n]; at += lanes) {
    const Steps half =
        load<Steps>(chords + std::clamp(at - segments.to_first[n], -most_lanes, g.chords));
    const Steps n_left = lane_numbers + static_cast<Step>(at - segments.left_first[n]);
    const Steps n_right = lane_numbers + static_cast<Step>(at - segments.right_first[n]);
    const Steps side_l = left_x + high_product(n_left * unit, slope);
    const Steps side_r = right_x + high_product(n_right * unit, slope);
    const Steps band_l = reinterpret_cast<Counts>(n_left) < left_count ? side_l : none_left;
    const Steps band_r = reinterpret_cast<Counts>(n_right) < right_count ? side_r : none_right;
    store(lesser(load<Steps>(all_left + at), lesser(x - half, band_l)), all_left + at);
    store(greater(load<Steps>(all_right + at), greater(x + half, band_r)), all_right + at);
  }
}

// Moves the run's intervals on the lines from first to end to the stroke's: on each line to the
// first one that it touches, or to the first free place.
template <class Register>
INKLING_INLINE void add_run(Scratch& s, int first, int end) {
  using Steps = typename Register::Steps;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  const Steps none_left = Steps{} + no_left, none_right = Steps{} + no_right;
  const Steps one = Steps{} + Step{1};
  const auto at_level = [&](int level) { return static_cast<std::size_t>(level) * s.lines; };
  Step *run_left = s.run_left.data(), *run_right = s.run_right.data();
  Step *all_left = s.left.data(), *all_right = s.right.data();
  for (int at = first; at < end; at += lanes) {
    Steps l = load<Steps>(run_left + at), r = load<Steps>(run_right + at);
    store(none_left, run_left + at);
    store(none_right, run_right + at);
    const auto settle = [&](int level) {
      Step *left = all_left + at_level(level) + at, *right = all_right + at_level(level) + at;
      const Steps there_l = load<Steps>(left), there_r = load<Steps>(right);
      // They are apart where the later left end is right of the earlier right one.
      const Steps later = there_l > there_r ? none_right : greater(l, there_l);
      const Steps earlier = lesser(r, there_r);
      store(later > earlier ? there_l : lesser(l, there_l), left);
      store(later > earlier ? there_r : greater(r, there_r), right);
      l = later > earlier ? l : none_left;
      r = later > earlier ? r : none_right;
      return any_negative(l - r - one);
    };
    const auto has_levels = [&](int level) {
      for (const int line : {at, at + lanes - 1}) {
        int& levels = s.levels[line / lines_a_cell];
        levels = std::max(levels, level);
      }
    };
    // Whether the second level is needed can't be foretold, that a third is not mostly can.
    has_levels(static_cast<int>(settle(0)));
    bool more = settle(1);
    for (int level = 2; more; ++level) {
      if (s.left.size() == at_level(level)) {
        s.left.resize(at_level(level + 1), no_left);
        s.right.resize(at_level(level + 1), no_right);
        all_left = s.left.data(), all_right = s.right.data();
      }
      has_levels(level);
      more = settle(level);
    }
  }
}

// Joins the intervals of a cell of lines that have come to touch.
template <class Register>
INKLING_INLINE void unite(Scratch& s, int cell) {
  using Steps = typename Register::Steps;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  const Steps none_left = Steps{} + no_left, none_right = Steps{} + no_right;
  for (int part = 0; part < lines_a_cell; part += lanes) {
    for (int b = 1; b <= s.levels[cell]; ++b) {
      for (int a = 0; a < b; ++a) {
        const int line = cell * lines_a_cell + part;
        const std::size_t one = static_cast<std::size_t>(a) * s.lines + line;
        const std::size_t other = static_cast<std::size_t>(b) * s.lines + line;
        const Steps l = load<Steps>(&s.left[one]), r = load<Steps>(&s.right[one]);
        const Steps other_l = load<Steps>(&s.left[other]), other_r = load<Steps>(&s.right[other]);
        const Steps later = greater(l, other_l), earlier = lesser(r, other_r);
        store(later > earlier ? other_l : lesser(l, other_l), &s.left[other]);
        store(later > earlier ? other_r : greater(r, other_r), &s.right[other]);
        store(later > earlier ? l : none_left, &s.left[one]);
        store(later > earlier ? r : none_right, &s.right[one]);
      }
    }
  }
}

// Of each 128 bits of two registers the lower or the upper halves, number by number by turns.
template <bool upper, class Numbers, int... i>
INKLING_INLINE Numbers by_turns(const Numbers& a, const Numbers& b,
                                std::integer_sequence<int, i...>) {
  constexpr int lanes = sizeof...(i), part = 16 * lanes / int{sizeof(Numbers)};
  return __builtin_shufflevector(
      a, b, (i / part * part + int{upper} * part / 2 + i % part / 2 + i % 2 * lanes)...);
}
template <class Number, bool upper, class Steps>
INKLING_INLINE Steps by_turns(const Steps& a, const Steps& b) {
  using Numbers [[gnu::vector_size(sizeof(Steps))]] = Number;
  constexpr int lanes = sizeof(Steps) / sizeof(Number);
  return reinterpret_cast<Steps>(by_turns<upper>(reinterpret_cast<Numbers>(a),
                                                 reinterpret_cast<Numbers>(b),
                                                 std::make_integer_sequence<int, lanes>{}));
}

// Sums of two steps each: in each 128 bits, of as many numbers of a as of b, by turns.
template <class Number, class Steps>
INKLING_INLINE Steps sums(const Steps& a, const Steps& b) {
  return by_turns<Number, false>(a, b) + by_turns<Number, true>(a, b);
}

// Each 128 bits and their neighbours added.
template <class Words, int... i>
INKLING_INLINE Words neighbours(const Words& words, std::integer_sequence<int, i...>) {
  return __builtin_shufflevector(words, words, (i ^ 2)...);
}
template <class Steps, class Word = std::int64_t>
INKLING_INLINE Steps with_neighbours(const Steps& steps) {
  using Words [[gnu::vector_size(sizeof(Steps))]] = Word;
  constexpr int count = sizeof(Steps) / sizeof(Word);
  return steps + reinterpret_cast<Steps>(neighbours(reinterpret_cast<Words>(steps),
                                                    std::make_integer_sequence<int, count>{}));
}

// The least of all left ends, and the greatest of all right ones.
struct Extent {
  int left, right;
};

template <class Steps>
INKLING_INLINE Extent extent(const Steps& left, const Steps& right) {
  // The greatest is that whose complement is least: there is one search for both.
  const Steps pairs =
      lesser(by_turns<Step, false>(left, ~right), by_turns<Step, true>(left, ~right));
  Bits128::Steps least = fold(pairs, [](const auto& a, const auto& b) { return lesser(a, b); });
  least = lesser(least, __builtin_shufflevector(least, least, 4, 5, 6, 7, 4, 5, 6, 7));
  least = lesser(least, __builtin_shufflevector(least, least, 2, 3, 2, 3, 2, 3, 2, 3));
  const auto pair = static_cast<std::uint32_t>(reinterpret_cast<Bits128::Words>(least)[0]);
  return {static_cast<Step>(pair), ~static_cast<Step>(pair >> 16)};
}

// A row of lines as 16 numbers: its own, and the next row's first. A register holds half a row,
// one, or two.
constexpr int numbers_a_row = 16;
constexpr std::array<Step, most_lanes> next_row = [] {
  std::array<Step, most_lanes> marks{};
  for (int i = 0; i < most_lanes; ++i) marks[i] = i % numbers_a_row < lines_a_pixel ? 0 : 1;
  return marks;
}();

template <class Steps>
INKLING_INLINE Steps load_rows(const Step* from) {
  using Row [[gnu::vector_size(numbers_a_row * sizeof(Step))]] = std::int64_t;
  if constexpr (sizeof(Steps) <= sizeof(Row)) {
    return load<Steps>(from);
  } else {
    Row first, second;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&second, from + lines_a_pixel, sizeof second);
    return reinterpret_cast<Steps>(__builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7));
  }
}

// How many columns are counted at once.
constexpr int columns = sizeof(Bits128::Steps) / sizeof(Step);

// Appends the windows of a row, or of two where a register holds them, to the n that there are;
// returns how many there are then. They are known for the whole stroke before the first is counted:
// where a window lies is the end of a long chain, for which the counting would wait.
template <class Register>
INKLING_INLINE std::size_t find_windows(Scratch& s, const Geometry& g, int row, int levels,
                                        std::size_t n) {
  using Steps = typename Register::Steps;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  const std::size_t most = n + static_cast<std::size_t>(levels + 1) * (g.side / columns + 2);
  if (s.windows.size() < most) s.windows.resize(2 * most);
  const std::size_t lines = s.lines, pixel = static_cast<std::size_t>(row) * g.side;
  std::size_t line = g.above + row * lines_a_pixel;
  const Step *all_left = s.left.data(), *all_right = s.right.data();
  Window* windows = s.windows.data();
  const Steps edge = Steps{} + static_cast<Step>(g.side * g.steps);
  for (int level = 0; level <= levels; ++level, line += lines) {
    Steps left = load_rows<Steps>(all_left + line), right = load_rows<Steps>(all_right + line);
    for (std::size_t half = lanes; half < numbers_a_row; half += lanes) {
      left = lesser(left, load_rows<Steps>(all_left + line + half));
      right = greater(right, load_rows<Steps>(all_right + line + half));
    }
    const Extent all = extent(lesser(greater(left, Steps{}), edge), lesser(right, edge));
    const int end = (all.right + g.steps - 1) >> g.step_bits;
    int column = all.left >> g.step_bits;
    // Mostly there is one, sometimes none or two, which can't be foretold.
    for (const int there : {column, column + columns}) {
      windows[n] = {line, pixel + there, there};
      n += there < end;
    }
    for (column += 2 * columns; column < end; column += columns)
      windows[n++] = {line, pixel + column, column};
  }
  return n;
}

// Adds what the stroke's intervals cover to the coverage of the n windows' pixels.
//
// Of an interval min(right, x) - min(left, x) is to the left of x. Summed over a row's lines, for
// the right edges of the columns, that leaves what is in each column as differences.
template <class Register>
INKLING_INLINE void cover(Scratch& s, const Geometry& g, std::size_t n) {
  using Steps = typename Register::Steps;
  using Columns = Bits128::Steps;
  constexpr int lanes = sizeof(Steps) / sizeof(Step);
  constexpr int registers = std::max(numbers_a_row / lanes, 1);
  constexpr int rows = std::max(lanes / numbers_a_row, 1);
  const int steps = g.steps, step_bits = g.step_bits;
  const auto side = static_cast<std::size_t>(g.side);
  const Steps edge = Steps{} + static_cast<Step>(g.side * steps);
  const Step *all_left = s.left.data(), *all_right = s.right.data();
  Step* pixels = s.coverage.data();
  for (const Window& window : std::span(s.windows).first(n)) {
    const Steps begin = Steps{} + static_cast<Step>(window.column << step_bits);
    std::array<Steps, registers> l, r;
    for (std::size_t k = 0; k < registers; ++k) {
      const Steps next = load<Steps>(next_row.data() + k * lanes);
      l[k] = lesser(greater(load_rows<Steps>(all_left + window.line + k * lanes), begin), edge);
      r[k] = lesser(load_rows<Steps>(all_right + window.line + k * lanes), edge);
      r[k] = next != 0 ? l[k] : greater(l[k], r[k]);  // also where there is no interval
      l[k] -= begin, r[k] -= begin;
    }
    std::array<Steps, columns> inked{};
    for (int i = 0; i < columns; ++i) {
      const Steps x = Steps{} + static_cast<Step>((i + 1) * steps);
      for (std::size_t k = 0; k < registers; ++k) inked[i] += lesser(r[k], x) - lesser(l[k], x);
    }
    Steps sum = sums<std::int64_t>(
        sums<std::int32_t>(sums<Step>(inked[0], inked[1]), sums<Step>(inked[2], inked[3])),
        sums<std::int32_t>(sums<Step>(inked[4], inked[5]), sums<Step>(inked[6], inked[7])));
    if constexpr (lanes > columns) sum = with_neighbours(sum);
    std::array<Columns, lanes / columns> parts;  // where there are two a row, they are the same
    std::memcpy(&parts, &sum, sizeof sum);
    for (std::size_t i = 0; i < rows; ++i) {
      const Columns left_of = parts[2 * i];
      Step* coverage = pixels + i * side + window.pixel;
      store(load<Columns>(coverage) + left_of -
                __builtin_shufflevector(left_of, Columns{}, 8, 0, 1, 2, 3, 4, 5, 6),
            coverage);
    }
  }
}

// Lays the ink of a stroke, white, over the pixels from begin to end, and those up to a whole
// register, of which nothing is covered.
INKLING_INLINE void lay(Scratch& s, const Geometry& g, int begin, int end) {
  const int factor = 17 * steps_a_pixel / g.steps;
  for (int at = begin; at < end; at += most_lanes) {
    Step* __restrict coverage = &s.coverage[at];  // up to 15 * steps
    std::uint16_t* __restrict pixels = &s.pixels[at];
    // 255 / 15 is 17; (x + 1 + x / 256) / 256 is x / 255 for every x below 2^16 - 1.
    for (int i = 0; i < most_lanes; ++i) {
      const auto alpha = static_cast<std::uint16_t>(
          static_cast<std::uint16_t>(coverage[i] * factor + steps_a_pixel / 2) / steps_a_pixel);
      const auto paper = static_cast<std::uint16_t>(255 - pixels[i]);
      const auto x = static_cast<std::uint16_t>(paper * alpha + 127);
      const auto more = static_cast<std::uint16_t>(x + 1 + (x >> 8));
      pixels[i] = static_cast<std::uint16_t>(pixels[i] + (more >> 8));
      coverage[i] = 0;
    }
  }
}

// What is asked for: one of these is empty.
struct Picture {
  std::span<std::uint8_t> bytes = {};
  std::span<float> shares = {};  // of ink

  std::size_t size() const { return bytes.size() + shares.size(); }

  INKLING_INLINE void write(const std::vector<std::uint16_t>& from) const {
    const std::uint16_t* __restrict pixels = from.data();
    std::uint8_t* __restrict to_bytes = bytes.data();
    float* __restrict to_shares = shares.data();
    for (std::size_t i = 0; i < bytes.size(); ++i)
      to_bytes[i] = static_cast<std::uint8_t>(pixels[i]);
    for (std::size_t i = 0; i < shares.size(); ++i)
      to_shares[i] = static_cast<float>(pixels[i]) * (1.0f / 255);
  }
};

template <class Register>
INKLING_INLINE void draw(const Polylines& lines, const RasterOptions& options,
                         const Picture& picture) {
  constexpr int lanes = sizeof(typename Register::Steps) / sizeof(Step);
  const Geometry g(options);
  assert(picture.size() == static_cast<std::size_t>(g.side) * g.side);

  thread_local Scratch scratch;
  Scratch& s = scratch;
  prepare(s, g);
  std::fill_n(s.pixels.begin(), picture.size(), 0);
  if (!lines.ends.empty()) {
    const std::size_t n = gather(s, lines);
    place(s, g, n * Segments::count);
    for (std::size_t i = 0; i < n; ++i)
      connect(g, &s.x[i * Segments::count], &s.y[i * Segments::count], s.segments[i]);
  }
  for (std::size_t stroke = 0; stroke < lines.ends.size(); ++stroke) {
    const std::size_t begin = lines.begin(stroke), end = lines.ends[stroke] - std::size_t{1};
    std::size_t segment = begin;
    int first = g.lines, last = 0;
    while (segment < end) {
      // Segments that all go down, or up, touch wherever they meet a line: they share an interval.
      // The first ones have the stroke's intervals to themselves.
      const bool alone = segment == begin;
      Step* left = alone ? s.left.data() : s.run_left.data();
      Step* right = alone ? s.right.data() : s.run_right.data();
      const Segments& from = s.segments[segment / Segments::count];
      const int from_first = from.from_first[segment % Segments::count];
      add_disc<Register>(s, g, from, static_cast<int>(segment % Segments::count), left, right);
      int run_first = from_first, run_end = from_first + g.chords;
      for (int way = 0; segment < end; ++segment) {
        const Segments& segments = s.segments[segment / Segments::count];
        const int i = static_cast<int>(segment % Segments::count);
        if (segments.way[i] * way < 0) break;
        way |= segments.way[i];
        add_segment<Register>(s, g, segments, i, left, right);
        run_first = std::min(run_first, segments.first[i]);
        run_end = std::max(run_end, segments.end[i]);
      }
      if (!alone) add_run<Register>(s, run_first, run_end);
      first = std::min(first, run_first);
      last = std::max(last, run_end);
    }

    const int first_row = std::max(first - g.above, 0) / lines_a_pixel;
    const int end_row = std::min((last - 1 - g.above) / lines_a_pixel + 1, g.side);
    int most_levels = 0;
    for (int cell = first / lines_a_cell; cell * lines_a_cell < last; ++cell) {
      most_levels = std::max(most_levels, s.levels[cell]);
      unite<Register>(s, cell);
    }
    constexpr int rows = std::max(lanes / numbers_a_row, 1);
    std::size_t found = 0;
    for (int row = first_row; row < end_row; row += rows) {
      const int line = g.above + row * lines_a_pixel;
      const int levels = std::max(s.levels[line / lines_a_cell],
                                  s.levels[(line + rows * lines_a_pixel - 1) / lines_a_cell]);
      found = find_windows<Register>(s, g, row, levels, found);
    }
    cover<Register>(s, g, found);
    lay(s, g, first_row * g.side, end_row * g.side);
    for (int level = 0; level <= most_levels; ++level) {
      const std::size_t at = static_cast<std::size_t>(level) * s.lines;
      for (int line = first; line < last; line += lanes) {
        std::fill_n(&s.left[at + line], lanes, no_left);
        std::fill_n(&s.right[at + line], lanes, no_right);
      }
    }
    if (most_levels > 0)
      std::fill(&s.levels[first / lines_a_cell], &s.levels[last / lines_a_cell + 2], 0);
  }
  picture.write(s.pixels);
}

#ifdef INKLING_LEVELS
[[gnu::target("arch=x86-64-v4")]] void draw_by_512_bits(const Polylines& lines,
                                                        const RasterOptions& options,
                                                        const Picture& picture) {
  draw<Bits512>(lines, options, picture);
}

[[gnu::target("arch=x86-64-v3")]] void draw_by_256_bits(const Polylines& lines,
                                                        const RasterOptions& options,
                                                        const Picture& picture) {
  draw<Bits256>(lines, options, picture);
}
#endif

void draw(const Polylines& lines, const RasterOptions& options, const Picture& picture) {
#ifdef INKLING_LEVELS
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
    return draw_by_512_bits(lines, options, picture);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
    return draw_by_256_bits(lines, options, picture);
#endif
  draw<Bits128>(lines, options, picture);
}

}  // namespace

void raster(const Polylines& lines, const RasterOptions& options, std::span<std::uint8_t> picture) {
  draw(lines, options, {.bytes = picture});
}

void raster(const Polylines& lines, const RasterOptions& options, std::span<float> picture) {
  draw(lines, options, {.shares = picture});
}

}  // namespace ink
