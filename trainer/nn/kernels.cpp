// Compiled once for each instruction set, with INKLING_KERNELS naming the table that it makes; the
// loops are plain, over vectors of 16 floats that the compiler brings onto what there is.
#include "trainer/nn/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

// Offsets inside one picture or one scratch plane, which are far from 2^31.
// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result)

namespace nn {
namespace {

using Floats = float __attribute__((vector_size(64)));
using Ints = std::int32_t __attribute__((vector_size(64)));
using Words = std::uint32_t __attribute__((vector_size(64)));
using Halves = std::uint16_t __attribute__((vector_size(32)));
using Shorts = std::int16_t __attribute__((vector_size(32)));
using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Doubles = double __attribute__((vector_size(128)));

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
  const auto halves = load_as<Halves>(from);
#if defined(__AVX512F__)  // GCC 12 does not find the instruction
  const auto w = reinterpret_cast<Words>(_mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(halves)));
#else
  const Words w = __builtin_convertvector(halves, Words);
#endif
  return reinterpret_cast<Floats>(w << 16);
}

inline void store(Floats v, float* to) {
  std::memcpy(to, &v, sizeof v);
}
// Rounds to the nearest, ties to even; NaN does not occur in a net that still trains.
inline void store(Floats v, bf16* to) {
#if defined(__AVX512BF16__)
  const auto h = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(v));
#else
  const Words w = reinterpret_cast<Words>(v);
  const Halves h = __builtin_convertvector((w + 0x7fff + ((w >> 16) & 1)) >> 16, Halves);
#endif
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

// kernel is K; window is 2 with the pool, else 1. one_channel: the usual picture, whose weights
// then stay in registers.
template <int K, int window, bool one_channel, class T>
void stem_forward(const Stem& s, const float* x, const float* w, const float* bias, T* y,
                  std::uint8_t* where, float* scratch) {
  const int stride = s.width + 2 * s.padding, plane = stride * (s.height + 2 * s.padding);
  const int rows = s.rows() / window, columns = s.columns() / window;
  const int channels = one_channel ? 1 : s.channels;
  for (int n = 0; n < s.batch; ++n, x += channels * s.height * s.width) {
    pad(s, x, scratch);
    for (int b = 0; b < s.blocks(); ++b) {
      const float* const weights = w + std::size_t(b * s.taps() * lanes);
      const Floats start = load(bias + b * lanes);
      Floats kept[K * K];
      for (int k = 0; k < K * K; ++k) kept[k] = load(weights + k * lanes);
      for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column, y += lanes) {
          Floats sum[window * window];
          for (Floats& v : sum) v = start;
          for (int c = 0; c < channels; ++c) {
            const float* const corner =
                scratch + c * plane + row * window * stride + column * window;
            const float* const taps = weights + std::size_t(c * K * K * lanes);
#pragma GCC unroll 5
            for (int v = 0; v < K; ++v)
#pragma GCC unroll 5
              for (int u = 0; u < K; ++u) {
                const int k = v * K + u;
                const Floats weight = one_channel ? kept[k] : load(taps + k * lanes);
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
            Floats gradient = load(d);
#if defined(__AVX512F__)
            if constexpr (window == 2) {
              // Each lane takes its inputs from where its largest stood: a permutation for each tap
              // instead of four products, three of them with 0. In pairs of rows of 8 numbers.
              const Ints at = load_places(place);
              place += lanes;
              gradient = at < stopped ? gradient : zero;
              if (c == 0) bias_sum += gradient;
              const Ints from = ((at >> 1) << 3) + (at & 1);
#pragma GCC unroll 5
              for (int v = 0; v < K; ++v) {
                const __m512 patch =
                    _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(corner + v * stride)),
                                       _mm256_loadu_ps(corner + (v + 1) * stride), 1);
#pragma GCC unroll 5
                for (int u = 0; u < K; ++u)
                  sum[v * K + u] +=
                      gradient * Floats(_mm512_permutexvar_ps(__m512i(from + u), patch));
              }
              continue;
            }
#endif
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
  const auto choose = [&]<bool one_channel>() {
    return s.kernel == 3
               ? (s.pool ? stem_forward<3, 2, one_channel, T> : stem_forward<3, 1, one_channel, T>)
               : (s.pool ? stem_forward<5, 2, one_channel, T> : stem_forward<5, 1, one_channel, T>);
  };
  const auto run =
      s.channels == 1 ? choose.template operator()<true>() : choose.template operator()<false>();
  run(s, x, w, bias, y, where, scratch);
}
template <class T>
void stem_backward_any(const Stem& s, const float* x, const T* dy, const std::uint8_t* where,
                       float* dw, float* dbias, float* scratch) {
  const auto run = s.kernel == 3 ? (s.pool ? stem_backward<3, 2, T> : stem_backward<3, 1, T>)
                                 : (s.pool ? stem_backward<5, 2, T> : stem_backward<5, 1, T>);
  run(s, x, dy, where, dw, dbias, scratch);
}

#if defined(__AVX512BF16__)
// The processor multiplies bf16 in pairs and adds the two products. Here the two are the same place
// in two pictures. second: null where there is none.
inline void store_pair(const bf16* first, const bf16* second, std::uint32_t* to) {
  Words pair = __builtin_convertvector(load_as<Halves>(first), Words);
  if (second) pair |= __builtin_convertvector(load_as<Halves>(second), Words) << 16;
  std::memcpy(to, &pair, sizeof pair);
}

// The maps of two pictures with their border, [inputs / 16, height + 2 padding, width + 2 padding,
// 16] pairs.
void pair_maps(const ConvWeights& c, const bf16* first, const bf16* second, std::uint32_t* pairs) {
  const int border = c.padding * lanes, row_size = c.width * lanes + 2 * border;
  std::ptrdiff_t at = 0;
  for (int b = 0; b < c.inputs / lanes; ++b) {
    for (int row = 0; row < c.height + 2 * c.padding; ++row, pairs += row_size) {
      if (row < c.padding || row >= c.height + c.padding) {
        std::fill_n(pairs, row_size, 0u);
        continue;
      }
      std::fill_n(pairs, border, 0u);
      for (int column = 0; column < c.width; ++column, at += lanes)
        store_pair(first + at, second ? second + at : nullptr, pairs + border + column * lanes);
      std::fill_n(pairs + row_size - border, border, 0u);
    }
  }
}

// The gradients of two pictures, [outputs / 16, rows, columns, 16] pairs; adds their sums to dbias.
void pair_gradients(const ConvWeights& c, const bf16* first, const bf16* second,
                    std::uint32_t* pairs, float* dbias) {
  std::ptrdiff_t at = 0;
  for (int b = 0; b < c.outputs / lanes; ++b, dbias += lanes) {
    Floats sum = load(dbias);
    for (int i = 0; i < c.rows() * c.columns(); ++i, at += lanes) {
      sum += load(first + at);
      if (second) sum += load(second + at);
      store_pair(first + at, second ? second + at : nullptr, pairs + at);
    }
    store(sum, dbias);
  }
}

// The taps of one input channel and of `blocks` blocks of outputs are summed in registers, over two
// whole pictures.
template <int K, int blocks>
void add_products(const ConvWeights& c, const std::uint32_t* map, const std::uint32_t* gradient,
                  int block, float* dw) {
  const int stride = (c.width + 2 * c.padding) * lanes;
  const int plane = stride * (c.height + 2 * c.padding);
  const int gradient_plane = c.rows() * c.columns() * lanes;
  const int taps = K * K * lanes, next_block = c.inputs * taps;
  for (int i = 0; i < c.inputs; ++i) {
    float* const target = dw + std::size_t(block * next_block + i * taps);
    __m512 sum[blocks][K * K];
    for (int b = 0; b < blocks; ++b)
      for (int k = 0; k < K * K; ++k)
        sum[b][k] = _mm512_loadu_ps(target + b * next_block + k * lanes);
    const std::uint32_t* from = map + i / lanes * plane + i % lanes;
    const std::uint32_t* d = gradient + block * gradient_plane;
    for (int row = 0; row < c.rows(); ++row, from += stride) {
      const std::uint32_t* corner = from;
      for (int column = 0; column < c.columns(); ++column, d += lanes, corner += lanes) {
        __m512bh dy[blocks];
        for (int b = 0; b < blocks; ++b)
          dy[b] = __m512bh(_mm512_loadu_si512(d + b * gradient_plane));
#pragma GCC unroll 5
        for (int v = 0; v < K; ++v)
#pragma GCC unroll 5
          for (int u = 0; u < K; ++u) {
            const auto x = __m512bh(_mm512_set1_epi32(int(corner[v * stride + u * lanes])));
#pragma GCC unroll 2
            for (int b = 0; b < blocks; ++b)
              sum[b][v * K + u] = _mm512_dpbf16_ps(sum[b][v * K + u], x, dy[b]);
          }
      }
    }
    for (int b = 0; b < blocks; ++b)
      for (int k = 0; k < K * K; ++k)
        _mm512_storeu_ps(target + b * next_block + k * lanes, sum[b][k]);
  }
}

void conv_weights_bf16(const ConvWeights& c, const bf16* x, const bf16* dy, float* dw, float* dbias,
                       std::uint32_t* scratch) {
  std::uint32_t* const map = scratch;
  std::uint32_t* const gradient = scratch + c.map_size();
  const std::ptrdiff_t x_size = c.inputs * c.height * c.width;
  const auto dy_size = std::ptrdiff_t(c.gradient_size());
  for (int n = 0; n < c.batch; n += 2, x += 2 * x_size, dy += 2 * dy_size) {
    const bool two = n + 1 < c.batch;
    pair_maps(c, x, two ? x + x_size : nullptr, map);
    pair_gradients(c, dy, two ? dy + dy_size : nullptr, gradient, dbias);
    int block = 0;
    if (c.kernel == 3)
      for (; block + 2 <= c.outputs / lanes; block += 2)
        add_products<3, 2>(c, map, gradient, block, dw);
    for (; block < c.outputs / lanes; ++block)
      (c.kernel == 3 ? add_products<3, 1> : add_products<5, 1>)(c, map, gradient, block, dw);
  }
}
#endif

// With the ReLU, bits of bf16 compare as whole numbers: what is below 0 goes anyway.
void pool_forward_relu(const Pool& p, const bf16* x, bf16* y, std::uint8_t* where) {
  const int stride = p.width * lanes;
  for (int plane = 0; plane < p.planes; ++plane, x += p.height * stride)
    for (int row = 0; row < p.height / 2; ++row) {
      const bf16* corner = x + 2 * row * stride;
      for (int column = 0; column < p.width / 2; ++column) {
        const auto a = load_as<Shorts>(corner), b = load_as<Shorts>(corner + lanes),
                   c = load_as<Shorts>(corner + stride),
                   d = load_as<Shorts>(corner + stride + lanes);
        const Shorts right = b > a, lower_right = d > c;
        const Shorts top = right ? b : a, bottom = lower_right ? d : c;
        const Shorts lower = bottom > top, best = lower ? bottom : top;
        const Shorts alive = best > 0, place = lower ? 2 - lower_right : -right;
        const Shorts value = alive & best;
        std::memcpy(y, &value, sizeof value);
        const Bytes at = __builtin_convertvector(alive ? place : Shorts{} + stopped, Bytes);
        std::memcpy(where, &at, sizeof at);
        corner += 2 * lanes;
        y += lanes;
        where += lanes;
      }
    }
}

template <class T>
void pool_forward(const Pool& p, const T* x, T* y, std::uint8_t* where) {
  if constexpr (sizeof(T) == sizeof(bf16))
    if (p.relu) return pool_forward_relu(p, x, y, where);
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

template <class T>
void pool_backward(const Pool& p, const T* dy, const std::uint8_t* where, T* dx) {
  using Bits = typename BitsOf<T>::Type;
  const int stride = p.width * lanes, windows = p.width / 2 * 2 * lanes;
  for (int plane = 0; plane < p.planes; ++plane, dx += p.height * stride) {
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
    // What an odd side leaves over.
    for (int row = 0; row < p.height; ++row) {
      const int from = row < p.height / 2 * 2 ? windows : 0;
      std::fill(dx + row * stride + from, dx + (row + 1) * stride, T{});
    }
  }
}

template <class T>
void mean_forward(const Plane& p, const T* x, T* y) {
  const float share = 1 / float(p.positions);
  for (int plane = 0; plane < p.planes; ++plane, y += lanes) {
    Floats sum{};
    for (int i = 0; i < p.positions; ++i, x += lanes) sum += load(x);
    store(sum * share, y);
  }
}

template <class T>
void mean_backward(const Plane& p, const T* dy, T* dx) {
  const float share = 1 / float(p.positions);
  for (int plane = 0; plane < p.planes; ++plane, dy += lanes) {
    const Floats gradient = load(dy) * share;
    for (int i = 0; i < p.positions; ++i, dx += lanes) store(gradient, dx);
  }
}

// Calls visit(i, one of 0 to 3) for i below n: what is summed up in four sums need not wait for
// each addition to end.
template <class Visit>
inline void in_four(int n, const Visit& visit) {
  int i = 0;
  for (; i + 4 <= n; i += 4)
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) visit(i + k, k);
  for (; i < n; ++i) visit(i, 0);
}
inline Floats total(const Floats (&sums)[4]) {
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

inline Doubles in_double(Floats v) {
  return __builtin_convertvector(v, Doubles);
}

// Of each picture, while it is in the cache: what that of all is put together from (Chan, Golub,
// LeVeque 1979).
template <class T>
void norm_sums(const BatchNorm& p, const T* x, double* sums) {
  const int channels = p.blocks * lanes;
  for (int b = 0; b < p.blocks; ++b) {
    Doubles means{}, squares{}, distances{};
    for (int n = 0; n < p.batch; ++n) {
      const T* const map = x + std::size_t(n * p.blocks + b) * p.map_size();
      Floats sum[4]{}, distance[4]{};
      in_four(p.positions, [&](int i, int k) { sum[k] += load(map + i * lanes); });
      const Floats mean = total(sum) / float(p.positions);
      in_four(p.positions, [&](int i, int k) {
        const Floats away = load(map + i * lanes) - mean;
        distance[k] += away * away;
      });
      const Doubles wide = in_double(mean);
      means += wide;
      squares += wide * wide;
      distances += in_double(total(distance));
    }
    double* const own = sums + b * lanes;
    for (int i = 0; i < lanes; ++i) {
      own[i] += means[i];
      own[channels + i] += squares[i];
      own[2 * channels + i] += distances[i];
    }
  }
}

// Of a block of channels.
struct Normalised {
  Floats mean, narrow, scale, shift;  // narrow: 1 / deviation

  Normalised(const BatchNorm& p, const NormWeights& w, int b) : mean(load(w.mean + b * lanes)) {
    Floats deviation = load(w.variance + b * lanes) + p.epsilon;
    for (int i = 0; i < lanes; ++i) deviation[i] = std::sqrt(deviation[i]);
    narrow = 1 / deviation;
    scale = load(w.gamma + b * lanes) * narrow;
    shift = load(w.beta + b * lanes) - mean * scale;
  }
  // The same instructions forward and backward: the ReLU must stop the same numbers.
  Floats operator()(Floats x) const { return x * scale + shift; }
};

template <class T>
void norm_forward(const BatchNorm& p, const NormWeights& w, const T* x, T* y) {
  for (int b = 0; b < p.blocks; ++b) {
    const Normalised normalised(p, w, b);
    for (int n = 0; n < p.batch; ++n) {
      const std::size_t at = std::size_t(n * p.blocks + b) * p.map_size();
      for (std::size_t i = at; i < at + p.map_size(); i += lanes) {
        const Floats value = normalised(load(x + i));
        store(p.relu && value < zero ? zero : value, y + i);
      }
    }
  }
}

template <class T>
inline Floats through_relu(const BatchNorm& p, const Normalised& normalised, Floats x,
                           const T* dy) {
  const Floats gradient = load(dy);
  return p.relu && normalised(x) <= zero ? zero : gradient;
}

template <class T>
void norm_gradient_sums(const BatchNorm& p, const NormWeights& w, const T* x, const T* dy,
                        double* sums) {
  const int channels = p.blocks * lanes;
  for (int b = 0; b < p.blocks; ++b) {
    const Normalised normalised(p, w, b);
    Doubles gradients{}, products{};
    for (int n = 0; n < p.batch; ++n) {
      const std::size_t at = std::size_t(n * p.blocks + b) * p.map_size();
      Floats sum[4]{}, product[4]{};
      in_four(p.positions, [&](int i, int k) {
        const Floats value = load(x + at + i * lanes);
        const Floats gradient = through_relu(p, normalised, value, dy + at + i * lanes);
        sum[k] += gradient;
        product[k] += gradient * (value - normalised.mean);
      });
      gradients += in_double(total(sum));
      products += in_double(total(product));
    }
    products *= in_double(normalised.narrow);
    double* const own = sums + b * lanes;
    for (int i = 0; i < lanes; ++i) {
      own[i] += gradients[i];
      own[channels + i] += products[i];
    }
  }
}

template <class T>
void norm_backward(const BatchNorm& p, const NormWeights& w, const T* x, const T* dy,
                   const float* dgamma, const float* dbeta, float share, T* dx) {
  for (int b = 0; b < p.blocks; ++b) {
    const Normalised normalised(p, w, b);
    const Floats scale = normalised.scale;
    const Floats slope = scale * normalised.narrow * load(dgamma + b * lanes) * share;
    const Floats offset = scale * load(dbeta + b * lanes) * share - normalised.mean * slope;
    for (int n = 0; n < p.batch; ++n) {
      const std::size_t at = std::size_t(n * p.blocks + b) * p.map_size();
      for (std::size_t i = at; i < at + p.map_size(); i += lanes) {
        const Floats value = load(x + i);
        const Floats gradient = through_relu(p, normalised, value, dy + i);
        store(gradient * scale - (value * slope + offset), dx + i);
      }
    }
  }
}

template <class T>
void add(std::size_t n, bool relu, const T* a, const T* b, T* sum) {
  const auto add_some = [relu](const T* one, const T* other, T* to) {
    const Floats value = load(one) + load(other);
    store(relu && value < zero ? zero : value, to);
  };
  const std::size_t whole = n / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes) add_some(a + i, b + i, sum + i);
  if (whole == n) return;
  T rest_a[lanes]{}, rest_b[lanes]{}, rest[lanes];
  std::copy_n(a + whole, n - whole, rest_a);
  std::copy_n(b + whole, n - whole, rest_b);
  add_some(rest_a, rest_b, rest);
  std::copy_n(rest, n - whole, sum + whole);
}

// e^x by its distance from the next power of 2 (Cephes' polynomial), to 2 units in the last place,
// for x <= 0.
inline Floats exp_of(Floats x) {
  constexpr float round = 12582912;  // adding and taking away 1.5 * 2^23 rounds to whole numbers
  x = x < zero - 87.0f ? zero - 87.0f : x;
  const Floats n = x * 1.44269504f + round - round;
  const Floats r = x - n * 0.693359375f + n * 2.12194440e-4f;
  const Floats p =
      ((((r * 1.9875691500e-4f + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) *
           r +
       1.6666665459e-1f) *
          r +
      5.0000001201e-1f;
  const Ints power = (__builtin_convertvector(n, Ints) + 127) << 23;
  return (p * r * r + r + 1.0f) * reinterpret_cast<Floats>(power);
}

// The vector at x + i, of which only the first n - i numbers are there; the others are `rest`.
inline Floats load_part(const float* x, std::size_t i, std::size_t n, float rest) {
  if (i + lanes <= n) return load(x + i);
  float part[lanes];
  std::fill_n(part, lanes, rest);
  std::copy_n(x + i, n - i, part);
  return load(part);
}

float softmax(std::size_t n, const float* x, float temperature, float* p) {
  constexpr float never = -std::numeric_limits<float>::infinity();
  Floats highest = zero + never;
  for (std::size_t i = 0; i < n; i += lanes) {
    const Floats v = load_part(x, i, n, never);
    highest = v > highest ? v : highest;
  }
  float largest = highest[0];
  for (int i = 1; i < lanes; ++i) largest = std::max(largest, highest[i]);
  const float scale = 1 / temperature;
  Floats sums{};
  for (std::size_t i = 0; i < n; i += lanes) {
    const Floats v = load_part(x, i, n, never);
    const Floats e = v == never ? zero : exp_of((v - largest) * scale);
    sums += e;
    if (i + lanes <= n)
      store(e, p + i);
    else
      std::memcpy(p + i, &e, (n - i) * sizeof(float));
  }
  float sum = 0;
  for (int i = 0; i < lanes; ++i) sum += sums[i];
  const float share = 1 / sum;
  for (std::size_t i = 0; i < n; ++i) p[i] *= share;
  return largest * scale + std::log(sum);
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

template <class T>
constexpr MapKernels<T> map_kernels = {
    stem_forward_any<T>,   stem_backward_any<T>, pool_forward<T>, pool_backward<T>,
    mean_forward<T>,       mean_backward<T>,     norm_sums<T>,    norm_forward<T>,
    norm_gradient_sums<T>, norm_backward<T>,     add<T>};

}  // namespace

extern const Kernels INKLING_KERNELS;
const Kernels INKLING_KERNELS = {INKLING_INSTRUCTIONS,
                                 map_kernels<float>,
                                 map_kernels<bf16>,
#if defined(__AVX512BF16__)
                                 conv_weights_bf16,
#else
                                 nullptr,
#endif
                                 softmax,
                                 adam};

}  // namespace nn

// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)
