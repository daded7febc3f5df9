#include "trainer/train/run.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/nn/workers.h"
#include "trainer/onnx/onnx.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/events.h"
#include "trainer/report/examine.h"
#include "trainer/report/image.h"
#include "trainer/report/measure.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/epoch.h"
#include "trainer/zoo/zoo.h"

namespace train {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using data::Samples;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The rarer a class, the more its drawings count: each class as much as each other, 1 in the mean.
std::vector<float> balanced_weights(const Samples& samples, std::size_t classes) {
  std::vector<double> counts(classes, 0);
  for (const data::Sample& sample : samples) counts[sample.label] += 1;
  std::vector<float> weights(classes, 1);
  for (std::size_t c = 0; c < classes; ++c)
    if (counts[c] > 0) weights[c] = float(double(samples.size()) / double(classes) / counts[c]);
  return weights;
}

nn::Graph make_graph(const Recipe& recipe, std::size_t classes) {
  return zoo::find(recipe.arch)
      .make({.side = recipe.side,
             .classes = int(classes),
             .width = recipe.width,
             .depth = recipe.depth});
}

std::vector<float> initial_weights(const Recipe& recipe, const nn::Graph& graph) {
  return recipe.initialisation == Initialisation::he ? nn::he_weights(graph, recipe.seed)
                                                     : nn::glorot_weights(graph, recipe.seed);
}

std::optional<nn::Teacher> read_teacher(const Recipe& recipe, const data::Dataset& dataset) {
  if (recipe.teacher.empty()) return {};
  const MappedFile file(recipe.teacher);
  onnx::Model model = onnx::read_model(file.bytes(), recipe.teacher);
  if (model.card.classes != dataset.classes)
    fail(
        "{}: the teacher knows {} classes, not the same {} in the same order; train it on the "
        "same drawings",
        recipe.teacher, model.card.classes.size(), dataset.classes.size());
  if (model.card.raster.side != recipe.side)
    fail("{}: the teacher sees pictures of side {}, the student of {}", recipe.teacher,
         model.card.raster.side, recipe.side);
  return nn::Teacher{std::move(model.graph), std::move(model.weights)};
}

// A run's event files. Tags and steps are those of Keras: epochs from 0, and steps within `batch_`.
struct Logs {
  report::EventWriter train, validation;

  Logs(const std::filesystem::path& folder, std::int64_t first_step)
      : train(folder / "train", first_step), validation(folder / "validation", first_step) {}
};

// Tells weights apart, bit for bit.
std::uint64_t fingerprint_of(std::span<const float> weights) {
  std::uint64_t hash = weights.size();
  for (const float weight : weights) hash = mix_bits(hash + std::bit_cast<std::uint32_t>(weight));
  return hash;
}

class Run {
 public:
  // checkpoint: to go on from; empty: none.
  Run(const Recipe& recipe, const data::Dataset& dataset, const RunOptions& options,
      std::string_view checkpoint);

  void expect_same_drawings() const;
  void describe() const;
  void train();
  void write_checkpoint();
  json save();

 private:
  const Samples& samples(data::Split split) const { return dataset_.samples[std::size_t(split)]; }
  double seconds() const { return state_.seconds + seconds_since(begin_); }
  void train_epoch();
  void end_epoch();
  void log_step(std::int64_t step, double loss, float rate);
  void log_epoch(const json& entry, const report::Measurement& validation);
  bool is_better(double loss) const { return state_.history.empty() || loss < state_.best_loss; }
  bool has_converged() const;
  bool interrupted() const { return ranks_.alone() ? options_.interrupted() : stopped_; }
  void expect_same(std::uint64_t fingerprint, const char* what, const char* remedy) const;
  void restore(Checkpoint checkpoint);
  json command() const;
  nn::WorkerOptions worker_options();
  model::Card calibrated_card(nn::Workers& workers) const;

  Recipe recipe_;
  const data::Dataset& dataset_;
  const RunOptions& options_;
  const nn::Ranks& ranks_;
  bool stopped_ = false;  // some rank was interrupted, and all know it
  ink::RasterOptions raster_;
  nn::Graph graph_;
  std::optional<nn::Teacher> teacher_;
  nn::Answers own_answers_;
  Checkpoint state_;  // but for the weights, which the workers have
  std::optional<nn::Workers> workers_;
  std::optional<Logs> logs_;
  std::uint64_t fingerprint_;
  Clock::time_point begin_ = Clock::now(), saved_ = begin_;
  // Of the epoch: since when, how many drawings, and the last learning rate.
  Clock::time_point epoch_begin_ = begin_;
  double epoch_drawings_ = 0;
  float learning_rate_ = 0;
};

Run::Run(const Recipe& recipe, const data::Dataset& dataset, const RunOptions& options,
         std::string_view checkpoint)
    : recipe_(recipe),
      dataset_(dataset),
      options_(options),
      ranks_(options.ranks),
      raster_{.side = recipe.side},
      graph_(make_graph(recipe, dataset.classes.size())),
      teacher_(read_teacher(recipe, dataset)),
      fingerprint_(drawings_fingerprint(dataset)) {
  nn::TrainingState initial(graph_, {});
  if (options.resume) {
    restore(parse_checkpoint(checkpoint, checkpoint_path(options.out)));
    initial.weights = std::move(state_.weights);
    initial.averaged = std::move(state_.averaged);
    initial.adam.mean = std::move(state_.adam_mean);
    initial.adam.variance = std::move(state_.adam_variance);
    initial.adam.steps = state_.steps;
  } else {
    initial.weights = initial_weights(recipe, graph_);
    state_.history = json::array();
  }
  workers_.emplace(graph_, std::move(initial), worker_options());
  if (!options.logs.empty() && ranks_.leads()) logs_.emplace(options.logs, state_.steps);
}

nn::WorkerOptions Run::worker_options() {
  nn::Answers& answers = options_.answers ? *options_.answers : own_answers_;
  const std::size_t pictures = Epoch::pictures(recipe_, dataset_);
  if (teacher_ && pictures > 0 && answers.empty())
    answers = nn::Answers(pictures, dataset_.classes.size());
  nn::WorkerOptions options{.batch = recipe_.batch,
                            .threads = recipe_.threads,
                            .precision = recipe_.precision.value_or(nn::fastest_precision()),
                            .adam = {.weight_decay = recipe_.weight_decay},
                            .label_smoothing = recipe_.label_smoothing,
                            .average_decay = recipe_.average_decay,
                            .seed = recipe_.seed,
                            .teacher = teacher_ ? &*teacher_ : nullptr,
                            .teacher_share = recipe_.teacher_share,
                            .teacher_temperature = recipe_.teacher_temperature,
                            .answers = answers.empty() ? nullptr : &answers,
                            .ranks = ranks_};
  if (recipe_.balanced)
    options.class_weights = balanced_weights(samples(data::Split::train), dataset_.classes.size());
  return options;
}

// Takes over a checkpoint of this very run.
void Run::restore(Checkpoint checkpoint) {
  const std::string path = checkpoint_path(options_.out).string();
  if (checkpoint.drawings != fingerprint_)
    fail("{}: the run began with other drawings; bring them back, or train anew in another folder",
         path);
  const std::size_t parameters = nn::parameter_count(graph_), weights = nn::weight_count(graph_);
  if (checkpoint.weights.size() != weights || checkpoint.adam_mean.size() != parameters ||
      checkpoint.adam_variance.size() != parameters ||
      (recipe_.average_decay > 0) == checkpoint.averaged.empty())
    fail("{}: holds the weights of another network; train anew in another folder", path);
  state_ = std::move(checkpoint);
}

// What is not in the recipe.
json Run::command() const {
  json folders = json::array();
  for (const std::filesystem::path& folder : dataset_.folders)
    folders.push_back(std::filesystem::absolute(folder).string());
  return {{"data", folders},
          {"name", options_.name},
          {"logs", options_.logs.empty() ? "" : std::filesystem::absolute(options_.logs).string()},
          {"ranks", ranks_.count()}};
}

// All ranks must have the same of it.
void Run::expect_same(std::uint64_t fingerprint, const char* what, const char* remedy) const {
  const std::vector<std::uint64_t> all = ranks_.gather(fingerprint);
  const auto other = std::find_if(all.begin(), all.end(), [&](auto f) { return f != all[0]; });
  ranks_.together([&] {
    if (other != all.end() && ranks_.leads())
      fail("{} has other {} than rank 0; {}", ranks_.name(int(other - all.begin())), what, remedy);
  });
}

void Run::expect_same_drawings() const {
  expect_same(fingerprint_, "drawings", "copy the same data folder to each machine");
  if (teacher_)
    expect_same(fingerprint_of(teacher_->weights), "weights of the teacher",
                "copy the same file to each machine");
}

void Run::describe() const {
  for (const std::string& warning : dataset_.warnings) options_.say(warning);
  const bool half = recipe_.precision.value_or(nn::fastest_precision()) == nn::Precision::bf16;
  options_.say(fmt::format(
      "{}: {} classes, {} parameters; {} drawings to train on, {} for validation, {} for the "
      "test; {} thread{}, {}",
      recipe_.arch, dataset_.classes.size(), nn::parameter_count(graph_),
      samples(data::Split::train).size(), samples(data::Split::validation).size(),
      samples(data::Split::test).size(), workers_->threads(), workers_->threads() == 1 ? "" : "s",
      half ? "bf16" : "f32"));
  if (const std::size_t pictures = Epoch::pictures(recipe_, dataset_); teacher_ && pictures > 0)
    options_.say(fmt::format("what the teacher thinks of {} pictures is kept, in {} MB", pictures,
                             nn::Answers::bytes(pictures, dataset_.classes.size()) / 1'000'000));
  if (!ranks_.alone()) {
    int threads = 0;
    for (int rank = 0; rank < ranks_.count(); ++rank)
      threads += recipe_.threads > 0 ? recipe_.threads : ranks_.cores(rank);
    options_.say(fmt::format("{} ranks, {} threads in all", ranks_.count(), threads));
  }
  if (options_.resume)
    options_.say(fmt::format("going on at epoch {}/{}", state_.epoch + 1, recipe_.epochs));
}

void Run::train() {
  while (state_.epoch < recipe_.epochs && !has_converged()) {
    train_epoch();
    if (interrupted()) {
      write_checkpoint();
      break;
    }
    end_epoch();
  }
}

void Run::train_epoch() {
  epoch_begin_ = Clock::now();
  epoch_drawings_ = 0;
  const Epoch all(recipe_, dataset_, state_.epoch);

  const auto batch = std::size_t(recipe_.batch);
  const auto steps_an_epoch = std::int64_t((all.size() + batch - 1) / batch);
  const std::int64_t steps = steps_an_epoch * recipe_.epochs;
  const std::int64_t warm_up = std::min<std::int64_t>(recipe_.warm_up, steps / 10);
  const std::string label = fmt::format("epoch {}/{}", state_.epoch + 1, recipe_.epochs);
  while (state_.rows < all.size()) {
    if (interrupted()) return;
    const std::size_t rows = std::min<std::size_t>(batch, all.size() - state_.rows);
    const std::int64_t step =
        state_.epoch * steps_an_epoch + std::int64_t(state_.rows / std::uint64_t(batch));
    const float rate =
        nn::learning_rate_at(recipe_.schedule, recipe_.learning_rate, step, steps, warm_up);
    const nn::StepResult result = workers_->step(
        rows, rate,
        [&](std::size_t row, std::span<float> picture) {
          return all.draw(state_.rows + row, picture);
        },
        options_.interrupted());
    stopped_ = result.stop;
    if (!std::isfinite(result.loss))
      ranks_.together([&] {
        fail("the training has diverged at step {}: the loss is no number; try a smaller --lr",
             step);
      });
    learning_rate_ = rate;
    epoch_drawings_ += double(rows);
    log_step(step, result.loss, rate);
    state_.rows += rows;
    state_.loss_sum += double(rows) * result.loss;
    state_.correct1 += result.correct1;
    state_.correct5 += result.correct5;
    options_.show(label, double(state_.rows) / double(all.size()),
                  std::size_t(state_.epoch) * all.size() + state_.rows,
                  all.size() * std::size_t(recipe_.epochs), state_.loss_sum / double(state_.rows));
    if (seconds_since(saved_) >= options_.checkpoint_every) write_checkpoint();
  }
}

// Measures the epoch, writes it into the history, and goes on to the next one.
void Run::end_epoch() {
  const auto rows = double(state_.rows);
  const double rate = epoch_drawings_ / std::max(1e-9, seconds_since(epoch_begin_));
  const report::Measurement validation =
      report::measure(*workers_, dataset_, samples(data::Split::validation), raster_, ranks_);
  const double loss = state_.loss_sum / rows;
  options_.say(fmt::format("epoch {}/{}  loss {:.3f}  validation {}", state_.epoch + 1,
                           recipe_.epochs, loss, as_text(validation.accuracy)));
  json entry = report::to_json(validation.accuracy);
  entry["epoch"] = state_.epoch + 1;
  entry["loss"] = loss;
  entry["train_top1"] = state_.correct1 / rows;
  entry["train_top5"] = state_.correct5 / rows;
  entry["validation_loss"] = validation.loss;
  entry["learning_rate"] = learning_rate_;
  entry["images_per_second"] = rate;
  entry["seconds"] = seconds();
  if (recipe_.patience > 0 && is_better(validation.loss)) {
    state_.best_loss = validation.loss;
    state_.best_weights.assign(workers_->weights().begin(), workers_->weights().end());
    entry["best"] = true;
  }
  log_epoch(entry, validation);
  state_.history.push_back(entry);
  ++state_.epoch;
  state_.rows = 0;
  state_.loss_sum = state_.correct1 = state_.correct5 = 0;
  if (!ranks_.alone()) {
    ranks_.together([&] { data::expect_unchanged(dataset_); });
    expect_same(fingerprint_of(workers_->state().weights), "weights",
                "are the processors and builds of inkling alike? '--resume' goes on from the last "
                "checkpoint");
  }
  write_checkpoint();
}

void Run::log_step(std::int64_t step, double loss, float rate) {
  constexpr std::int64_t every = 20;
  if (!logs_ || step % every != 0) return;
  logs_->train.scalar("batch_loss", step, loss);
  logs_->train.scalar("batch_learning_rate", step, double(rate));
}

void Run::log_epoch(const json& entry, const report::Measurement& validation) {
  if (!logs_) return;
  const std::int64_t epoch = state_.epoch;
  logs_->train.scalar("epoch_loss", epoch, entry["loss"]);
  logs_->train.scalar("epoch_accuracy", epoch, entry["train_top1"]);
  logs_->train.scalar("epoch_top_5_accuracy", epoch, entry["train_top5"]);
  logs_->train.scalar("epoch_learning_rate", epoch, entry["learning_rate"]);
  logs_->train.scalar("images_per_second", epoch, entry["images_per_second"]);
  logs_->validation.scalar("epoch_loss", epoch, validation.loss);
  logs_->validation.scalar("epoch_accuracy", epoch, validation.accuracy.top1);
  logs_->validation.scalar("epoch_top_5_accuracy", epoch, validation.accuracy.top5);

  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph_);
  const std::span<const float> weights = workers_->weights();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].kernel_size == 0) continue;
    const std::string layer = fmt::format("{:02}_{}", i, nn::name_of(graph_.layers[i].kind));
    logs_->train.histogram(layer + "/kernel", epoch,
                           weights.subspan(ranges[i].kernel_at, ranges[i].kernel_size));
    logs_->train.histogram(layer + "/bias", epoch,
                           weights.subspan(ranges[i].bias_at, ranges[i].bias_size));
  }

  // Some that are read wrong, from all over the split, by the same tags at each epoch.
  constexpr std::size_t shown = 8;
  constexpr int scale = 4, line = 16;
  const Samples& samples = this->samples(data::Split::validation);
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (validation.guesses[i] != samples[i].label) wrong.push_back(i);
  std::vector<float> picture(std::size_t(recipe_.side) * std::size_t(recipe_.side));
  for (std::size_t k = 0; k < std::min(shown, wrong.size()); ++k) {
    const std::size_t i = wrong[k * wrong.size() / std::min(shown, wrong.size())];
    const std::string words = fmt::format("{} as {}", dataset_.classes[samples[i].label],
                                          dataset_.classes[validation.guesses[i]]);
    data::draw(dataset_, samples[i], raster_, picture);
    report::Image image(std::max(scale * recipe_.side, report::text_width(words) + 8),
                        scale * recipe_.side + line);
    report::paste(image, 0, 0, picture, recipe_.side, scale);
    report::write_text(image, 4, scale * recipe_.side + 4, words);
    logs_->validation.image(fmt::format("misread/{}", k), epoch, image);
  }
}

// Has the validation loss not been better for `patience` epochs?
bool Run::has_converged() const {
  const auto patience = std::size_t(recipe_.patience);
  if (patience == 0 || state_.history.size() <= patience) return false;
  for (std::size_t i = state_.history.size() - patience; i < state_.history.size(); ++i)
    if (state_.history[i].contains("best")) return false;
  return true;
}

// Of the drawings that the run began with: where they were changed, the last one stays.
void Run::write_checkpoint() {
  if (!ranks_.leads()) return;
  data::expect_unchanged(dataset_);
  const nn::TrainingState& state = workers_->state();
  Checkpoint checkpoint = state_;
  checkpoint.recipe = train::to_json(recipe_);
  checkpoint.command = command();
  checkpoint.drawings = fingerprint_;
  checkpoint.seconds = seconds();
  checkpoint.weights = state.weights;
  checkpoint.averaged = state.averaged;
  checkpoint.adam_mean = state.adam.mean;
  checkpoint.adam_variance = state.adam.variance;
  checkpoint.steps = state.adam.steps;
  train::write_checkpoint(checkpoint, checkpoint_path(options_.out));
  saved_ = Clock::now();
}

// Measures the network and writes what the run is for.
json Run::save() {
  const bool stopped = interrupted();
  std::vector<float> weights(workers_->weights().begin(), workers_->weights().end());
  if (!state_.best_weights.empty()) weights = state_.best_weights;
  nn::Workers workers = nn::Workers::classifier(graph_, weights, recipe_.threads);
  const report::Measurement test =
      report::measure(workers, dataset_, samples(data::Split::test), raster_);
  model::Card card = calibrated_card(workers);
  card.accuracy = fmt::format("{} on {} drawings of the test split", as_text(test.accuracy),
                              samples(data::Split::test).size());
  const std::string onnx = onnx::write_model(graph_, weights, card);
  json metrics = {{"recipe", train::to_json(recipe_)},
                  {"form", dataset_.form == data::Form::strokes ? "strokes" : "bitmaps"},
                  {"threads", workers.threads()},
                  {"ranks", ranks_.count()},
                  {"classes", dataset_.classes.size()},
                  {"parameters", nn::parameter_count(graph_)},
                  {"multiply_adds", nn::multiply_add_count(graph_)},
                  {"drawings",
                   {{"train", samples(data::Split::train).size()},
                    {"validation", samples(data::Split::validation).size()},
                    {"test", samples(data::Split::test).size()},
                    {"fingerprint", fingerprint_text(dataset_)}}},
                  {"history", state_.history},
                  {"test", report::to_json(test.accuracy)},
                  {"temperature", card.temperature},
                  {"bytes", onnx.size()},
                  {"seconds", seconds()},
                  {"interrupted", stopped}};
  metrics["test"]["loss"] = test.loss;
  metrics["examined"] =
      report::examine(workers, dataset_, samples(data::Split::test), raster_, card.temperature);
  std::string names;
  for (const std::string& name : dataset_.classes) names += name + "\n";
  const std::filesystem::path& out = options_.out;
  write_file(out / "class_names.txt", names);
  write_file(out / "model.onnx", onnx);
  write_file(out / "metrics.json", metrics.dump(2) + "\n");  // the last: with it the run is done
  if (!stopped) std::filesystem::remove(checkpoint_path(out));
  options_.say(fmt::format("test  {}", as_text(test.accuracy)));
  options_.say(fmt::format("{}{}: {} bytes", stopped ? "stopped early; " : "",
                           (out / "model.onnx").string(), onnx.size()));
  if (stopped) options_.say(fmt::format("to go on: inkling train --resume --out {}", out.string()));
  return metrics;
}

// The card, but for the accuracy of the whole: temperature, the words' accuracies and thresholds
// come from the validation split, whole and while it is being drawn.
model::Card Run::calibrated_card(nn::Workers& workers) const {
  const report::Calibration calibration =
      report::calibrate(workers, dataset_, samples(data::Split::validation), raster_);
  return {.name = options_.name.empty() ? recipe_.arch : options_.name,
          .classes = dataset_.classes,
          .raster = raster_,
          .temperature = calibration.temperature,
          .class_accuracy = calibration.class_accuracy,
          .thresholds = calibration.thresholds,
          .trained_on = fmt::format("{} drawings of {} categories of Quick, Draw!, {} epochs",
                                    samples(data::Split::train).size(), dataset_.classes.size(),
                                    state_.epoch),
          .accuracy = "",
          .licence = "CC BY 4.0",
          .attribution =
              "Made from The Quick, Draw! Dataset by Google, Inc., licence CC BY 4.0, "
              "https://github.com/googlecreativelab/quickdraw-dataset"};
}

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& out) {
  return out / "checkpoint";
}

std::uint64_t drawings_fingerprint(const data::Dataset& dataset) {
  std::uint64_t hash = dataset.classes.size();
  for (const std::string& name : dataset.classes)
    for (const char c : name) hash = mix_bits(hash + std::uint8_t(c));
  for (const Samples& samples : dataset.samples) {
    hash = mix_bits(hash + samples.size());
    for (const data::Sample& sample : samples)
      hash += mix_bits(sample.at * 0x9e3779b97f4a7c15u + sample.label);
  }
  return hash;
}

std::string fingerprint_text(const data::Dataset& dataset) {
  return fmt::format("{:016x}", drawings_fingerprint(dataset));
}

data::Dataset open_drawings(const Recipe& recipe,
                            const std::vector<std::filesystem::path>& folders) {
  data::Dataset dataset =
      data::open({.folders = folders,
                  .form = recipe.form,
                  .classes = recipe.classes,
                  .max_per_class = recipe.max_per_class,
                  .min_per_class = recipe.min_per_class,
                  .skip_small_classes = recipe.skip_small_classes,
                  .unrecognized = recipe.unrecognized,
                  .shares = {.test = recipe.test_share, .validation = recipe.validation_share}});
  const std::string folder = dataset.folders.front().string();
  if (dataset.classes.size() < 2)
    fail("{}: {} not enough to tell apart; at least 2 classes are needed", folder,
         dataset.classes.empty() ? "no class is" : "one class is");
  for (const Samples& split : dataset.samples)
    if (split.empty())
      fail("{}: too few drawings to keep some for validation and test; more are needed", folder);
  if (dataset.form == data::Form::bitmaps && recipe.side != 28)
    fail("{}: bitmaps are of side 28; for side {} strokes are needed", folder, recipe.side);
  return dataset;
}

json run(const Recipe& recipe, const data::Dataset& dataset, const RunOptions& options) {
  const nn::Ranks& ranks = options.ranks;
  std::optional<FolderLock> lock;
  std::string checkpoint;
  ranks.together([&] {
    if (!ranks.leads()) return;
    prepare_output_folder(options.out);
    lock.emplace(options.out);
    remove_leftovers(options.out);
    if (options.resume) checkpoint = read_file(checkpoint_path(options.out));
  });
  ranks.broadcast(checkpoint);
  std::optional<Run> run;
  ranks.together([&] { run.emplace(recipe, dataset, options, checkpoint); });
  run->expect_same_drawings();
  run->describe();
  ranks.together([&] {
    if (!ranks.leads()) return;
    // From now on it can go on, whenever it is killed.
    if (!options.resume) run->write_checkpoint();
    write_file(options.out / "config.json", to_json(recipe).dump(2) + "\n");
  });
  run->train();
  return ranks.leads() ? run->save() : json();
}

}  // namespace train
