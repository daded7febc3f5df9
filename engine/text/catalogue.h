// The words of one language: every sentence of the game and every category, from a .tsv file of
// `key<TAB>text` lines. Empty lines and lines that begin with # are skipped.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "engine/result.h"

namespace text {

struct Catalogue {
  std::map<std::string, std::string, std::less<>> entries;
};

// Fails with the line that has no tab, or repeats a key.
Result<Catalogue> parse_catalogue(std::string_view tsv);

// The text of a key; the key itself where the language lacks it, so that a gap is seen and not
// fatal.
std::string_view lookup(const Catalogue& catalogue, std::string_view key);

struct Argument {
  std::string_view name;
  std::string_view value;
};

// The text of a key with {name} replaced by its value.
std::string format(const Catalogue& catalogue, std::string_view key,
                   std::initializer_list<Argument> arguments);

// A category as it stands in a sentence: the entry `a:KEY` ("an octopus", "the Eiffel Tower",
// "jail") where the language has one, else "a" or "an" and the name.
std::string with_article(const Catalogue& catalogue, std::string_view category);

}  // namespace text
