// `inkling train`: from a folder of drawings to a model that drops into the page.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "trainer/cli/cli.h"
#include "trainer/cli/progress.h"
#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/nn/workers.h"
#include "trainer/onnx/onnx.h"
#include "trainer/report/calibrate.h"
#include "trainer/report/measure.h"
#include "trainer/zoo/zoo.h"

namespace cli {
namespace {

using nlohmann::json;
using Samples = std::vector<data::Sample>;

struct Options {
  std::string arch = "simple-cnn";
  std::string data, out, classes_file, form, name;
  int epochs = 8;
  int batch = 256;
  float learning_rate = 2e-3f;
  float weight_decay = 0.01f;
  float label_smoothing = 0.05f;
  std::uint64_t seed = 1;
  int threads = 0;
  int max_per_class = 1000;
  bool plain = false;
  data::Augmentation augmentation;
};

// The first Ctrl-C lets the step end and saves; another one, a second or more later, ends the
// program at once. Sooner it is the same one again: `timeout` signals the program and then its
// whole group.
std::atomic<bool> interrupted = false;
std::atomic<std::int64_t> interrupted_at = 0;  // seconds
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);

void on_signal(int number) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  if (!interrupted) {
    interrupted_at = now.tv_sec;
    interrupted = true;
  } else if (now.tv_sec > interrupted_at + 1) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

json to_json(const Options& o, const nn::Workers& workers, const data::Dataset& dataset) {
  const data::Augmentation& a = o.augmentation;
  json result = {{"arch", o.arch},
                 {"form", dataset.form == data::Form::strokes ? "strokes" : "bitmaps"},
                 {"epochs", o.epochs},
                 {"batch", o.batch},
                 {"learning_rate", o.learning_rate},
                 {"weight_decay", o.weight_decay},
                 {"label_smoothing", o.label_smoothing},
                 {"seed", o.seed},
                 {"threads", workers.threads()},
                 {"max_per_class", o.max_per_class}};
  if (!o.plain)
    result["augmentation"] = {
        {"partial", a.partial}, {"least_ink", a.least_ink}, {"drop_stroke", a.drop_stroke},
        {"mirror", a.mirror},   {"bend", a.bend},           {"rotation", a.rotation},
        {"stretch", a.stretch}, {"shear", a.shear},         {"stroke_jitter", a.stroke_jitter}};
  return result;
}

json to_json(const report::Accuracy& accuracy) {
  return {{"top1", accuracy.top1}, {"top3", accuracy.top3}, {"top5", accuracy.top5}};
}

std::string as_text(const report::Accuracy& accuracy) {
  return fmt::format("top-1 {:.1f}%  top-3 {:.1f}%  top-5 {:.1f}%", 100 * accuracy.top1,
                     100 * accuracy.top3, 100 * accuracy.top5);
}

// A number of its own for each sample of each epoch, so that what augmentation does to it depends
// on neither threads nor order.
Random stream_of(std::uint64_t seed, int epoch, std::size_t index) {
  return Random{mix_bits(mix_bits(seed + std::uint64_t(epoch) * 0x9e3779b97f4a7c15u) + index)};
}

class Run {
 public:
  Run(const Options& options, data::Dataset dataset)
      : options_(options),
        dataset_(std::move(dataset)),
        graph_(zoo::find(options.arch)
                   .make({.side = raster_.side, .classes = int(dataset_.classes.size())})),
        workers_(graph_, nn::TrainingState(graph_, nn::he_weights(graph_, options.seed)),
                 {.batch = options.batch,
                  .threads = options.threads,
                  .precision = nn::fastest_precision(),
                  .adam = {.weight_decay = options.weight_decay},
                  .label_smoothing = options.label_smoothing}),
        progress_(samples(data::Split::train).size() * std::size_t(options.epochs)) {}

  void describe() {
    progress_.say(
        fmt::format("{}: {} classes, {} parameters; {} drawings to train on, {} for validation, {} "
                    "for the test; "
                    "{} threads",
                    options_.arch, dataset_.classes.size(), nn::parameter_count(graph_),
                    samples(data::Split::train).size(), samples(data::Split::validation).size(),
                    samples(data::Split::test).size(), workers_.threads()));
  }

  void train() {
    for (int epoch = 0; epoch < options_.epochs && !interrupted; ++epoch) {
      const double loss = train_epoch(epoch);
      const report::Accuracy accuracy = accuracy_on(data::Split::validation);
      progress_.say(fmt::format("epoch {}/{}  loss {:.3f}  validation {}  {}", epoch + 1,
                                options_.epochs, loss, as_text(accuracy),
                                as_time(progress_.seconds())));
      json entry = to_json(accuracy);
      entry["loss"] = loss;
      entry["seconds"] = progress_.seconds();
      history_.push_back(entry);
    }
  }

  // Measures the network and writes what the run is for.
  void save() {
    const double seconds = progress_.seconds();
    const report::Accuracy test = accuracy_on(data::Split::test);
    model::Card card = calibrated_card();
    card.accuracy = fmt::format("{} on {} drawings of the test split", as_text(test),
                                samples(data::Split::test).size());
    const std::string onnx =
        onnx::write_model(graph_, {workers_.weights().begin(), workers_.weights().end()}, card);
    const json metrics = {{"options", to_json(options_, workers_, dataset_)},
                          {"classes", dataset_.classes.size()},
                          {"parameters", nn::parameter_count(graph_)},
                          {"drawings",
                           {{"train", samples(data::Split::train).size()},
                            {"validation", samples(data::Split::validation).size()},
                            {"test", samples(data::Split::test).size()}}},
                          {"history", history_},
                          {"test", to_json(test)},
                          {"temperature", card.temperature},
                          {"bytes", onnx.size()},
                          {"seconds", seconds},
                          {"interrupted", interrupted.load()}};
    std::string names;
    for (const std::string& name : dataset_.classes) names += name + "\n";
    const std::filesystem::path out = options_.out;
    write_file(out / "class_names.txt", names);
    write_file(out / "metrics.json", metrics.dump(2) + "\n");
    write_file(out / "model.onnx", onnx);
    progress_.say(fmt::format("test  {}", as_text(test)));
    progress_.say(fmt::format("{}{}: {} bytes", interrupted ? "stopped early; " : "",
                              (out / "model.onnx").string(), onnx.size()));
  }

 private:
  const Samples& samples(data::Split split) const { return dataset_.samples[std::size_t(split)]; }

  double train_epoch(int epoch) {
    const Samples& all = samples(data::Split::train);
    std::vector<std::uint32_t> order(all.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = std::uint32_t(i);
    Random random = stream_of(options_.seed, epoch, ~std::size_t{0});
    random.shuffle(std::span(order));

    const auto batch = std::size_t(options_.batch);
    const auto steps_an_epoch = std::int64_t((all.size() + batch - 1) / batch);
    const std::int64_t steps = steps_an_epoch * options_.epochs;
    const std::string label = fmt::format("epoch {}/{}", epoch + 1, options_.epochs);
    double loss_sum = 0;
    std::size_t done = 0;
    for (std::int64_t step = 0; done < all.size() && !interrupted; ++step) {
      const std::size_t rows = std::min(batch, all.size() - done);
      const float rate = nn::learning_rate_at(nn::Schedule::cosine, options_.learning_rate,
                                              epoch * steps_an_epoch + step, steps,
                                              std::min<std::int64_t>(200, steps / 10));
      loss_sum +=
          double(rows) * workers_.step(rows, rate, [&](std::size_t row, std::span<float> picture) {
            return draw_augmented(epoch, order[done + row], picture);
          });
      done += rows;
      progress_.show(label, double(done) / double(all.size()),
                     std::size_t(epoch) * all.size() + done, loss_sum / double(done));
    }
    return loss_sum / double(std::max<std::size_t>(done, 1));
  }

  int draw_augmented(int epoch, std::size_t index, std::span<float> picture) {
    const data::Sample& sample = samples(data::Split::train)[index];
    if (options_.plain) {
      data::draw(dataset_, sample, raster_, picture);
    } else {
      Random random = stream_of(options_.seed, epoch, index);
      data::draw(dataset_, sample, raster_, picture, [&](const ink::Drawing& drawing) {
        return data::augment(drawing, options_.augmentation, random);
      });
    }
    return int(sample.label);
  }

  report::Accuracy accuracy_on(data::Split split) {
    return report::accuracy_of(report::logits_of(workers_, dataset_, samples(split), raster_),
                               samples(split));
  }

  // The card, but for the accuracy: temperature and thresholds come from the validation split,
  // whole and while it is being drawn.
  model::Card calibrated_card() {
    const Samples& validation = samples(data::Split::validation);
    const std::size_t classes = dataset_.classes.size();
    std::vector<float> highest = report::logits_of(workers_, dataset_, validation, raster_);
    const float temperature = report::fit_temperature(highest, validation);
    report::to_probabilities(highest, classes, temperature);
    if (dataset_.form == data::Form::strokes) {
      for (const double share : {0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
        std::vector<float> part = report::logits_of(workers_, dataset_, validation, raster_, share);
        report::to_probabilities(part, classes, temperature);
        for (std::size_t i = 0; i < part.size(); ++i) highest[i] = std::max(highest[i], part[i]);
      }
    }
    return {.name = options_.name.empty() ? options_.arch : options_.name,
            .classes = dataset_.classes,
            .raster = raster_,
            .temperature = temperature,
            .thresholds = report::win_thresholds(highest, validation, classes),
            .trained_on = fmt::format("{} drawings of {} categories of Quick, Draw!, {} epochs",
                                      samples(data::Split::train).size(), classes, history_.size()),
            .accuracy = "",
            .licence = "CC BY 4.0",
            .attribution =
                "Made from The Quick, Draw! Dataset by Google, Inc., licence CC BY 4.0, "
                "https://github.com/googlecreativelab/quickdraw-dataset"};
  }

  Options options_;
  ink::RasterOptions raster_;
  data::Dataset dataset_;
  nn::Graph graph_;
  nn::Workers workers_;
  Progress progress_;
  json history_ = json::array();
};

void train(const Options& options) {
  zoo::find(options.arch);
  data::OpenOptions open{.folder = data_folder(options.data),
                         .max_per_class = options.max_per_class};
  if (!options.form.empty())
    open.form = options.form == "strokes" ? data::Form::strokes : data::Form::bitmaps;
  if (!options.classes_file.empty()) open.classes = data::read_class_names(options.classes_file);
  data::Dataset dataset = data::open(open);
  if (dataset.classes.size() < 2)
    fail("{}: one class is not enough to tell apart; at least 2 are needed",
         dataset.folder.string());
  for (const Samples& split : dataset.samples)
    if (split.empty())
      fail("{}: too few drawings to keep some for validation and test; more are needed",
           dataset.folder.string());
  prepare_output_folder(options.out);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);

  Run run(options, std::move(dataset));
  run.describe();
  run.train();
  run.save();
}

}  // namespace

Command add_train(CLI::App& program) {
  CLI::App* command = program.add_subcommand("train", "Trains a network and writes it as .onnx");
  command->footer(R"(Writes into the folder given with --out:
  model.onnx        the network with its card; open the page with ?model=... or drop it there
  class_names.txt   the words, in the order of the network's outputs
  metrics.json      how the training went, and what the network scored

Ctrl-C saves what there is and ends; a second one ends at once.
The same seed, data and number of threads give the same network, bit for bit.

  inkling train --arch simple-cnn --data quickdraw --out runs/first --epochs 8)");
  const auto options = std::make_shared<Options>();
  Options& o = *options;
  std::string known;
  for (const zoo::Architecture& architecture : zoo::architectures())
    known += fmt::format("\n  {}: {}", architecture.name, architecture.summary);
  command->add_option("--arch", o.arch, "The network:" + known)->capture_default_str();
  command->add_option("--data", o.data, "Folder of drawings (default: $INKLING_DATA)");
  command->add_option("--out", o.out, "Folder to write into")->required();
  command->add_option("--epochs", o.epochs, "Times that every drawing is seen")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--batch", o.batch, "Drawings to a step")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536));
  command->add_option("--lr", o.learning_rate, "Highest learning rate, after the warm-up")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--weight-decay", o.weight_decay, "Of AdamW")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--label-smoothing", o.label_smoothing,
                   "Share of the target spread over all words")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  command->add_option("--seed", o.seed, "For everything random")->capture_default_str();
  command->add_option("--threads", o.threads, "Workers (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command->add_option("--classes", o.classes_file,
                      "File with the words to learn, one a line (default: all)");
  command
      ->add_option("--max-per-class", o.max_per_class, "At most so many drawings of a word; 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--form", o.form, "strokes or bitmaps (default: strokes where there are both)")
      ->check(CLI::IsMember({"strokes", "bitmaps"}));
  command->add_option("--name", o.name, "The model's name in its card (default: the network's)");
  command->add_flag("--plain", o.plain, "Drawings as they are, without augmentation");
  command->add_option("--partial", o.augmentation.partial, "Share of drawings shown unfinished")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  return [options] { train(*options); };
}

}  // namespace cli
