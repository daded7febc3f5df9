#include "engine/ink/raster.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

// The drawing is compiled for each of these instruction sets, and the processor's best is taken;
// what it calls must be inlined to take part in that. A drawing takes 8.2 us, 4.6 us with AVX2 and
// 3.3 us with AVX-512. The pictures are the same: CMakeLists.txt turns FMA off.
#if defined(__x86_64__) && defined(__GNUC__)
#define INKLING_LEVELS
#endif
#define INKLING_INLINE [[gnu::always_inline]] inline

namespace ink {

namespace {

// A row of pixels is cut into this many lines, as Cairo does (which drew Google's pictures); along
// a line the coverage is exact, in steps of 1/256 pixel.
constexpr int lines_a_pixel = 15;
constexpr float steps_a_pixel = 256;

// All lines of a row are computed alike, in loops that vectorise: without branches, and of a whole
// number of vector registers, for which the last line stands there twice.
constexpr int lanes = 16;
using Lanes = std::array<float, lanes>;

constexpr Lanes line_in_row = [] {
  Lanes y{};
  for (int i = 0; i < lanes; ++i)
    y[i] = (static_cast<float>(std::min(i, lines_a_pixel - 1)) + 0.5f) / lines_a_pixel;
  return y;
}();

// Beyond every picture: an interval from here to -here is none.
constexpr float never = 1e9f;

constexpr Lanes all(float value) {
  Lanes lanes_of_value{};
  lanes_of_value.fill(value);
  return lanes_of_value;
}

// The half width of a point's disc on the lines of a row.
struct alignas(64) Chord {
  Lanes half = all(-never);
};

// Where ink lies on the lines of a row, in pixels: an interval a line, or none.
struct alignas(64) Intervals {
  Lanes left = all(never), right = all(-never);
  int next = 0;  // the index of those with further intervals of the same row; 0: there are none
};

constexpr Chord out_of_reach;

// A point of a stroke with its disc, in pixels.
struct Disc {
  float x = 0, y = 0;
  int first_row = 0, last_row = 0;  // that the disc reaches
  Chord* chords = nullptr;          // by row
};

INKLING_INLINE int nearest_pixel(float at, int side) {
  return static_cast<int>(std::min(std::max(at, 0.0f), static_cast<float>(side - 1)));
}

INKLING_INLINE void place(Disc& disc, float x, float y, float radius, int side) {
  disc.x = x, disc.y = y;
  disc.first_row = nearest_pixel(y - radius, side);
  disc.last_row = nearest_pixel(y + radius, side);
  for (int row = disc.first_row; row <= disc.last_row; ++row) {
    Lanes& half = disc.chords[row].half;
    for (int i = 0; i < lanes; ++i) {
      const float a = static_cast<float>(row) + line_in_row[i] - y;
      const float square = radius * radius - a * a;
      const float root = std::sqrt(std::max(square, 0.0f));
      half[i] = square >= 0 ? root : -never;
    }
  }
}

// Adds `more` to the row's intervals behind `at`: on each line to the first one that it touches, or
// to the first free place.
INKLING_INLINE void put_behind(std::vector<Intervals>& intervals, int at, Intervals& more) {
  for (;;) {
    if (intervals[at].next == 0) {
      intervals[at].next = static_cast<int>(intervals.size());
      intervals.push_back(more);
      return;
    }
    at = intervals[at].next;
    Intervals& there = intervals[at];
    int left_over = 0;
    for (int i = 0; i < lanes; ++i) {
      const float l = more.left[i], r = more.right[i];
      const float there_l = there.left[i], there_r = there.right[i];
      const bool apart = (there_l <= there_r) & (l <= r) & ((l > there_r) | (r < there_l));
      there.left[i] = std::min(there_l, apart ? never : l);
      there.right[i] = std::max(there_r, apart ? -never : r);
      more.left[i] = apart ? l : never;
      more.right[i] = apart ? r : -never;
      left_over |= apart;
    }
    if (!left_over) return;
  }
}

// Adds the ink of the round-ended segment between two points, upper.y <= lower.y. The outline is
// that of two discs and the band between their common tangents.
INKLING_INLINE void add_segment(const Disc& upper, const Disc& lower, float radius,
                                std::vector<Intervals>& intervals) {
  const float dx = lower.x - upper.x, dy = lower.y - upper.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  // The normal, pointing right; the tangents run from centre + n r to centre + n r.
  const float nx = length > 0 ? dy / length * radius : 0;
  const float ny = length > 0 ? -dx / length * radius : 0;
  const float slope = dy > 0 ? dx / dy : 0;
  // The right tangent starts ny below the first centre, the left one ny above it.
  const bool band = dy > 1e-6f;
  const float begin_r = band ? ny : never, begin_l = band ? -ny : never;

  for (int row = upper.first_row; row <= lower.last_row; ++row) {
    const Lanes& upper_half = (row <= upper.last_row ? upper.chords[row] : out_of_reach).half;
    const Lanes& lower_half = (row >= lower.first_row ? lower.chords[row] : out_of_reach).half;
    Intervals& there = intervals[row];
    Intervals before;
    int moved = 0;
    for (int i = 0; i < lanes; ++i) {
      const float y = static_cast<float>(row) + line_in_row[i];
      const float a = y - upper.y, b = y - lower.y;
      const float discs_l = std::min(upper.x - upper_half[i], lower.x - lower_half[i]);
      const float discs_r = std::max(upper.x + upper_half[i], lower.x + lower_half[i]);
      const float tangent_l = upper.x - nx + (a + ny) * slope;
      const float tangent_r = upper.x + nx + (a - ny) * slope;
      const bool band_l = (a >= begin_l) & (b <= -ny), band_r = (a >= begin_r) & (b <= ny);
      const float l = std::min(discs_l, band_l ? tangent_l : never);
      const float r = std::max(discs_r, band_r ? tangent_r : -never);
      const bool some = l < r;
      // Most often this goes on where the segment before it was. Where it does not, it takes the
      // place, for the next one to go on from.
      const float there_l = there.left[i], there_r = there.right[i];
      const bool apart = some & (there_l <= there_r) & ((l > there_r) | (r < there_l));
      there.left[i] = std::min(some ? l : never, apart ? never : there_l);
      there.right[i] = std::max(some ? r : -never, apart ? -never : there_r);
      before.left[i] = apart ? there_l : never;
      before.right[i] = apart ? there_r : -never;
      moved |= apart;
    }
    if (moved) put_behind(intervals, row, before);
  }
}

// Joins the intervals of a row that have come to touch.
INKLING_INLINE void unite(std::vector<Intervals>& intervals, int row) {
  for (int b = intervals[row].next; b != 0; b = intervals[b].next) {
    for (int a = row; a != b; a = intervals[a].next) {
      Intervals &one = intervals[a], &other = intervals[b];
      for (int i = 0; i < lanes; ++i) {
        const float l = one.left[i], r = one.right[i];
        const float other_l = other.left[i], other_r = other.right[i];
        const bool joins = (l <= other_r) & (r >= other_l);
        other.left[i] = std::min(other_l, joins ? l : never);
        other.right[i] = std::max(other_r, joins ? r : -never);
        one.left[i] = joins ? never : l;
        one.right[i] = joins ? -never : r;
      }
    }
  }
}

// Pixels are blended in blocks of this many: a row of the usual 28 is one, and the steps along it
// are counted in 16 bits, which are twice as many to a vector register as floats.
constexpr int block = 32;

// A vector register, as numbers of 16 bits and as pairs of them.
struct Bits128 {
  using Steps [[gnu::vector_size(16)]] = std::int16_t;
  using Pairs [[gnu::vector_size(16)]] = std::int32_t;
};
struct Bits256 {
  using Steps [[gnu::vector_size(32)]] = std::int16_t;
  using Pairs [[gnu::vector_size(32)]] = std::int32_t;
};
struct Bits512 {
  using Steps [[gnu::vector_size(64)]] = std::int16_t;
  using Pairs [[gnu::vector_size(64)]] = std::int32_t;
};

// Where an end of an interval lies in a block that begins at `begin`, to the nearest step. It
// stands there twice: memory is spread over a register by 32 bits at no cost.
INKLING_INLINE std::int32_t twice_in_block(float at, float begin, float end) {
  const float steps = std::min(std::max(at * steps_a_pixel, 0.0f), end) + 0.5f - begin;
  return static_cast<int>(std::min(std::max(steps, 0.0f), block * steps_a_pixel)) * 0x10001;
}

// Lays the ink of a row, white, over its `side` pixels, and leaves no intervals. A block may reach
// beyond the row's end: nothing covers what is there, and it stays as it is.
template <class Register>
INKLING_INLINE void lay(std::vector<Intervals>& intervals, int row, int side,
                        std::uint8_t* row_of_pixels) {
  const float end = static_cast<float>(side) * steps_a_pixel;
  using Steps = typename Register::Steps;
  using StepPairs = typename Register::Pairs;
  constexpr int width = sizeof(Steps) / sizeof(std::int16_t);
  Steps pixel_begin;  // of the first pixels of a block
  for (int c = 0; c < width; ++c) pixel_begin[c] = static_cast<std::int16_t>(c * 256);
  float leftmost = 0, rightmost = static_cast<float>(side);
  if (side > block) {
    std::swap(leftmost, rightmost);
    for (int at = row;; at = intervals[at].next) {
      for (int i = 0; i < lanes; ++i) {
        leftmost = std::min(leftmost, intervals[at].left[i]);
        rightmost = std::max(rightmost, intervals[at].right[i]);
      }
      if (intervals[at].next == 0) break;
    }
  }
  for (int column = std::max(static_cast<int>(leftmost), 0);
       column < side && static_cast<float>(column) <= rightmost; column += block) {
    const float begin = static_cast<float>(column) * steps_a_pixel;
    Steps sums[block / width]{};  // whole numbers up to 15 * 256
    for (int at = row;; at = intervals[at].next) {
      const Intervals& there = intervals[at];
      alignas(64) std::array<std::int32_t, lanes> left, right;
      for (int i = 0; i < lanes; ++i) {
        left[i] = twice_in_block(there.left[i], begin, end);
        right[i] = twice_in_block(there.right[i], begin, end);
      }
      for (int part = 0; part < block / width; ++part) {
        const Steps from = pixel_begin + static_cast<std::int16_t>(part * width * 256);
        const Steps to = from + 256;
        for (int i = 0; i < lines_a_pixel; ++i) {
          const auto l = reinterpret_cast<Steps>(StepPairs{} + left[i]);
          const auto r = reinterpret_cast<Steps>(StepPairs{} + right[i]);
          const Steps inside = (r < to ? r : to) - (l > from ? l : from);
          sums[part] += inside > 0 ? inside : 0;
        }
      }
      if (there.next == 0) break;
    }
    std::array<std::uint16_t, block> coverage;
    std::memcpy(coverage.data(), &sums, sizeof sums);
    std::array<std::uint8_t, block> pixels;
    std::copy_n(row_of_pixels + column, block, pixels.begin());
    // 255 / (15 * 256) is 17 / 256; (x + 1 + x / 256) / 256 is x / 255 for every x below 2^16 - 1.
    // From and to memory of its own, so that the loop vectorises.
    for (int c = 0; c < block; ++c) {
      const int alpha = (coverage[c] * 17 + 128) >> 8;
      const int x = (255 - pixels[c]) * alpha + 127;
      pixels[c] = static_cast<std::uint8_t>(pixels[c] + ((x + 1 + (x >> 8)) >> 8));
    }
    std::copy_n(pixels.begin(), block, row_of_pixels + column);
  }
  intervals[row] = {};
}

// Memory that is used again from drawing to drawing.
struct Scratch {
  std::vector<Chord> chords;         // of two points, by row
  std::vector<Intervals> intervals;  // of a stroke: the first ones of each row, then further ones
  std::vector<std::uint8_t> pixels;  // the picture, and a block behind it
};

template <class Register>
INKLING_INLINE void draw(const Drawing& drawing, const RasterOptions& options,
                         std::span<std::uint8_t> picture) {
  const int side = std::clamp(options.side, 1, max_side);
  assert(picture.size() == static_cast<std::size_t>(side) * side);

  const Box box = bounds(drawing);
  const float scale = static_cast<float>(side) / (256 + 2 * options.padding + options.line_width);
  const float margin = options.padding + options.line_width / 2;
  const float shift_x = (margin + (256 - box.right) / 2) * scale;
  const float shift_y = (margin + (256 - box.bottom) / 2) * scale;
  const float radius = options.line_width / 2 * scale;

  thread_local Scratch scratch;
  auto& [chords, intervals, pixels] = scratch;
  chords.resize(std::size_t{2} * side);
  intervals.assign(side, {});
  pixels.assign(picture.size() + block, 0);
  for (const Stroke& stroke : drawing.strokes) {
    if (stroke.empty()) continue;
    int first_row = side, last_row = 0;
    Disc before{.chords = chords.data()}, here{.chords = chords.data() + side};
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      std::swap(before, here);
      place(here, stroke[i].x * scale + shift_x, stroke[i].y * scale + shift_y, radius, side);
      first_row = std::min(first_row, here.first_row);
      last_row = std::max(last_row, here.last_row);
      if (i == 0 && stroke.size() > 1) continue;
      const Disc& from = i == 0 ? here : before;  // a stroke of one point is a dot
      const bool down = from.y <= here.y;
      add_segment(down ? from : here, down ? here : from, radius, intervals);
    }
    for (int row = first_row; row <= last_row; ++row) {
      unite(intervals, row);
      lay<Register>(intervals, row, side, &pixels[static_cast<std::size_t>(row) * side]);
    }
    intervals.resize(side);
  }
  std::copy_n(pixels.begin(), picture.size(), picture.begin());
}

#ifdef INKLING_LEVELS
[[gnu::target("arch=x86-64-v4")]] void draw_by_512_bits(const Drawing& drawing,
                                                        const RasterOptions& options,
                                                        std::span<std::uint8_t> picture) {
  draw<Bits512>(drawing, options, picture);
}

[[gnu::target("arch=x86-64-v3")]] void draw_by_256_bits(const Drawing& drawing,
                                                        const RasterOptions& options,
                                                        std::span<std::uint8_t> picture) {
  draw<Bits256>(drawing, options, picture);
}
#endif

}  // namespace

void raster(const Drawing& drawing, const RasterOptions& options, std::span<std::uint8_t> picture) {
#ifdef INKLING_LEVELS
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
    return draw_by_512_bits(drawing, options, picture);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
    return draw_by_256_bits(drawing, options, picture);
#endif
  draw<Bits128>(drawing, options, picture);
}

}  // namespace ink
