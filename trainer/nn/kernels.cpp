// Compiled once for each instruction set, with INKLING_KERNELS naming the table that it makes; the
// loops are plain, over vectors of 16 floats that the compiler brings onto what there is.
#include "trainer/nn/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// Offsets inside one picture or one scratch plane, which are far from 2^31.
// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result)

namespace nn {
namespace {

using Floats = float __attribute__((vector_size(64)));
using Ints = std::int32_t __attribute__((vector_size(64)));
using Words = std::uint32_t __attribute__((vector_size(64)));
using Halves = std::uint16_t __attribute__((vector_size(32)));
using Bytes = std::uint8_t __attribute__((vector_size(16)));

template <class Vector, class T>
inline Vector load_as(const T* from) {
  Vector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline Floats load(const float* from) {
  return load_as<Floats>(from);
}
inline Floats load(const bf16* from) {
  const Words w = __builtin_convertvector(load_as<Halves>(from), Words) << 16;
  return reinterpret_cast<Floats>(w);
}

inline void store(Floats v, float* to) {
  std::memcpy(to, &v, sizeof v);
}
// Rounds to the nearest, ties to even; NaN does not occur in a net that still trains.
inline void store(Floats v, bf16* to) {
  const Words w = reinterpret_cast<Words>(v);
  const Halves h = __builtin_convertvector((w + 0x7fff + ((w >> 16) & 1)) >> 16, Halves);
  std::memcpy(to, &h, sizeof h);
}
inline void store(Ints v, std::uint8_t* to) {
  const Bytes b = __builtin_convertvector(v, Bytes);
  std::memcpy(to, &b, sizeof b);
}
inline Ints load_places(const std::uint8_t* from) {
  return __builtin_convertvector(load_as<Bytes>(from), Ints);
}

constexpr Floats zero{};

// The largest of four, and which of them it is.
struct Largest {
  Floats value;
  Ints place;
};
inline Largest largest_of(Floats a, Floats b, Floats c, Floats d) {
  const Ints right = b > a, lower_right = d > c;
  const Floats top = right ? b : a, bottom = lower_right ? d : c;
  const Ints lower = bottom > top;
  return {lower ? bottom : top, lower ? 2 - lower_right : -right};
}

// The picture with its border of zeros, [channels, H + 2 padding, W + 2 padding].
void pad(const Stem& s, const float* x, float* padded) {
  const int width = s.width + 2 * s.padding;
  for (int c = 0; c < s.channels; ++c) {
    float* row = padded + std::size_t(c * (s.height + 2 * s.padding) * width);
    std::fill_n(row, s.padding * width, 0.0f);
    row += s.padding * width;
    for (int y = 0; y < s.height; ++y, row += width, x += s.width) {
      std::fill_n(row, s.padding, 0.0f);
      std::copy_n(x, s.width, row + s.padding);
      std::fill_n(row + s.padding + s.width, s.padding, 0.0f);
    }
    std::fill_n(row, s.padding * width, 0.0f);
  }
}

// kernel is K; window is 2 with the pool, else 1.
template <int K, int window, class T>
void stem_forward(const Stem& s, const float* x, const float* w, const float* bias, T* y,
                  std::uint8_t* where, float* scratch) {
  const int stride = s.width + 2 * s.padding, plane = stride * (s.height + 2 * s.padding);
  const int rows = s.rows() / window, columns = s.columns() / window;
  for (int n = 0; n < s.batch; ++n, x += s.channels * s.height * s.width) {
    pad(s, x, scratch);
    for (int b = 0; b < s.blocks(); ++b) {
      const float* const weights = w + std::size_t(b * s.taps() * lanes);
      const Floats start = load(bias + b * lanes);
      for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column, y += lanes) {
          Floats sum[window * window];
          for (Floats& v : sum) v = start;
          for (int c = 0; c < s.channels; ++c) {
            const float* const corner =
                scratch + c * plane + row * window * stride + column * window;
            const float* tap = weights + std::size_t(c * K * K * lanes);
#pragma GCC unroll 5
            for (int v = 0; v < K; ++v)
#pragma GCC unroll 5
              for (int u = 0; u < K; ++u, tap += lanes) {
                const Floats weight = load(tap);
#pragma GCC unroll 4
                for (int q = 0; q < window * window; ++q)
                  sum[q] += weight * corner[(q / window + v) * stride + q % window + u];
              }
          }
          if constexpr (window == 1) {
            store(sum[0], y);
          } else {
            const Largest best = largest_of(sum[0], sum[1], sum[2], sum[3]);
            const Ints alive = best.value > zero;
            store(alive ? best.value : zero, y);
            store(alive ? best.place : Ints{} + stopped, where);
            where += lanes;
          }
        }
    }
  }
}

template <int K, int window, class T>
void stem_backward(const Stem& s, const float* x, const T* dy, const std::uint8_t* where, float* dw,
                   float* dbias, float* scratch) {
  const int stride = s.width + 2 * s.padding, plane = stride * (s.height + 2 * s.padding);
  const int rows = s.rows() / window, columns = s.columns() / window;
  std::fill_n(dw, std::size_t(s.blocks() * s.taps() * lanes), 0.0f);
  std::fill_n(dbias, std::size_t(s.blocks() * lanes), 0.0f);
  for (int n = 0; n < s.batch; ++n, x += s.channels * s.height * s.width) {
    pad(s, x, scratch);
    for (int b = 0; b < s.blocks(); ++b, dy += rows * columns * lanes) {
      Floats bias_sum = load(dbias + b * lanes);
      for (int c = 0; c < s.channels; ++c) {
        float* const target = dw + std::size_t((b * s.channels + c) * K * K * lanes);
        Floats sum[K * K];
        for (int k = 0; k < K * K; ++k) sum[k] = load(target + k * lanes);
        const T* d = dy;
        const std::uint8_t* place = where;
        for (int row = 0; row < rows; ++row)
          for (int column = 0; column < columns; ++column, d += lanes) {
            const float* const corner =
                scratch + c * plane + row * window * stride + column * window;
            const Floats gradient = load(d);
            Floats part[window * window];
            if constexpr (window == 1) {
              part[0] = gradient;
            } else {
              const Ints at = load_places(place);
              place += lanes;
              for (int q = 0; q < 4; ++q) part[q] = at == q ? gradient : zero;
            }
            if (c == 0)
              for (const Floats& p : part) bias_sum += p;
#pragma GCC unroll 5
            for (int v = 0; v < K; ++v)
#pragma GCC unroll 5
              for (int u = 0; u < K; ++u)
#pragma GCC unroll 4
                for (int q = 0; q < window * window; ++q)
                  sum[v * K + u] += part[q] * corner[(q / window + v) * stride + q % window + u];
          }
        for (int k = 0; k < K * K; ++k) store(sum[k], target + k * lanes);
      }
      store(bias_sum, dbias + b * lanes);
      if (window == 2) where += rows * columns * lanes;
    }
  }
}

template <class T>
void stem_forward_any(const Stem& s, const float* x, const float* w, const float* bias, T* y,
                      std::uint8_t* where, float* scratch) {
  const auto run = s.kernel == 3 ? (s.pool ? stem_forward<3, 2, T> : stem_forward<3, 1, T>)
                                 : (s.pool ? stem_forward<5, 2, T> : stem_forward<5, 1, T>);
  run(s, x, w, bias, y, where, scratch);
}
template <class T>
void stem_backward_any(const Stem& s, const float* x, const T* dy, const std::uint8_t* where,
                       float* dw, float* dbias, float* scratch) {
  const auto run = s.kernel == 3 ? (s.pool ? stem_backward<3, 2, T> : stem_backward<3, 1, T>)
                                 : (s.pool ? stem_backward<5, 2, T> : stem_backward<5, 1, T>);
  run(s, x, dy, where, dw, dbias, scratch);
}

template <class T>
void pool_forward(const Pool& p, const T* x, T* y, std::uint8_t* where) {
  const int stride = p.width * lanes;
  const Floats least = zero + (p.relu ? 0.0f : -3.4e38f);
  for (int plane = 0; plane < p.planes; ++plane, x += p.height * stride)
    for (int row = 0; row < p.height / 2; ++row) {
      const T* corner = x + 2 * row * stride;
      for (int column = 0; column < p.width / 2; ++column) {
        const Largest best = largest_of(load(corner), load(corner + lanes), load(corner + stride),
                                        load(corner + stride + lanes));
        const Ints alive = best.value > least;
        store(alive ? best.value : zero, y);
        store(alive ? best.place : Ints{} + stopped, where);
        corner += 2 * lanes;
        y += lanes;
        where += lanes;
      }
    }
}

// Bits of a number, for moving it without looking at it.
template <class T>
struct BitsOf;
template <>
struct BitsOf<float> {
  using Type = Words;
};
template <>
struct BitsOf<bf16> {
  using Type = Halves;
};

// What an odd side leaves over is not written: it stays 0 from the beginning.
template <class T>
void pool_backward(const Pool& p, const T* dy, const std::uint8_t* where, T* dx) {
  using Bits = typename BitsOf<T>::Type;
  const int stride = p.width * lanes;
  for (int plane = 0; plane < p.planes; ++plane, dx += p.height * stride)
    for (int row = 0; row < p.height / 2; ++row) {
      T* corner = dx + 2 * row * stride;
      for (int column = 0; column < p.width / 2; ++column) {
        const Bits gradient = load_as<Bits>(dy);
        const Bits at = __builtin_convertvector(load_as<Bytes>(where), Bits);
        for (std::uint16_t q = 0; q < 4; ++q) {
          const Bits part = at == Bits{} + q ? gradient : Bits{};
          std::memcpy(corner + (q / 2) * stride + (q % 2) * lanes, &part, sizeof part);
        }
        corner += 2 * lanes;
        dy += lanes;
        where += lanes;
      }
    }
}

void add_to(std::size_t n, const float* from, float* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}

void adam(const AdamStep& a, std::size_t n, const float* gradient, float* weights, float* mean,
          float* variance) {
  for (std::size_t i = 0; i < n; ++i) {
    const float g = gradient[i];
    mean[i] += (1 - a.beta1) * (g - mean[i]);
    variance[i] += (1 - a.beta2) * (g * g - variance[i]);
    const float deviation = std::sqrt(variance[i] * a.variance_scale) + a.epsilon;
    weights[i] -= a.rate * (mean[i] * a.mean_scale / deviation) + a.decay * weights[i];
  }
}

}  // namespace

extern const Kernels INKLING_KERNELS;
const Kernels INKLING_KERNELS = {INKLING_INSTRUCTIONS,
                                 stem_forward_any<float>,
                                 stem_forward_any<bf16>,
                                 stem_backward_any<float>,
                                 stem_backward_any<bf16>,
                                 pool_forward<float>,
                                 pool_forward<bf16>,
                                 pool_backward<float>,
                                 pool_backward<bf16>,
                                 add_to,
                                 adam};

}  // namespace nn

// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)
