// The words of a language: the file's form, lines, and that those that ship have no gaps.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/card.h"
#include "engine/text/catalogue.h"
#include "engine/text/lines.h"
#include "engine/text/order.h"

TEST_CASE("a catalogue is lines of key, tab, text") {
  const auto catalogue =
      text::parse_catalogue("# English\nplay\tPlay\r\n\nsee\tI see {a}, or {b}.\n");
  REQUIRE_MESSAGE(catalogue, catalogue.error());
  CHECK(text::lookup(*catalogue, "play") == "Play");
  CHECK(text::lookup(*catalogue, "gone") == "gone");
  CHECK(text::format(*catalogue, "see", {{"a", "a {b}"}, {"b", "a dog"}}) ==
        "I see a {b}, or a dog.");
  CHECK(text::format(*catalogue, "see", {{"a", "a cat"}}) == "I see a cat, or {b}.");
}

TEST_CASE("a broken catalogue is refused with its line") {
  CHECK(text::parse_catalogue("play\tPlay\nno tab here\n").error().find("line 2") == 0);
  CHECK(text::parse_catalogue("play\tPlay\nplay\tagain").error().find("line 2 repeats") == 0);
  CHECK(text::parse_catalogue("\tno key").error().find("line 1") == 0);
}

TEST_CASE("articles: the word's own first, else the language's rule, or none") {
  const auto catalogue = text::parse_catalogue(
      "article\ta {name}\narticle.vowel\tan {name}\na:pants\tpants\n"
      "a:The Eiffel Tower\tthe Eiffel Tower\n");
  REQUIRE(catalogue);
  CHECK(text::with_article(*catalogue, "pants") == "pants");
  CHECK(text::with_article(*catalogue, "The Eiffel Tower") == "the Eiffel Tower");
  CHECK(text::with_article(*catalogue, "octopus") == "an octopus");
  CHECK(text::with_article(*catalogue, "bicycle") == "a bicycle");
  CHECK(text::with_article({}, "octopus") == "octopus");
}

TEST_CASE("languages are lines of code, name and perhaps a face") {
  const auto languages = text::parse_languages("# all\nen\tEnglish\nzh\t中文\ta face.ttf\r\n");
  REQUIRE_MESSAGE(languages, languages.error());
  REQUIRE(languages->size() == 2);
  CHECK((*languages)[0].face.empty());
  CHECK((*languages)[1].code == "zh");
  CHECK((*languages)[1].name == "中文");
  CHECK((*languages)[1].face == "a face.ttf");
  for (const char* broken : {"", "# none\n", "en\n", "\tEnglish\n", "en\t\tface\n",
                             "en\tEnglish\nen\tEnglish again\n"}) {
    CHECK_FALSE_MESSAGE(text::parse_languages(broken), broken);
  }
}

TEST_CASE("lines break at spaces and between ideographs, never before a full stop") {
  const auto pieces = [](std::string_view text) {
    std::string joined;
    while (!text.empty()) {
      if (!joined.empty()) joined += '|';
      joined += text::take_piece(text);
    }
    return joined;
  };
  CHECK(pieces("I see a T-shirt… or 20!") == "I |see |a |T-shirt… |or |20!");
  CHECK(pieces("是飞机？还是鸟？") == "是|飞|机？|还|是|鸟？");
  CHECK(pieces("看到《画》……") == "看|到|《画》……");
  CHECK(pieces("用时20秒") == "用|时|20|秒");
  CHECK(pieces("Inkling 用 WebGL 2 画") == "Inkling |用 |WebGL |2 |画");
  std::string_view bytes = "\xe4\xb8\xff\xc3";  // cut characters are one byte each
  for (int i = 0; i < 4; ++i) CHECK(text::take_character(bytes) == 0xfffd);
  CHECK(bytes.empty());
}

namespace {

std::string asset(const std::string& path) {
  std::ifstream file(INKLING_SOURCE_DIR "/assets/" + path, std::ios::binary);
  REQUIRE_MESSAGE(file, path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> categories() {
  std::istringstream lines(asset("categories.txt"));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) names.push_back(line);
  REQUIRE(names.size() == 345);
  return names;
}

text::Catalogue catalogue_of(const std::string& code) {
  auto catalogue = text::parse_catalogue(asset("texts/" + code + ".tsv"));
  REQUIRE_MESSAGE(catalogue, code, ": ", catalogue.error());
  return *catalogue;
}

std::vector<text::Language> languages() {
  auto list = text::parse_languages(asset("texts/languages.tsv"));
  REQUIRE_MESSAGE(list, list.error());
  return *list;
}

// Each language has its own articles, and its own words.
bool is_sentence(const std::string& key) {
  return key == "title" || key.find('.') != std::string::npos;
}
bool is_article(const std::string& key) {
  return key.starts_with("article") || key.starts_with("a:");
}

std::multiset<std::string> placeholders(const std::string& text) {
  std::multiset<std::string> names;
  for (std::size_t at = 0; (at = text.find('{', at)) != std::string::npos; ++at) {
    names.insert(text.substr(at, text.find('}', at) - at + 1));
  }
  return names;
}

}  // namespace

TEST_CASE("every language has every sentence, with the same {braces}, and nothing left over") {
  const text::Catalogue english = catalogue_of("en");
  std::set<std::string> names{"the eiffel tower", "the great wall of china", "the mona lisa"};
  for (const std::string& name : categories()) names.insert(name);
  for (const text::Language& language : languages()) {
    CAPTURE(language.code);
    const text::Catalogue catalogue = catalogue_of(language.code);
    for (const auto& [key, text] : english.entries) {
      CAPTURE(key);
      if (is_article(key) || !is_sentence(key)) continue;
      const auto found = catalogue.entries.find(key);
      CHECK(found != catalogue.entries.end());
      if (found == catalogue.entries.end()) continue;
      CHECK(placeholders(found->second) == placeholders(text));
    }
    for (const auto& [key, text] : catalogue.entries) {
      CAPTURE(key);
      CHECK_FALSE(text.empty());
      std::string of = key;
      for (const std::string_view prefix : {"a:", "sort:"}) {
        if (key.starts_with(prefix)) of = key.substr(prefix.size());
      }
      const bool known = key == "article" || key == "article.vowel" || names.contains(of) ||
                         (is_sentence(key) && english.entries.contains(key));
      CHECK(known);
    }
  }
}

TEST_CASE("every category has a name in every language, and no two the same") {
  for (const text::Language& language : languages()) {
    CAPTURE(language.code);
    const text::Catalogue catalogue = catalogue_of(language.code);
    std::set<std::string, std::less<>> seen;
    for (const std::string& category : categories()) {
      CAPTURE(category);
      if (language.code != "en") CHECK(catalogue.entries.contains(category));
      CHECK(seen.insert(std::string(text::lookup(catalogue, category))).second);
      CHECK_FALSE(text::with_article(catalogue, category).empty());
    }
  }
}

TEST_CASE("words in order: by their names, or by what is said of them") {
  const auto catalogue = text::parse_catalogue(
      "t-shirt\tT-shirt\nThe Moon\tThe Moon\nsort:The Moon\tmoon\n猫\t猫\nsort:猫\tmao\n");
  REQUIRE(catalogue);
  const std::vector<std::string> keys{"zebra", "t-shirt", "象", "The Moon", "猫", "Ant"};
  CHECK(text::in_order(*catalogue, keys) ==
        std::vector<text::Place>{{5, 'A'}, {4, 'M'}, {3, 'M'}, {1, 'T'}, {0, 'Z'}, {2, 0}});
  CHECK(text::in_order(*catalogue, {}).empty());
}

TEST_CASE("in every language each category is found under a letter") {
  for (const text::Language& language : languages()) {
    CAPTURE(language.code);
    const text::Catalogue catalogue = catalogue_of(language.code);
    const std::vector<text::Place> places = text::in_order(catalogue, categories());
    CHECK(places.size() == categories().size());
    char before = 'A';
    for (const text::Place place : places) {
      CAPTURE(categories()[static_cast<std::size_t>(place.index)]);
      CHECK(place.letter >= before);
      before = place.letter;
    }
  }
}

TEST_CASE("words that are left out of the deck are categories, and each has a reason") {
  const auto list = text::parse_catalogue(asset("texts/words_left_out.tsv"));
  REQUIRE_MESSAGE(list, list.error());
  CHECK(list->entries.size() >= 15);
  CHECK(list->entries.size() <= 60);
  const std::vector<std::string> all = categories();
  for (const auto& [word, reason] : list->entries) {
    CAPTURE(word);
    CHECK(std::find(all.begin(), all.end(), word) != all.end());
    CHECK(reason.size() > 10);
  }
}

TEST_CASE("words that the model which ships seldom recognises are left out") {
  const std::string file = asset("models/default.onnx");
  const auto card =
      model::read_card({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
  REQUIRE_MESSAGE(card, card.error());
  const auto list = text::parse_catalogue(asset("texts/words_left_out.tsv"));
  REQUIRE_MESSAGE(list, list.error());
  REQUIRE(card->class_accuracy.size() == card->classes.size());
  for (std::size_t i = 0; i < card->classes.size(); ++i) {
    if (card->class_accuracy[i] >= 0.35f) continue;
    CAPTURE(card->class_accuracy[i]);
    // Whatever its capitals, as the game looks for it.
    const auto same = [](char x, char y) { return std::tolower(x) == std::tolower(y); };
    const bool listed = std::any_of(
        list->entries.begin(), list->entries.end(),
        [&](const auto& entry) { return std::ranges::equal(entry.first, card->classes[i], same); });
    CHECK_MESSAGE(listed, card->classes[i]);
  }
}

TEST_CASE("English articles") {
  const text::Catalogue english = catalogue_of("en");
  for (const char* right : {"an axe",
                            "an hourglass",
                            "an eye",
                            "an umbrella",
                            "an octagon",
                            "a hospital",
                            "a T-shirt",
                            "a wheel",
                            "a house plant",
                            "a hockey puck",
                            "a teddy bear",
                            "a bow tie",
                            "an animal migration",
                            "eyeglasses",
                            "scissors",
                            "pants",
                            "grass",
                            "rain",
                            "camouflage",
                            "yoga",
                            "the moon",
                            "the Great Wall of China",
                            "the Mona Lisa",
                            "the Eiffel Tower",
                            "the sun",
                            "the ocean"}) {
    bool found = false;
    for (const std::string& category : categories()) {
      found = found || text::with_article(english, category) == right;
    }
    CHECK_MESSAGE(found, right);
  }
}
