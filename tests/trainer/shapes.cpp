#include "tests/trainer/shapes.h"

#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "engine/ink/record.h"
#include "engine/ink/simplify.h"
#include "trainer/file.h"

namespace shapes {
namespace {

using Corners = std::vector<std::pair<double, double>>;

// Corners on a circle, every `step`-th one of n, and back to the first.
Corners polygon(int n, int step, double turn) {
  Corners corners;
  for (int i = 0; i <= n; ++i) {
    const double angle = turn + 6.283185307179586 * i * step / n;
    corners.emplace_back(std::cos(angle), std::sin(angle));
  }
  return corners;
}

Corners corners_of(std::size_t shape, Random& random) {
  switch (shape) {
    case 0:
      return polygon(24, 1, random.uniform(0, 6));
    case 1:
      return {{-1, random.uniform(-0.3, 0.3)}, {1, random.uniform(-0.3, 0.3)}};
    case 2:
      return polygon(4, 1, 0.785398);
    case 3:
      return polygon(5, 2, -1.570796);
    case 4:
      return polygon(3, 1, -1.570796);
    default:
      return {{-1, -0.4}, {-0.6, 0.4}, {-0.2, -0.4}, {0.2, 0.4}, {0.6, -0.4}, {1, 0.4}};
  }
}

}  // namespace

ink::Drawing draw(std::size_t shape, Random& random) {
  const double turn = random.uniform(-0.15, 0.15), stretch = random.uniform(0.85, 1.15);
  ink::Stroke stroke;
  for (const auto& [cx, cy] : corners_of(shape, random)) {
    const double x = cx + 0.04 * random.normal(), y = (cy + 0.04 * random.normal()) * stretch;
    stroke.push_back({.x = float(100 * (x * std::cos(turn) - y * std::sin(turn))),
                      .y = float(100 * (x * std::sin(turn) + y * std::cos(turn))),
                      .t = 0});
  }
  return ink::simplify({{stroke}});
}

void write_folder(const std::filesystem::path& folder, int count, std::uint64_t seed) {
  std::filesystem::create_directories(folder);
  Random random{seed};
  for (std::size_t shape = 0; shape < std::size(names); ++shape) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < count; ++i) {
      ink::Record record;
      record.key = random.bits();
      record.recognized = ink::Recognized::yes;
      record.drawing = draw(shape, random);
      if (!ink::write_record(record, bytes)) std::abort();
    }
    write_file(folder / (std::string(names[shape]) + ".bin"), bytes);
  }
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "inkling-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) std::abort();
  path = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace shapes
