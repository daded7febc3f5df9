#include "tests/trainer/shapes.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "engine/ink/record.h"
#include "engine/ink/simplify.h"
#include "trainer/data/synth.h"
#include "trainer/file.h"

namespace shapes {
ink::Drawing draw(std::size_t shape, Random& random) {
  const auto place = std::find(data::shapes.begin(), data::shapes.end(), names[shape]);
  return data::synthesize(std::size_t(place - data::shapes.begin()), random);
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
