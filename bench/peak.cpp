#include "bench/peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
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
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16"))
    return best_rate(32.0 * chains * rounds * 2, run_avx512_bf16);
#endif
  return 0;
}

}  // namespace bench
