#include "trainer/data/examples.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/random.h"
#include "trainer/data/dataset.h"
#include "trainer/error.h"
#include "trainer/file.h"

namespace data {

namespace {

// A hash of its key -> the drawing; the largest goes where there are too many.
using Chosen = std::map<std::uint64_t, ink::Record>;

std::vector<Chosen> choose(const Dataset& dataset, const ExampleOptions& options) {
  std::vector<Chosen> chosen(dataset.classes.size());
  std::size_t all = 0, done = 0;
  for (const auto& samples : dataset.samples) all += samples.size();
  ink::Record record;
  for (const auto& samples : dataset.samples) {
    for (const Sample& sample : samples) {
      if (options.progress && done % 4096 == 0) options.progress(done, all);
      ++done;
      read_strokes(dataset, sample, record);
      if (ink::point_count(record.drawing) > ink::most_example_points) continue;
      Chosen& best = chosen[sample.label];
      const std::uint64_t hash = mix_bits(record.key + mix_bits(options.seed));
      if (best.size() >= std::size_t(options.per_word)) {
        if (hash >= std::prev(best.end())->first) continue;
        best.erase(std::prev(best.end()));
      }
      best.emplace(hash, record);
    }
  }
  if (options.progress) options.progress(all, all);
  return chosen;
}

}  // namespace

ExampleResult choose_examples(const ExampleOptions& options, const std::filesystem::path& out) {
  OutputFile file(out);  // that it can be written is known before all is read
  const Dataset dataset =
      open({.folders = options.folders, .min_per_class = 1, .skip_small_classes = true});
  if (dataset.form != Form::strokes)
    fail("{}: holds pictures; examples are made of strokes", options.folders.front().string());
  const std::vector<Chosen> chosen = choose(dataset, options);
  ExampleResult result{.notes = dataset.warnings};
  std::vector<std::uint8_t> bytes;
  ink::begin_examples(bytes);
  for (std::size_t label = 0; label < chosen.size(); ++label) {
    const std::string& word = dataset.classes[label];
    if (chosen[label].empty()) continue;
    std::vector<ink::Record> records;
    for (const auto& [hash, record] : chosen[label]) records.push_back(record);
    if (const auto added = ink::add_examples(word, records, bytes); !added)
      fail("{}: {}", word, added.error());
    ++result.words;
    result.drawings += records.size();
  }
  file.write(bytes);
  file.commit();
  result.bytes = bytes.size();
  return result;
}

}  // namespace data
