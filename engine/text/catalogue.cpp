#include "engine/text/catalogue.h"

#include <algorithm>

namespace text {

Result<Catalogue> parse_catalogue(std::string_view tsv) {
  Catalogue catalogue;
  for (int number = 1; !tsv.empty(); ++number) {
    const std::size_t end = std::min(tsv.find('\n'), tsv.size());
    std::string_view line = tsv.substr(0, end);
    tsv.remove_prefix(std::min(end + 1, tsv.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0) {
      return Result<Catalogue>::failure("line " + std::to_string(number) +
                                        " is not a key, a tab and a text");
    }
    if (!catalogue.entries.emplace(line.substr(0, tab), line.substr(tab + 1)).second) {
      return Result<Catalogue>::failure("line " + std::to_string(number) + " repeats the key '" +
                                        std::string(line.substr(0, tab)) + "'");
    }
  }
  return catalogue;
}

std::string_view lookup(const Catalogue& catalogue, std::string_view key) {
  const auto found = catalogue.entries.find(key);
  return found == catalogue.entries.end() ? key : std::string_view(found->second);
}

std::string format(const Catalogue& catalogue, std::string_view key,
                   std::initializer_list<Argument> arguments) {
  const std::string_view pattern = lookup(catalogue, key);
  std::string result;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t close = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
    const std::string_view name =
        close == std::string_view::npos ? std::string_view() : pattern.substr(i + 1, close - i - 1);
    const auto argument = std::find_if(arguments.begin(), arguments.end(), [&](const Argument& a) {
      return !name.empty() && a.name == name;
    });
    if (argument != arguments.end()) {
      result += argument->value;
      i = close + 1;
    } else {
      result += pattern[i++];
    }
  }
  return result;
}

std::string with_article(const Catalogue& catalogue, std::string_view category) {
  const auto found = catalogue.entries.find("a:" + std::string(category));
  if (found != catalogue.entries.end()) return found->second;
  const std::string_view name = lookup(catalogue, category);
  const bool vowel =
      !name.empty() && std::string_view("aeiouAEIOU").find(name[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(name);
}

}  // namespace text
