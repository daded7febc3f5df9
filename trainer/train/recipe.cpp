#include "trainer/train/recipe.h"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/model/card.h"
#include "trainer/error.h"
#include "trainer/file.h"
#include "trainer/zoo/zoo.h"

namespace train {
namespace {

using nlohmann::json;

// The names of an enumeration's values, in their order.
constexpr std::array initialisations = {"he", "glorot"};
constexpr std::array forms = {"strokes", "bitmaps"};
constexpr std::array schedules = {"constant", "cosine", "one-cycle"};
constexpr std::array precisions = {"f32", "bf16"};

template <class Enum, std::size_t n>
json name_of(Enum value, const std::array<const char*, n>& names) {
  return names.at(std::size_t(value));
}
template <class Enum, std::size_t n>
json name_of(const std::optional<Enum>& value, const std::array<const char*, n>& names) {
  return value ? name_of(*value, names) : json();
}

// One entry of the file: how it is written and read.
struct Entry {
  const char* name;
  std::function<json(const Recipe&)> write;
  std::function<void(const json&, Recipe&)> read;  // throws json::exception or Error
};

// The shortest number that is this one: 0.002, not 0.0020000000949949026.
json shortest(float value) {
  return std::stod(fmt::format("{}", value));
}
template <class T>
json shortest(const T& value) {
  return value;
}

// A number in low..high, or text, or a truth.
template <class T>
Entry entry(const char* name, T Recipe::* member) {
  return {name, [member](const Recipe& r) { return json(r.*member); },
          [member](const json& value, Recipe& r) { r.*member = value.get<T>(); }};
}
template <class T>
Entry entry(const char* name, T Recipe::* member, double low, double high) {
  return {name, [member](const Recipe& r) { return shortest(r.*member); },
          [=](const json& value, Recipe& r) {
            if (!value.is_number() || (std::is_integral_v<T> && !value.is_number_integer()) ||
                !(value.get<double>() >= low && value.get<double>() <= high))
              fail("must be a{} in {:g}..{:g}", std::is_integral_v<T> ? " whole number" : " number",
                   low, high);
            r.*member = value.get<T>();
          }};
}

template <class Enum, std::size_t n>
Enum value_of(const json& value, const std::array<const char*, n>& names) {
  const auto found = std::find(names.begin(), names.end(), value.get<std::string>());
  if (found == names.end()) fail("must be one of {}", fmt::join(names, ", "));
  return Enum(found - names.begin());
}
template <class Enum, std::size_t n>
Entry entry(const char* name, Enum Recipe::* member, const std::array<const char*, n>& names) {
  return {name, [=, &names](const Recipe& r) { return name_of(r.*member, names); },
          [=, &names](const json& value, Recipe& r) { r.*member = value_of<Enum>(value, names); }};
}
template <class Enum, std::size_t n>
Entry entry(const char* name, std::optional<Enum> Recipe::* member,
            const std::array<const char*, n>& names) {
  return {name, [=, &names](const Recipe& r) { return name_of(r.*member, names); },
          [=, &names](const json& value, Recipe& r) {
            r.*member =
                value.is_null() ? std::nullopt : std::optional<Enum>(value_of<Enum>(value, names));
          }};
}

Entry augmentation_entry(const char* name, double data::Augmentation::* member, double high) {
  return {name, [member](const Recipe& r) { return json(r.augmentation.*member); },
          [=](const json& value, Recipe& r) {
            if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= high))
              fail("must be a number in 0..{:g}", high);
            r.augmentation.*member = value.get<double>();
          }};
}

Entry classes_entry() {
  return {"classes", [](const Recipe& r) { return json(r.classes); },
          [](const json& value, Recipe& r) {
            r.classes = value.get<std::vector<std::string>>();
            for (const std::string& name : r.classes)
              if (!model::is_class_name(name))
                fail("holds '{}', which is no name of a class", name);
          }};
}

const std::vector<Entry>& entries() {
  using A = data::Augmentation;
  constexpr double many = 1e9;
  static const std::vector<Entry> all = {
      entry("arch", &Recipe::arch),
      entry("width", &Recipe::width, 0.1, 100),
      entry("depth", &Recipe::depth, 0, 1000),
      entry("side", &Recipe::side, 8, ink::max_side),
      entry("initialisation", &Recipe::initialisation, initialisations),
      classes_entry(),
      entry("form", &Recipe::form, forms),
      entry("max_per_class", &Recipe::max_per_class, 0, many),
      entry("min_per_class", &Recipe::min_per_class, 1, many),
      entry("skip_small_classes", &Recipe::skip_small_classes),
      entry("unrecognized", &Recipe::unrecognized),
      entry("test_share", &Recipe::test_share, 0.01, 0.9),
      entry("validation_share", &Recipe::validation_share, 0.01, 0.9),
      entry("augment", &Recipe::augment),
      augmentation_entry("partial", &A::partial, 1),
      augmentation_entry("least_ink", &A::least_ink, 1),
      augmentation_entry("drop_stroke", &A::drop_stroke, 1),
      augmentation_entry("mirror", &A::mirror, 1),
      augmentation_entry("bend", &A::bend, 1),
      augmentation_entry("rotation", &A::rotation, 3.2),
      augmentation_entry("stretch", &A::stretch, 2),
      augmentation_entry("shear", &A::shear, 2),
      augmentation_entry("warp", &A::warp, 255),
      augmentation_entry("stroke_jitter", &A::stroke_jitter, 255),
      entry("views", &Recipe::views, 0, 100000),
      entry("epochs", &Recipe::epochs, 1, 100000),
      entry("batch", &Recipe::batch, 1, 65536),
      entry("schedule", &Recipe::schedule, schedules),
      entry("warm_up", &Recipe::warm_up, 0, many),
      entry("learning_rate", &Recipe::learning_rate, 1e-9, 100),
      entry("weight_decay", &Recipe::weight_decay, 0, 100),
      entry("label_smoothing", &Recipe::label_smoothing, 0, 0.9),
      entry("balanced", &Recipe::balanced),
      entry("average_decay", &Recipe::average_decay, 0, 0.999999),
      entry("patience", &Recipe::patience, 0, many),
      entry("teacher", &Recipe::teacher),
      entry("teacher_share", &Recipe::teacher_share, 0, 1),
      entry("teacher_temperature", &Recipe::teacher_temperature, 0.1, 100),
      entry("seed", &Recipe::seed, 0, double(largest_seed)),
      entry("precision", &Recipe::precision, precisions),
      entry("threads", &Recipe::threads, 0, 1024),
  };
  return all;
}

}  // namespace

Recipe recipe_of(const std::string& name) {
  Recipe recipe;
  if (name == "default") return recipe;
  if (name != "original") fail("there is no recipe '{}'; known are: default, original", name);
  recipe.form = data::Form::bitmaps;
  recipe.initialisation = Initialisation::glorot;
  recipe.max_per_class = 4000;
  recipe.min_per_class = 1000;
  recipe.skip_small_classes = true;
  recipe.test_share = 0.2;
  recipe.validation_share = 0.16;  // 20% of the rest
  recipe.augment = false;
  recipe.epochs = 10;
  recipe.schedule = nn::Schedule::constant;
  recipe.warm_up = 0;
  recipe.learning_rate = 1e-3f;
  recipe.weight_decay = 0;
  recipe.label_smoothing = 0;
  return recipe;
}

Recipe decided_here(Recipe recipe, const nn::Ranks& ranks) {
  if (!recipe.precision) recipe.precision = nn::fastest_precision();
  if (recipe.threads == 0 && ranks.alone()) recipe.threads = ranks.cores(0);
  return recipe;
}

json to_json(const Recipe& recipe) {
  json result = json::object();
  for (const Entry& entry : entries()) result[entry.name] = entry.write(recipe);
  return result;
}

Recipe read_recipe(const std::string& text, const std::string& path, Recipe recipe) {
  const json file = json::parse(text, nullptr, false, true);  // comments are welcome
  if (!file.is_object())
    fail("{}: is no configuration (a JSON object such as a run's config.json)", path);
  for (const auto& [name, value] : file.items()) {
    const auto found = std::find_if(entries().begin(), entries().end(),
                                    [&](const Entry& entry) { return entry.name == name; });
    if (found == entries().end())
      fail("{}: '{}' is not known; 'inkling train' writes all entries into config.json", path,
           name);
    try {
      found->read(value, recipe);
    } catch (const json::exception&) {
      fail("{}: '{}' has a value of the wrong kind", path, name);
    } catch (const Error& error) {
      fail("{}: '{}' {}", path, name, error.what());
    }
  }
  zoo::find(recipe.arch);
  return recipe;
}

Recipe recipe_beside(const std::filesystem::path& model) {
  for (const char* name : {"metrics.json", "config.json"}) {
    const std::filesystem::path path = model.parent_path() / name;
    if (!std::filesystem::is_regular_file(path)) continue;
    json file = json::parse(MappedFile(path).text(), nullptr, false, true);
    if (file.is_object() && file.contains("recipe")) file = json(file["recipe"]);
    if (file.is_object() && file.contains("arch")) return read_recipe(file.dump(), path.string());
  }
  return {};
}

}  // namespace train
