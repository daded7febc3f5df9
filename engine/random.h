// Random numbers that are the same on every machine and compiler (the distributions of <random> are
// not).
//
// The generator is SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
// generators"): 64 bits of state, any seed is a good seed, and two streams whose seeds differ are
// independent.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

// Mixes the bits of x: a hash of 64 bits onto 64 bits, one to one.
inline std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

struct Random {
  std::uint64_t state = 0;

  std::uint64_t bits() { return mix_bits(state += 0x9e3779b97f4a7c15u); }

  // Uniform in [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  // Uniform in 0..n-1, n > 0; the bias of less than n / 2^32 does not matter here.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(((bits() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }

  bool chance(double probability) { return uniform() < probability; }

  // Normal with mean 0 and deviation 1 (Box, Muller 1958).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

  // Fisher-Yates.
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
};
