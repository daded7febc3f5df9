#include "trainer/report/rehearse.h"

#include <algorithm>
#include <utility>

#include "engine/game/guesser.h"
#include "engine/model/scores.h"
#include "trainer/report/calibrate.h"

namespace report {
namespace {

// How one drawing's round goes, its own word asked.
struct Round {
  bool won = false;
  int step = 0;  // of the win
  int wrong_labels = 0;
};

Round play_round(const Played& played, const model::Card& card, double seconds) {
  const std::size_t classes = card.classes.size();
  const std::size_t label = played.sample.label;
  game::Guesser guesser = game::make_guesser(int(label), card.thresholds[label], int(classes));
  Round round;
  for (int step = 0; step < ink_steps; ++step) {
    game::hear(guesser, played.probabilities.subspan(std::size_t(step) * classes, classes));
    const game::Saying saying = game::speak(guesser, seconds / ink_steps);
    if (saying.won) {
      round.won = true;
      round.step = step;
      break;
    }
    round.wrong_labels += int(saying.labels.size());
  }
  return round;
}

}  // namespace

void play(nn::Workers& workers, const data::Dataset& dataset, std::span<const data::Sample> samples,
          const ink::RasterOptions& raster, float temperature,
          const std::function<void(const Played&)>& take,
          const std::function<void(std::size_t done)>& progress) {
  constexpr std::size_t block = 256;
  const std::size_t classes = dataset.classes.size();
  std::vector<float> probabilities(block * ink_steps * classes);
  for (std::size_t first = 0; first < samples.size(); first += block) {
    const std::size_t n = std::min(block, samples.size() - first);
    workers.classify(
        n * ink_steps,
        [&](std::size_t row, std::span<float> picture) {
          const data::Sample& sample = samples[first + row / ink_steps];
          const double share = double(row % ink_steps + 1) / ink_steps;
          data::draw(dataset, sample, raster, picture, [share](ink::Polylines lines) {
            return data::partial(std::move(lines), share);
          });
          return int(sample.label);
        },
        [&](std::size_t row, int, std::span<float> logits) {
          const std::span<float> to = std::span(probabilities).subspan(row * classes, classes);
          std::copy(logits.begin(), logits.end(), to.begin());
          to_probabilities(to, classes, temperature);
        });
    for (std::size_t i = 0; i < n; ++i)
      take({samples[first + i],
            std::span(probabilities).subspan(i * ink_steps * classes, ink_steps * classes)});
    if (progress) progress(first + n);
  }
}

Rehearsal rehearse(nn::Workers& workers, const data::Dataset& dataset,
                   std::span<const data::Sample> samples, const model::Card& card, double seconds,
                   const std::function<void(std::size_t done)>& progress) {
  const std::size_t classes = card.classes.size();
  Rehearsal result{.drawings = samples.size(), .by_ink = {}, .classes = {}};
  result.by_ink.resize(ink_steps);
  result.classes.resize(classes);
  std::vector<int> win_steps;
  std::vector<float> highest(classes);
  const auto n = double(std::max<std::size_t>(1, samples.size()));
  play(
      workers, dataset, samples, card.raster, card.temperature,
      [&](const Played& played) {
        const std::size_t label = played.sample.label;
        const Round round = play_round(played, card, seconds);
        ++result.classes[label].drawings;
        result.classes[label].won += round.won;
        result.won += round.won;
        result.wrong_labels += round.wrong_labels;
        if (round.won) win_steps.push_back(round.step);

        std::fill(highest.begin(), highest.end(), 0.0f);
        for (int step = 0; step < ink_steps; ++step) {
          const auto row = played.probabilities.subspan(std::size_t(step) * classes, classes);
          const auto better = std::count_if(row.begin(), row.end(),
                                            [own = row[label]](float p) { return p > own; });
          Accuracy& accuracy = result.by_ink[std::size_t(step)];
          accuracy.top1 += better < 1;
          accuracy.top3 += better < 3;
          accuracy.top5 += better < 5;
          for (std::size_t c = 0; c < classes; ++c) highest[c] = std::max(highest[c], row[c]);
        }
        for (std::size_t c = 0; c < classes; ++c)
          result.classes[c].false_wins += c != label && game::wins(highest[c], card.thresholds[c]);
      },
      progress);

  result.won /= n;
  result.wrong_labels /= n;
  for (Accuracy& accuracy : result.by_ink)
    for (double* share : {&accuracy.top1, &accuracy.top3, &accuracy.top5}) *share /= n;
  for (Rehearsal::Class& c : result.classes) {
    result.false_wins += c.false_wins / n / double(std::max<std::size_t>(1, classes - 1));
    c.won /= double(std::max<std::size_t>(1, c.drawings));
    c.false_wins /= double(std::max<std::size_t>(1, samples.size() - c.drawings));
  }
  if (!win_steps.empty()) {
    const auto middle = win_steps.begin() + std::ptrdiff_t(win_steps.size() / 2);
    std::nth_element(win_steps.begin(), middle, win_steps.end());
    result.median_ink = double(*middle + 1) / ink_steps;
  }
  return result;
}

}  // namespace report
