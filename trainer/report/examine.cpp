#include "trainer/report/examine.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trainer/report/calibrate.h"
#include "trainer/report/image.h"
#include "trainer/report/measure.h"

namespace report {
namespace {

using nlohmann::json;

constexpr std::size_t most_samples = 20000, most_confusions = 12, most_pictures = 3,
                      most_words = 10;

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? std::uint8_t(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

std::string url_of(std::span<const float> picture, int side) {
  Image image(side, side);
  paste(image, 0, 0, picture, side, 1);
  return "data:image/png;base64," + base64(write_png(image));
}

std::string picture_url(const data::Dataset& dataset, const data::Sample& sample,
                        const ink::RasterOptions& raster) {
  std::vector<float> picture(std::size_t(raster.side) * std::size_t(raster.side));
  data::draw(dataset, sample, raster, picture);
  return url_of(picture, raster.side);
}

// The mean of a word's drawings, its darkest pixel as dark as ink.
std::string mean_url(const data::Dataset& dataset, std::span<const data::Sample> samples,
                     std::size_t label, const ink::RasterOptions& raster) {
  std::vector<float> sum(std::size_t(raster.side) * std::size_t(raster.side)), picture(sum.size());
  for (const data::Sample& sample : samples) {
    if (sample.label != label) continue;
    data::draw(dataset, sample, raster, picture);
    std::transform(sum.begin(), sum.end(), picture.begin(), sum.begin(), std::plus());
  }
  const float darkest = std::max(1e-9f, *std::max_element(sum.begin(), sum.end()));
  for (float& pixel : sum) pixel /= darkest;
  return url_of(sum, raster.side);
}

// Those of the words that stand first in `order`.
json words_of(const std::vector<std::size_t>& order, const json& classes,
              const data::Dataset& dataset, std::span<const data::Sample> samples,
              const ink::RasterOptions& raster) {
  json words = json::array();
  for (std::size_t i = 0; i < std::min(most_words, order.size()); ++i)
    words.push_back({{"name", classes[order[i]]["name"]},
                     {"top1", classes[order[i]]["top1"]},
                     {"picture", mean_url(dataset, samples, order[i], raster)}});
  return words;
}

json confusions_of(const std::vector<std::size_t>& guesses, const data::Dataset& dataset,
                   const std::vector<data::Sample>& samples, const ink::RasterOptions& raster) {
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> pairs;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (guesses[i] != samples[i].label) pairs[{samples[i].label, guesses[i]}].push_back(i);
  std::vector<decltype(pairs)::const_iterator> order;
  for (auto pair = pairs.cbegin(); pair != pairs.cend(); ++pair) order.push_back(pair);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    if (a->second.size() != b->second.size()) return a->second.size() > b->second.size();
    return a->first < b->first;
  });
  order.resize(std::min(order.size(), most_confusions));
  json result = json::array();
  for (const auto& pair : order) {
    json pictures = json::array();
    for (const std::size_t i : pair->second)
      if (pictures.size() < most_pictures)
        pictures.push_back(picture_url(dataset, samples[i], raster));
    result.push_back({{"word", dataset.classes[pair->first.first]},
                      {"guess", dataset.classes[pair->first.second]},
                      {"drawings", pair->second.size()},
                      {"pictures", pictures}});
  }
  return result;
}

}  // namespace

json examine(nn::Workers& workers, const data::Dataset& dataset,
             std::span<const data::Sample> samples, const ink::RasterOptions& raster,
             float temperature) {
  const std::size_t n = std::min(most_samples, samples.size()), classes = dataset.classes.size();
  std::vector<data::Sample> some;
  some.reserve(n);
  for (std::size_t i = 0; i < n; ++i) some.push_back(samples[i * samples.size() / n]);

  json result = {{"drawings", n}, {"by_ink", json::array()}};
  std::vector<float> logits;
  for (int tenth = dataset.form == data::Form::bitmaps ? 10 : 1; tenth <= 10; ++tenth) {
    logits = logits_of(workers, dataset, some, raster, tenth / 10.0);
    const Accuracy a = accuracy_of(logits, some);
    result["by_ink"].push_back(
        {{"share", tenth / 10.0}, {"top1", a.top1}, {"top3", a.top3}, {"top5", a.top5}});
  }

  std::vector<std::size_t> guesses(n), drawings(classes), right(classes);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = logits.begin() + std::ptrdiff_t(i * classes);
    guesses[i] = std::size_t(std::max_element(row, row + std::ptrdiff_t(classes)) - row);
    ++drawings[some[i].label];
    right[some[i].label] += guesses[i] == some[i].label;
  }
  result["classes"] = json::array();
  for (std::size_t c = 0; c < classes; ++c)
    result["classes"].push_back(
        {{"name", dataset.classes[c]},
         {"drawings", drawings[c]},
         {"top1", drawings[c] > 0 ? double(right[c]) / double(drawings[c]) : 0}});
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < classes; ++c)
    if (drawings[c] > 0) order.push_back(c);
  const auto share = [&](std::size_t c) { return double(right[c]) / double(drawings[c]); };
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return std::pair(share(a), a) < std::pair(share(b), b); });
  result["hardest"] = words_of(order, result["classes"], dataset, some, raster);
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return std::pair(-share(a), a) < std::pair(-share(b), b); });
  result["easiest"] = words_of(order, result["classes"], dataset, some, raster);
  result["confusions"] = confusions_of(guesses, dataset, some, raster);

  to_probabilities(logits, classes, temperature);
  const std::vector<ReliabilityBin> bins = reliability(logits, some);
  result["calibration_error"] = calibration_error(bins);
  result["reliability"] = json::array();
  for (const ReliabilityBin& bin : bins)
    result["reliability"].push_back(
        {{"drawings", bin.drawings}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  return result;
}

}  // namespace report
