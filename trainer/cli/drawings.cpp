#include "trainer/cli/drawings.h"

#include <fmt/format.h>

#include <utility>

#include "trainer/cli/cli.h"
#include "trainer/cli/progress.h"
#include "trainer/error.h"
#include "trainer/train/recipe.h"

namespace cli {
namespace {

// Split as for the training of the model, and of the form that it learned from where that is there:
// then no drawing of the test split was trained on.
data::Dataset open_drawings(const Drawings& drawings, const std::vector<std::string>& classes,
                            const train::Recipe& recipe) {
  data::OpenOptions options{
      .folders = data_folders(drawings.folders),
      .preferred = recipe.form.value_or(data::Form::strokes),
      .classes = classes,
      .max_per_class = drawings.max_per_class,
      .min_per_class = 1,
      .unrecognized = recipe.unrecognized,
      .shares = {.test = recipe.test_share, .validation = recipe.validation_share}};
  if (!drawings.form.empty())
    options.form = drawings.form == "strokes" ? data::Form::strokes : data::Form::bitmaps;
  return data::open(options);
}

// The two forms are split each by itself.
void warn_of_another_form(const std::string& path, const train::Recipe& recipe, data::Form form) {
  if (recipe.form && *recipe.form != form)
    warn(
        fmt::format("{}: was trained on {} and is measured on {}; some of these may have been "
                    "among those",
                    path, form == data::Form::strokes ? "bitmaps" : "strokes",
                    form == data::Form::strokes ? "strokes" : "bitmaps"));
}

std::vector<data::Sample> choose(const Drawings& drawings, const data::Dataset& dataset) {
  std::vector<data::Sample> samples;
  constexpr const char* names[] = {"train", "validation", "test"};  // by data::Split
  for (std::size_t i = 0; i < dataset.samples.size(); ++i)
    if (drawings.split == names[i] || drawings.split == "all")
      samples.insert(samples.end(), dataset.samples[i].begin(), dataset.samples[i].end());
  samples = data::select(dataset, samples, drawings.selection);
  if (samples.empty())
    fail("{}: no such drawing is in the {} split", dataset.folders.front().string(),
         drawings.split);
  return samples;
}

}  // namespace

Subject Drawings::open(const std::string& path) const {
  MappedFile file(path);
  onnx::Model model = onnx::read_model(file.bytes(), path);
  const train::Recipe recipe = train::recipe_beside(path);
  data::Dataset dataset = open_drawings(*this, model.card.classes, recipe);
  warn_of_another_form(path, recipe, dataset.form);
  std::vector<data::Sample> samples = choose(*this, dataset);
  nn::Workers workers = nn::Workers::classifier(model.graph, model.weights, threads);
  return {std::move(file), std::move(model), std::move(dataset), std::move(samples),
          std::move(workers)};
}

std::string Drawings::describe(std::size_t drawings) const {
  return fmt::format("{} drawings ({})", drawings, split == "all" ? "all" : split + " split");
}

void add_drawings_options(CLI::App& command, Drawings& drawings) {
  add_data_option(command, drawings.folders);
  command.add_option("--split", drawings.split, "test, validation, train or all")
      ->capture_default_str()
      ->check(CLI::IsMember({"test", "validation", "train", "all"}));
  command
      .add_option("--max-per-class", drawings.max_per_class,
                  "Only the first drawings of each word, as 'inkling train' does; 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  data::Selection& selection = drawings.selection;
  command
      .add_option("--per-class", selection.per_class,
                  "Only so many drawings of each word in the split, so that all words count alike")
      ->check(CLI::PositiveNumber);
  command.add_flag("--recognized", selection.recognized,
                   "Only drawings that Google's game is known to have recognised");
  command
      .add_option("--country", selection.country,
                  "Only drawings from there, two letters as in the data set; ZZ: not known where")
      ->check([](const std::string& text) {
        return text.size() == 2 ? std::string() : "'" + text + "' has not two letters";
      });
  command.add_option("--threads", drawings.threads, "Workers (default: one a core)")
      ->check(CLI::Range(1, 1024));
}

}  // namespace cli
