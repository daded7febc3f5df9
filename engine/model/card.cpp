#include "engine/model/card.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace model {

namespace {

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

std::optional<float> number(const std::string& text) {
  char* end = nullptr;
  const float value = std::strtof(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::string shortest(float value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", static_cast<double>(value));
  return buffer;
}

std::string join(const std::vector<float>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const float number : numbers) texts.push_back(shortest(number));
  return join(texts);
}

// A number of 0..1 for each class; the message of what is wrong.
Result<std::vector<float>> shares(const std::string& text, std::size_t classes,
                                  const std::string& what, const std::string& key) {
  using Shares = Result<std::vector<float>>;
  std::vector<float> result;
  for (const std::string& line : lines(text)) {
    const auto share = number(line);
    if (!share || *share < 0 || *share > 1) {
      std::string message = "the model's card has a ";
      message += what;
      message.append(" '").append(line).append("' outside of 0..1 (").append(key).append(")");
      return Shares::failure(message);
    }
    result.push_back(*share);
  }
  if (result.size() != classes) {
    return Shares::failure("the model's card has " + std::to_string(result.size()) + " " + what +
                           "s for " + std::to_string(classes) + " classes (" + key + ")");
  }
  return result;
}

// The bytes of the character that begins the text, in UTF-8 (RFC 3629); 0 where there is none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) -> int {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
  };
  const int first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  // Not longer than it need be, no surrogates, nothing beyond U+10FFFF.
  if (size == 0 || first > 0xf4 || (first == 0xe0 && byte(1) < 0xa0) ||
      (first == 0xed && byte(1) > 0x9f) || (first == 0xf0 && byte(1) < 0x90) ||
      (first == 0xf4 && byte(1) > 0x8f))
    return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

bool is_class_name(std::string_view name) {
  constexpr std::size_t longest = 200;  // files are named after it, with up to 255 bytes
  if (name.empty() || name.size() > longest || name == "." || name == "..") return false;
  while (!name.empty()) {
    const std::size_t size = character_size(name);
    const char c = name[0];
    if (size == 0 || c == '/' || c == '\\' || c == 0x7f || (c >= 0 && c < ' ')) return false;
    name.remove_prefix(size);
  }
  return true;
}

Metadata to_metadata(const Card& card) {
  Metadata metadata = {
      {"inkling.version", std::to_string(card_version)},
      {"inkling.name", card.name},
      {"inkling.classes", join(card.classes)},
      {"inkling.raster", join(std::vector<std::string>{std::to_string(card.raster.side),
                                                       shortest(card.raster.line_width),
                                                       shortest(card.raster.padding)})},
      {"inkling.temperature", shortest(card.temperature)}};
  // Before the thresholds: a file that is cut short lacks what comes last, and without them it is
  // refused.
  if (!card.class_accuracy.empty())
    metadata.emplace_back("inkling.class_accuracy", join(card.class_accuracy));
  metadata.insert(metadata.end(), {{"inkling.thresholds", join(card.thresholds)},
                                   {"inkling.trained_on", card.trained_on},
                                   {"inkling.accuracy", card.accuracy},
                                   {"inkling.licence", card.licence},
                                   {"inkling.attribution", card.attribution}});
  return metadata;
}

Result<Card> from_metadata(const Metadata& metadata) {
  const auto fail = [](const std::string& message) { return Result<Card>::failure(message); };
  const auto entry = [&](std::string_view key) {
    for (const auto& [name, value] : metadata) {
      if (name == key) return value;
    }
    return std::string();
  };
  const std::string version = entry("inkling.version");
  if (version.empty()) return fail("the model has no card (no entry inkling.version)");
  if (version != std::to_string(card_version)) {
    return fail("the model's card has version " + version + ", this program reads version " +
                std::to_string(card_version));
  }

  Card card;
  card.name = entry("inkling.name");
  card.classes = lines(entry("inkling.classes"));
  if (card.classes.empty()) return fail("the model's card names no classes (inkling.classes)");
  std::set<std::string_view> names;
  for (const std::string& name : card.classes) {
    if (!name.empty() && !is_class_name(name)) {
      return fail("the model's card has a class that is no name, '" + name + "' (inkling.classes)");
    }
    if (name.empty() || !names.insert(name).second) {
      return fail("the model's card has an empty or repeated class '" + name +
                  "' (inkling.classes)");
    }
  }

  const std::vector<std::string> raster = lines(entry("inkling.raster"));
  std::vector<float> geometry;
  geometry.reserve(raster.size());
  for (const std::string& line : raster) geometry.push_back(number(line).value_or(-1));
  if (geometry.size() != 3 || geometry[0] != std::floor(geometry[0]) || geometry[0] < 1 ||
      geometry[0] > ink::max_side || !(geometry[1] > 0 && geometry[1] <= 256) ||
      !(geometry[2] >= 0 && geometry[2] <= 256)) {
    return fail("the model's card has no side, line width and padding (inkling.raster)");
  }
  card.raster = {static_cast<int>(geometry[0]), geometry[1], geometry[2]};

  const auto temperature = number(entry("inkling.temperature"));
  if (!temperature || *temperature <= 0) {
    return fail("the model's card has no positive temperature (inkling.temperature)");
  }
  card.temperature = *temperature;

  auto thresholds =
      shares(entry("inkling.thresholds"), card.classes.size(), "threshold", "inkling.thresholds");
  if (!thresholds) return fail(thresholds.error());
  card.thresholds = std::move(*thresholds);
  if (const std::string text = entry("inkling.class_accuracy"); !text.empty()) {
    auto accuracy = shares(text, card.classes.size(), "accuracy figure", "inkling.class_accuracy");
    if (!accuracy) return fail(accuracy.error());
    card.class_accuracy = std::move(*accuracy);
  }
  card.trained_on = entry("inkling.trained_on");
  card.accuracy = entry("inkling.accuracy");
  card.licence = entry("inkling.licence");
  card.attribution = entry("inkling.attribution");
  return card;
}

Result<Card> read_card(std::span<const std::uint8_t> file) {
  Result<Metadata> metadata = read_metadata(file);
  return metadata ? from_metadata(*metadata) : Result<Card>::failure(metadata.error());
}

}  // namespace model
