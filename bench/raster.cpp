// How long a picture takes: real drawings where $INKLING_DATA is set, else made-up ones of the same
// size.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/ink/record.h"
#include "engine/ink/simplify.h"
#include "engine/random.h"

namespace {

std::vector<ink::Drawing> real_drawings() {
  std::vector<ink::Drawing> drawings;
  const char* data = std::getenv("INKLING_DATA");
  const std::filesystem::path golden = std::filesystem::path(data ? data : "") / "golden";
  if (data == nullptr || !std::filesystem::is_directory(golden)) return drawings;
  for (const auto& entry : std::filesystem::directory_iterator(golden)) {
    if (entry.path().extension() != ".bin") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    ink::Record record;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto size = ink::read_record(std::span(bytes).subspan(at), record);
      if (!size) break;
      at += *size;
      drawings.push_back(record.drawing);
    }
  }
  return drawings;
}

// Five strokes that wander, nine points each: the median of the data set.
std::vector<ink::Drawing> made_up_drawings() {
  std::vector<ink::Drawing> drawings;
  Random random{1};
  for (int i = 0; i < 500; ++i) {
    ink::Drawing drawing;
    for (int s = 0; s < 5; ++s) {
      ink::Stroke& stroke = drawing.strokes.emplace_back();
      double x = random.uniform(0, 255), y = random.uniform(0, 255),
             direction = random.uniform(0, 6.28);
      for (int p = 0; p < 9; ++p) {
        stroke.push_back({static_cast<float>(x), static_cast<float>(y), 0});
        direction += 0.6 * random.normal();
        x += 25 * std::cos(direction), y += 25 * std::sin(direction);
      }
    }
    drawings.push_back(ink::simplify(drawing));
  }
  return drawings;
}

// The drawing of median ink: the one that the bar of 20 us is set for.
const ink::Drawing& median_drawing() {
  static const std::vector<ink::Drawing> drawings = [] {
    std::vector<ink::Drawing> all = real_drawings();
    if (all.empty()) all = made_up_drawings();
    std::sort(all.begin(), all.end(), [](const ink::Drawing& a, const ink::Drawing& b) {
      return ink::ink_length(a) < ink::ink_length(b);
    });
    return all;
  }();
  return drawings[drawings.size() / 2];
}

void raster(benchmark::State& state) {
  const ink::RasterOptions options{.side = static_cast<int>(state.range(0))};
  const ink::Polylines lines = median_drawing();
  std::vector<std::uint8_t> picture(static_cast<std::size_t>(options.side) * options.side);
  for (auto _ : state) {
    ink::raster(lines, options, picture);
    benchmark::DoNotOptimize(picture.data());
  }
}
BENCHMARK(raster)->Arg(28)->Arg(40)->Arg(64)->Unit(benchmark::kMicrosecond);

void simplify(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ink::simplify(median_drawing()));
}
BENCHMARK(simplify)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
