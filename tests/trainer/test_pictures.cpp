// Writes the drawings that docs/model.md measures with, as the network sees them, for
// shipped_models.mjs:
//
//   test_pictures MODEL FILE
//
// They are 20 of each of the model's words, recognised by Google's game, from nobody knows where
// (ZZ), of the test split of $INKLING_DATA. FILE: uint16 labels [n]; uint8 pictures [n, 784] of the
// whole drawings; uint8 pictures [n, 784] of the first half of their ink. All little-endian.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/file.h"
#include "trainer/onnx/onnx.h"

namespace {

void write_pictures(const char* model_file, const char* folder, const char* out) {
  const model::Card card = onnx::read_model(MappedFile(model_file).bytes(), model_file).card;
  const data::Dataset dataset = data::open({.folders = {folder}, .classes = card.classes});
  const std::vector<data::Sample> samples =
      data::select(dataset, dataset.samples[std::size_t(data::Split::test)],
                   {.per_class = 20, .recognized = true, .country = "ZZ"});
  std::string bytes;
  for (const data::Sample& sample : samples) {
    bytes.push_back(char(sample.label & 255));
    bytes.push_back(char(sample.label >> 8));
  }
  std::vector<float> picture(std::size_t(card.raster.side) * std::size_t(card.raster.side));
  for (const double share : {1.0, 0.5})
    for (const data::Sample& sample : samples) {
      data::draw(dataset, sample, card.raster, picture,
                 [share](ink::Polylines lines) { return data::partial(std::move(lines), share); });
      for (const float pixel : picture) bytes.push_back(char(std::lround(255 * pixel)));
    }
  write_file(out, bytes);
  std::printf("%s: %zu drawings\n", out, samples.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: test_pictures MODEL FILE\n", stderr), 2;
  const char* folder = std::getenv("INKLING_DATA");
  if (!folder) return std::fputs("test_pictures: INKLING_DATA is not set\n", stderr), 2;
  try {
    write_pictures(argv[1], folder, argv[2]);
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "test_pictures: %s\n", error.what()), 2;
  }
}
