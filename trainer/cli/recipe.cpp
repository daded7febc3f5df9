#include "trainer/cli/recipe.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/zoo/zoo.h"

namespace cli {
namespace {

// An option for each name of an enumeration.
template <class Target, class Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Target& target,
                        const std::map<std::string, Enum>& choices, const std::string& text) {
  std::vector<std::string> names;
  names.reserve(choices.size());
  for (const auto& [choice, value] : choices) names.push_back(choice);
  return command
      .add_option_function<std::string>(
          name, [&target, choices](const std::string& choice) { target = choices.at(choice); },
          fmt::format("{}: {}", text, fmt::join(names, ", ")))
      ->check(CLI::IsMember(names));
}

train::Recipe recipe_from(const std::string& path) {
  const MappedFile file(path);
  return train::read_recipe(std::string(file.text()), path);
}

}  // namespace

void add_recipe_options(CLI::App& command, train::Recipe& recipe, std::string& classes_file) {
  using CLI::Range;
  train::Recipe& r = recipe;
  command
      .add_option_function<std::string>(
          "--recipe", [&r](const std::string& name) { r = train::recipe_of(name); },
          "All of the below at once: default, or original (the study that the tables in the README "
          "repeat)")
      ->trigger_on_parse()
      ->group("What is trained");
  command
      .add_option_function<std::string>(
          "--config", [&r](const std::string& path) { r = recipe_from(path); },
          "All of the below from a run's config.json")
      ->trigger_on_parse()
      ->group("What is trained");
  std::string known;
  for (const zoo::Architecture& a : zoo::architectures())
    known += fmt::format("{}{}", known.empty() ? "" : ", ", a.name);
  const auto group = [](CLI::Option* option, const char* name) { option->group(name); };

  const char* what = "What is trained";
  group(command.add_option("--arch", r.arch, "The network ('inkling zoo' tells more): " + known)
            ->capture_default_str(),
        what);
  group(
      command.add_option("--width", r.width, "Factor on the network's channels, where it has one")
          ->check(Range(0.1, 100.0)),
      what);
  group(command.add_option("--depth", r.depth, "The network's repeated blocks, where it has them")
            ->check(Range(0, 1000)),
        what);
  group(command.add_option("--side", r.side, "Pixels of the pictures' side")
            ->capture_default_str()
            ->check(Range(8, ink::max_side)),
        what);
  group(add_choice<train::Initialisation, train::Initialisation>(
            command, "--init", r.initialisation,
            {{"he", train::Initialisation::he}, {"glorot", train::Initialisation::glorot}},
            "The first weights"),
        what);

  const char* on = "On which drawings";
  group(command.add_option("--classes", classes_file,
                           "File with the words to learn, one a line (default: all)"),
        on);
  group(add_choice<std::optional<data::Form>, data::Form>(
            command, "--form", r.form,
            {{"strokes", data::Form::strokes}, {"bitmaps", data::Form::bitmaps}},
            "Strokes where there are both"),
        on);
  group(command
            .add_option("--max-per-class", r.max_per_class,
                        "At most so many drawings of a word from each folder; 0: all")
            ->capture_default_str()
            ->check(CLI::NonNegativeNumber),
        on);
  group(command.add_option("--min-per-class", r.min_per_class, "Words with fewer are an error")
            ->capture_default_str()
            ->check(CLI::PositiveNumber),
        on);
  group(command.add_flag("--skip-small-classes", r.skip_small_classes,
                         "Words with fewer than --min-per-class are left out instead"),
        on);
  group(command.add_flag("--unrecognized", r.unrecognized,
                         "Also drawings that the game did not recognise: of your own, those may be "
                         "the ones worth learning"),
        on);
  group(command.add_flag("!--plain", r.augment, "Drawings as they are, without augmentation"), on);
  group(
      command.add_option("--partial", r.augmentation.partial, "Share of drawings shown unfinished")
          ->capture_default_str()
          ->check(Range(0.0, 1.0)),
      on);

  group(command
            .add_option("--views", r.views,
                        "Different pictures of a drawing, after which they come again, so that a "
                        "teacher is asked of each once; 0: always new ones")
            ->capture_default_str()
            ->check(Range(0, 100000)),
        on);

  const char* how = "How";
  group(command.add_option("--epochs", r.epochs, "Times that every drawing is seen")
            ->capture_default_str()
            ->check(Range(1, 100000)),
        how);
  group(command.add_option("--batch", r.batch, "Drawings to a step")
            ->capture_default_str()
            ->check(Range(1, 65536)),
        how);
  group(add_choice<nn::Schedule, nn::Schedule>(command, "--schedule", r.schedule,
                                               {{"constant", nn::Schedule::constant},
                                                {"cosine", nn::Schedule::cosine},
                                                {"one-cycle", nn::Schedule::one_cycle}},
                                               "The learning rate's course"),
        how);
  group(command.add_option("--lr", r.learning_rate, "Highest learning rate")
            ->capture_default_str()
            ->check(Range(1e-9, 100.0)),
        how);
  group(command.add_option("--warm-up", r.warm_up, "Steps until then, at most a tenth of all")
            ->capture_default_str()
            ->check(CLI::NonNegativeNumber),
        how);
  group(command.add_option("--weight-decay", r.weight_decay, "Of AdamW")
            ->capture_default_str()
            ->check(Range(0.0, 100.0)),
        how);
  group(command
            .add_option("--label-smoothing", r.label_smoothing,
                        "Share of the target spread over all words")
            ->capture_default_str()
            ->check(Range(0.0, 0.9)),
        how);
  group(command.add_flag("--class-weights,--balanced", r.balanced,
                         "The rarer a word, the more its drawings count"),
        how);
  group(command
            .add_option("--average", r.average_decay,
                        "Use a moving average of the weights; what stays of it in a step, as 0.999")
            ->check(Range(0.0, 0.999999)),
        how);
  group(command
            .add_option("--patience", r.patience,
                        "Stop after so many epochs without a better validation loss, and keep the "
                        "best one's weights")
            ->check(CLI::NonNegativeNumber),
        how);
  group(command.add_option("--teacher", r.teacher,
                           "A larger trained model (.onnx) to learn from, beside the labels"),
        how);
  group(command.add_option("--teacher-share", r.teacher_share, "Of the loss")
            ->capture_default_str()
            ->check(Range(0.0, 1.0)),
        how);
  group(command
            .add_option("--teacher-temperature", r.teacher_temperature, "What both are softened by")
            ->capture_default_str()
            ->check(Range(0.1, 100.0)),
        how);
  group(command.add_option("--seed", r.seed, "For everything random")
            ->capture_default_str()
            ->check(Range(std::uint64_t{0}, train::largest_seed)),
        how);
  group(add_choice<std::optional<nn::Precision>, nn::Precision>(
            command, "--precision", r.precision,
            {{"f32", nn::Precision::f32}, {"bf16", nn::Precision::bf16}},
            "Of the arithmetic (default: the fastest here)"),
        how);
  group(command.add_option("--threads", r.threads, "Workers of a process (default: one a core)")
            ->check(Range(1, 1024)),
        how);
}

void expect_no_other(const CLI::App& command, const std::string& classes_file,
                     const train::Recipe& begun, const std::string& out) {
  // The same options once more, on top of that recipe.
  train::Recipe asked = begun;
  std::string ignored;
  CLI::App again;
  add_recipe_options(again, asked, ignored);
  std::vector<std::string> words;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() == 0 || !again.get_option_no_throw(option->get_name())) continue;
    words.push_back(option->get_name());
    if (option->get_items_expected_max() > 0)
      for (const std::string& value : option->results()) words.push_back(value);
  }
  again.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  if (!classes_file.empty()) asked.classes = data::read_class_names(classes_file);
  // What a --config leaves open stays as it was decided.
  if (!asked.precision) asked.precision = begun.precision;
  if (asked.threads == 0) asked.threads = begun.threads;

  const nlohmann::json then = train::to_json(begun), now = train::to_json(asked);
  std::string others;
  for (const auto& [name, value] : now.items())
    if (value != then[name])
      others += fmt::format("{}{} {}, not {}", others.empty() ? "" : "; ", name, then[name].dump(),
                            value.dump());
  if (!others.empty())
    fail("{}: the run began with {}; leave that out, or train anew in another folder", out, others);
}

}  // namespace cli
