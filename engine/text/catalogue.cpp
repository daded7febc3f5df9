#include "engine/text/catalogue.h"

#include <algorithm>
#include <utility>

namespace text {

namespace {

// The next line that says something, with its number counted on; empty at the end.
std::string_view take_line(std::string_view& tsv, int& number) {
  while (!tsv.empty()) {
    const std::size_t end = std::min(tsv.find('\n'), tsv.size());
    std::string_view line = tsv.substr(0, end);
    tsv.remove_prefix(std::min(end + 1, tsv.size()));
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return line;
  }
  return {};
}

std::string at_line(int number, std::string_view fault) {
  return "line " + std::to_string(number) + " " + std::string(fault);
}

}  // namespace

Result<Catalogue> parse_catalogue(std::string_view tsv) {
  Catalogue catalogue;
  int number = 0;
  for (auto line = take_line(tsv, number); !line.empty(); line = take_line(tsv, number)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0) {
      return Result<Catalogue>::failure(at_line(number, "is not a key, a tab and a text"));
    }
    if (!catalogue.entries.emplace(line.substr(0, tab), line.substr(tab + 1)).second) {
      return Result<Catalogue>::failure(
          at_line(number, "repeats the key '" + std::string(line.substr(0, tab)) + "'"));
    }
  }
  return catalogue;
}

Result<std::vector<Language>> parse_languages(std::string_view tsv) {
  using Languages = Result<std::vector<Language>>;
  std::vector<Language> languages;
  int number = 0;
  for (auto line = take_line(tsv, number); !line.empty(); line = take_line(tsv, number)) {
    const std::size_t tab = line.find('\t');
    const std::size_t second = std::min(line.find('\t', tab + 1), line.size());
    if (tab == std::string_view::npos || tab == 0 || second == tab + 1) {
      return Languages::failure(at_line(number, "is not a code, a tab and a name"));
    }
    Language language = {.code = std::string(line.substr(0, tab)),
                         .name = std::string(line.substr(tab + 1, second - tab - 1)),
                         .face = std::string(line.substr(std::min(second + 1, line.size())))};
    if (std::any_of(languages.begin(), languages.end(),
                    [&](const Language& other) { return other.code == language.code; })) {
      return Languages::failure(at_line(number, "repeats the code '" + language.code + "'"));
    }
    languages.push_back(std::move(language));
  }
  if (languages.empty()) return Languages::failure("there is no language");
  return languages;
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
  for (const std::string_view key : {"article.vowel", "article"}) {
    if ((vowel || key == "article") && catalogue.entries.contains(key)) {
      return format(catalogue, key, {{"name", name}});
    }
  }
  return std::string(name);
}

}  // namespace text
