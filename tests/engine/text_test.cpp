// The words of a language: the file's form, and the English that ships.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/text/catalogue.h"

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

TEST_CASE("articles: the language's own first, else a or an") {
  const auto catalogue =
      text::parse_catalogue("a:pants\tpants\na:The Eiffel Tower\tthe Eiffel Tower\n");
  REQUIRE(catalogue);
  CHECK(text::with_article(*catalogue, "pants") == "pants");
  CHECK(text::with_article(*catalogue, "The Eiffel Tower") == "the Eiffel Tower");
  CHECK(text::with_article(*catalogue, "octopus") == "an octopus");
  CHECK(text::with_article(*catalogue, "bicycle") == "a bicycle");
}

TEST_CASE("the English that ships is well formed") {
  std::ifstream file(INKLING_SOURCE_DIR "/assets/texts/en.tsv", std::ios::binary);
  REQUIRE(file);
  const std::string tsv{std::istreambuf_iterator<char>(file), {}};
  const auto catalogue = text::parse_catalogue(tsv);
  REQUIRE_MESSAGE(catalogue, catalogue.error());
  CHECK(catalogue->entries.size() > 20);
}
