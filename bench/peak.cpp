#include "bench/peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#define INKLING_TILES
#endif

namespace bench {
namespace {

// The best rate of `run`, which does that many operations.
template <class Run>
double best_rate(double operations, Run run) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int i = 0; i < 20; ++i) {
    const Clock::time_point begin = Clock::now();
    run();
    best = std::max(best,
                    operations / std::chrono::duration<double>(Clock::now() - begin).count() / 1e9);
  }
  return best;
}

constexpr int chains = 16;  // enough to hide the latency of a multiply-add
constexpr int rounds = 2000000;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) void run_avx512() {
  __m512 sum[chains], a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(1.001f);
  for (__m512& s : sum) s = _mm512_set1_ps(1e-3f);
  asm volatile("" : "+v"(a), "+v"(b));
  for (int i = 0; i < rounds; ++i)
#pragma GCC unroll 16
    for (int k = 0; k < chains; ++k) sum[k] = _mm512_fmadd_ps(a, b, sum[k]);
  for (__m512& s : sum) asm volatile("" : : "v"(s));
}

__attribute__((target("avx512f,avx512bf16"))) void run_avx512_bf16() {
  __m512 sum[chains];
  __m512i ones = _mm512_set1_epi32(0x3f803f80);
  for (__m512& s : sum) s = _mm512_set1_ps(1e-3f);
  asm volatile("" : "+v"(ones));
  for (int i = 0; i < rounds; ++i)
#pragma GCC unroll 16
    for (int k = 0; k < chains; ++k)
      sum[k] = _mm512_dpbf16_ps(sum[k], (__m512bh)ones, (__m512bh)ones);
  for (__m512& s : sum) asm volatile("" : : "v"(s));
}

#if defined(INKLING_TILES)
// Six products of tiles of 16 x 32 and 32 x 16 numbers, each added to a tile of its own.
constexpr int tiles = 6, tile_rounds = 200000;
constexpr double tile_operations = 2.0 * 16 * 32 * 16 * tiles * tile_rounds;

__attribute__((target("amx-tile,amx-bf16"))) void run_amx_bf16() {
  struct alignas(64) Shapes {
    std::uint8_t palette = 1, start = 0, unused[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };
  static const Shapes shapes;
  _tile_loadconfig(&shapes);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (int i = 0; i < tile_rounds; ++i) {
    _tile_dpbf16ps(0, 6, 7);
    _tile_dpbf16ps(1, 6, 7);
    _tile_dpbf16ps(2, 6, 7);
    _tile_dpbf16ps(3, 6, 7);
    _tile_dpbf16ps(4, 6, 7);
    _tile_dpbf16ps(5, 6, 7);
  }
  _tile_release();
}

// Linux lets a process have the tiles' registers once it asks.
bool may_use_tiles() {
  constexpr long request_permission = 0x1023, tile_data = 18;
  return __builtin_cpu_supports("amx-bf16") &&
         syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#endif

__attribute__((target("avx2,fma"))) void run_avx2() {
  __m256 sum[chains], a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(1.001f);
  for (__m256& s : sum) s = _mm256_set1_ps(1e-3f);
  asm volatile("" : "+x"(a), "+x"(b));
  for (int i = 0; i < rounds; ++i)
#pragma GCC unroll 16
    for (int k = 0; k < chains; ++k) sum[k] = _mm256_fmadd_ps(a, b, sum[k]);
  for (__m256& s : sum) asm volatile("" : : "x"(s));
}
#endif

}  // namespace

double peak_f32() {
#if defined(__x86_64__)
  constexpr double rounds_of_chains = double(chains) * rounds * 2;
  if (__builtin_cpu_supports("avx512f")) return best_rate(16 * rounds_of_chains, run_avx512);
  if (__builtin_cpu_supports("fma")) return best_rate(8 * rounds_of_chains, run_avx2);
#endif
  return 0;
}

double peak_bf16() {
#if defined(INKLING_TILES)
  if (may_use_tiles()) return best_rate(tile_operations, run_amx_bf16);
#endif
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16"))
    return best_rate(32.0 * chains * rounds * 2, run_avx512_bf16);
#endif
  return 0;
}

}  // namespace bench
