// The words of one language: every sentence of the game and every category, from a .tsv file of
// `key<TAB>text` lines. Empty lines and lines that begin with # are skipped.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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

// A category as it stands in a sentence: the entry `a:KEY` ("the Eiffel Tower", "jail") where the
// language has one; else the name in the entry `article.vowel` ("an {name}", for names that begin
// with a, e, i, o or u) or `article` ("a {name}"); in a language without these the name alone.
std::string with_article(const Catalogue& catalogue, std::string_view category);

struct Language {
  std::string code;  // BCP 47: "en", "zh"
  std::string name;  // in itself: "中文"
  std::string face;  // of its script, where the game's own lacks it; else empty
};

// The languages of the game, from texts/languages.tsv: `code<TAB>name` or `code<TAB>name<TAB>face`
// a line, empty lines and # as above. Fails with the line that is malformed or repeats a code, and
// when there is none.
Result<std::vector<Language>> parse_languages(std::string_view tsv);

}  // namespace text
