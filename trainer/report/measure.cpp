#include "trainer/report/measure.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace report {

namespace {

// How many classes are more likely than the right one.
float place_of(std::span<const float> logits, std::size_t label) {
  const float own = logits[label];
  return float(std::count_if(logits.begin(), logits.end(), [own](float z) { return z > own; }));
}

// places: of each drawing's word. Counted before it is divided: all are 1, and not a little more.
Accuracy accuracy_of_places(std::span<const float> places) {
  const auto share = [&](float k) {
    const auto among = [k](float place) { return place < k; };
    return double(std::count_if(places.begin(), places.end(), among)) /
           double(std::max<std::size_t>(1, places.size()));
  };
  return {share(1), share(3), share(5)};
}

}  // namespace

nlohmann::json to_json(const Accuracy& accuracy) {
  return {{"top1", accuracy.top1}, {"top3", accuracy.top3}, {"top5", accuracy.top5}};
}

std::string as_text(const Accuracy& accuracy) {
  return fmt::format("top-1 {:.1f}%  top-3 {:.1f}%  top-5 {:.1f}%", 100 * accuracy.top1,
                     100 * accuracy.top3, 100 * accuracy.top5);
}

Spread spread_of(std::span<const double> values) {
  Spread spread;
  for (const double value : values) spread.mean += value / double(values.size());
  if (values.size() < 2) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / double(values.size() - 1));
  return spread;
}

std::string percent(std::span<const double> shares) {
  const Spread spread = spread_of(shares);
  const std::string mean = fmt::format("{:.2f}%", 100 * spread.mean);
  return shares.size() < 2 ? mean : fmt::format("{} ± {:.2f}", mean, 100 * spread.deviation);
}

std::string grouped(std::int64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::ptrdiff_t at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
    text.insert(std::size_t(at), ",");
  return text;
}

std::vector<float> logits_of(nn::Workers& workers, const data::Dataset& dataset,
                             std::span<const data::Sample> samples,
                             const ink::RasterOptions& raster, double share) {
  const std::size_t classes = dataset.classes.size();
  std::vector<float> result(samples.size() * classes);
  const data::Change change = [share](ink::Polylines lines) {
    return data::partial(std::move(lines), share);
  };
  workers.classify(
      samples.size(),
      [&](std::size_t row, std::span<float> picture) {
        if (share < 1)
          data::draw(dataset, samples[row], raster, picture, change);
        else
          data::draw(dataset, samples[row], raster, picture);
        return int(samples[row].label);
      },
      [&](std::size_t row, int, std::span<float> logits) {
        std::copy(logits.begin(), logits.end(), result.begin() + std::ptrdiff_t(row * classes));
      });
  return result;
}

Measurement measure(nn::Workers& workers, const data::Dataset& dataset,
                    std::span<const data::Sample> samples, const ink::RasterOptions& raster,
                    const nn::Ranks& ranks) {
  // By sample, and summed in their order: threads and ranks do not change the sum.
  const std::size_t n_samples = samples.size();
  std::vector<float> findings(3 * n_samples, 0.0f);  // whole numbers below 2^24 are exact
  const auto third = [&](std::size_t i) {
    return std::span(findings).subspan(i * n_samples, n_samples);
  };
  const std::span<float> losses = third(0), places = third(1), guesses = third(2);
  const auto part = [&](int rank) {
    return n_samples * std::size_t(rank) / std::size_t(ranks.count());
  };
  const std::size_t first = part(ranks.rank());
  workers.classify(
      part(ranks.rank() + 1) - first,
      [&](std::size_t row, std::span<float> picture) {
        const data::Sample& sample = samples[first + row];
        data::draw(dataset, sample, raster, picture);
        return int(sample.label);
      },
      [&](std::size_t row, int label, std::span<float> logits) {
        const auto guess = std::max_element(logits.begin(), logits.end());
        const float largest = *guess;
        guesses[first + row] = float(guess - logits.begin());
        double sum = 0;
        for (const float z : logits) sum += std::exp(double(z - largest));
        losses[first + row] = float(std::log(sum)) + largest - logits[std::size_t(label)];
        places[first + row] = place_of(logits, std::size_t(label));
      });
  ranks.sum(findings);  // each has 0 where it did not look
  Measurement m;
  const auto n = double(samples.size());
  for (const float loss : losses) m.loss += double(loss) / n;
  m.accuracy = accuracy_of_places(places);
  m.guesses.assign(guesses.begin(), guesses.end());
  return m;
}

Accuracy accuracy_of(std::span<const float> logits, std::span<const data::Sample> samples) {
  const std::size_t classes = samples.empty() ? 0 : logits.size() / samples.size();
  std::vector<float> places(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i)
    places[i] = place_of(logits.subspan(i * classes, classes), samples[i].label);
  return accuracy_of_places(places);
}

std::vector<ReliabilityBin> reliability(std::span<const float> probabilities,
                                        std::span<const data::Sample> samples, int bins) {
  std::vector<ReliabilityBin> result{std::size_t(bins)};
  const std::size_t classes = samples.empty() ? 0 : probabilities.size() / samples.size();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::span<const float> row = probabilities.subspan(i * classes, classes);
    const auto highest = std::max_element(row.begin(), row.end());
    const int bin = std::clamp(int(*highest * float(bins)), 0, bins - 1);
    ReliabilityBin& b = result[std::size_t(bin)];
    ++b.drawings;
    b.confidence += double(*highest);
    b.accuracy += std::size_t(highest - row.begin()) == samples[i].label;
  }
  for (ReliabilityBin& b : result) {
    b.confidence /= double(std::max<std::size_t>(1, b.drawings));
    b.accuracy /= double(std::max<std::size_t>(1, b.drawings));
  }
  return result;
}

double calibration_error(std::span<const ReliabilityBin> bins) {
  double error = 0, drawings = 0;
  for (const ReliabilityBin& b : bins) {
    error += double(b.drawings) * std::abs(b.confidence - b.accuracy);
    drawings += double(b.drawings);
  }
  return drawings > 0 ? error / drawings : 0;
}

}  // namespace report
