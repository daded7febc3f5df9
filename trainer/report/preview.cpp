#include "trainer/report/preview.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trainer/error.h"

namespace report {
namespace {

using Samples = std::vector<data::Sample>;

// Of each class, in the order of the files.
std::vector<Samples> by_class(const data::Dataset& dataset) {
  std::vector<Samples> result(dataset.classes.size());
  for (const data::Samples& split : dataset.samples)
    for (const data::Sample& sample : split) result[sample.label].push_back(sample);
  for (Samples& samples : result)
    std::sort(samples.begin(), samples.end(), [](const data::Sample& a, const data::Sample& b) {
      return a.file != b.file ? a.file < b.file : a.at < b.at;
    });
  return result;
}

}  // namespace

Image preview(const data::Dataset& dataset, const PreviewOptions& options) {
  if (options.augment && dataset.form == data::Form::bitmaps)
    fail("{}: bitmaps are not augmented; show strokes with --form strokes",
         dataset.folders.front().string());
  const std::vector<Samples> samples = by_class(dataset);
  const bool one_class = samples.size() == 1;
  constexpr int most_rows = 40, rows_of_one = 10, margin = 12, gap = 6, letters = 2;
  const int rows = options.rows > 0 ? options.rows
                   : one_class      ? rows_of_one
                                    : std::min(most_rows, int(samples.size()));
  const int side = options.raster.side, cell = side * options.scale + gap;
  int names = 0;
  if (!one_class)
    for (const std::string& name : dataset.classes)
      names = std::max(names, text_width(name, letters) + gap);
  const int top = one_class ? margin + 14 * letters : margin;
  Image sheet(2 * margin + names + options.columns * cell - gap, top + rows * cell - gap + margin);
  if (one_class) write_text(sheet, margin, margin, dataset.classes[0], ink_blue, letters);

  std::vector<float> picture(std::size_t(side) * std::size_t(side));
  for (int row = 0; row < rows; ++row) {
    const std::size_t label = one_class ? 0 : std::size_t(row) * samples.size() / std::size_t(rows);
    const Samples& own = samples[label];
    const int y = top + row * cell;
    if (!one_class)
      write_text(sheet, margin, y + cell / 2 - 6 * letters, dataset.classes[label], ink_blue,
                 letters);
    for (int column = 0; column < options.columns; ++column) {
      // Which of how many, over all of the class's.
      const int of = options.augment ? rows : one_class ? rows * options.columns : options.columns;
      const int k = options.augment ? row : one_class ? row * options.columns + column : column;
      const bool few = own.size() < std::size_t(of);
      if (few && std::size_t(k) >= own.size()) continue;
      const data::Sample& sample =
          own[few ? std::size_t(k) : std::size_t(k) * own.size() / std::size_t(of)];
      Random random{mix_bits(options.seed + mix_bits(std::uint64_t(row * 4096 + column)))};
      const data::Change change = [&](ink::Polylines lines) {
        return data::augment(std::move(lines), options.augmentation, random);
      };
      data::draw(dataset, sample, options.raster, picture,
                 options.augment && column > 0 ? change : data::Change{});
      paste(sheet, margin + names + column * cell, y, picture, side, options.scale);
    }
  }
  return sheet;
}

}  // namespace report
