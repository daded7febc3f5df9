// Other people's drawings in one file: written, read back, cut, spoilt.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/ink/examples.h"
#include "engine/random.h"

namespace {

ink::Record record(float size) {
  return {.key = 7,
          .country = {'D', 'E'},
          .recognized = ink::Recognized::yes,
          .timestamp = 1490000000,
          .drawing = {.strokes = {{{0, 0, 0}, {size, 3, 0}}, {{5, size, 0}}}}};
}

std::vector<std::uint8_t> file() {
  std::vector<std::uint8_t> bytes;
  ink::begin_examples(bytes);
  const std::vector<ink::Record> cats = {record(100), record(200)}, dogs = {record(50)};
  REQUIRE(ink::add_examples("cat", cats, bytes));
  REQUIRE(ink::add_examples("hot air balloon", {}, bytes));
  REQUIRE(ink::add_examples("dog", dogs, bytes));
  return bytes;
}

}  // namespace

TEST_CASE("examples are found by their word, and nothing else of their records is kept") {
  const std::vector<std::uint8_t> bytes = file();
  const auto cats = ink::examples_of("cat", bytes);
  REQUIRE(cats);
  REQUIRE(cats->size() == 2);
  CHECK((*cats)[1].strokes[0][1].x == 200);
  CHECK((*cats)[1].strokes[1][0].y == 200);
  REQUIRE(ink::examples_of("dog", bytes));
  CHECK(ink::examples_of("dog", bytes)->size() == 1);
  CHECK(ink::examples_of("hot air balloon", bytes)->empty());
  CHECK(ink::examples_of("octopus", bytes)->empty());
  CHECK(ink::examples_of("ca", bytes)->empty());
  // 19 bytes of head, then 1 + 3 + 1 + 4, then the record: no key, no country, no time.
  ink::Record kept;
  REQUIRE(ink::read_record(std::span(bytes).subspan(28), kept));
  CHECK(kept.key == 0);
  CHECK(kept.country == std::array<char, 2>{'Z', 'Z'});
  CHECK(kept.timestamp == 0);
  CHECK(kept.recognized == ink::Recognized::yes);
}

TEST_CASE("a file of examples that is cut anywhere but between two words is refused") {
  const std::vector<std::uint8_t> bytes = file();
  std::vector<std::size_t> whole;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (ink::examples_of("dog", std::span(bytes).first(size))) whole.push_back(size);
  }
  // After the head, after "cat", after "hot air balloon".
  CHECK(whole.size() == 3);
  CHECK(whole[0] == 19);
  CHECK(!ink::examples_of("dog", std::span(bytes).subspan(1)));
  CHECK(ink::examples_of("dog", {}).error() == "no file of examples");
}

TEST_CASE("spoilt examples are refused or read, never more") {
  const std::vector<std::uint8_t> bytes = file();
  Random random{11};
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<std::uint8_t> spoilt = bytes;
    spoilt[static_cast<std::size_t>(random.below(spoilt.size()))] =
        static_cast<std::uint8_t>(random.below(256));
    const auto cats = ink::examples_of("cat", spoilt);
    refused += !cats;
    if (cats) CHECK(cats->size() <= ink::most_examples);
  }
  CHECK(refused > 400);
}

TEST_CASE("what a file of examples cannot hold is not written") {
  std::vector<std::uint8_t> bytes;
  ink::begin_examples(bytes);
  const std::size_t before = bytes.size();
  const std::vector<ink::Record> many(13, record(9)), one = {record(9)}, empty(1);
  CHECK(!ink::add_examples("cat", many, bytes));
  CHECK(!ink::add_examples("", one, bytes));
  CHECK(!ink::add_examples(std::string(256, 'a'), one, bytes));
  CHECK(!ink::add_examples("cat", empty, bytes));
  CHECK(bytes.size() == before);
  CHECK(ink::add_examples(std::string(255, 'a'), one, bytes));
}

TEST_CASE("an example of too many points is left out") {
  ink::Record long_one = record(9);
  long_one.drawing.strokes[0].assign(2001, {1, 1, 0});
  std::vector<std::uint8_t> bytes;
  ink::begin_examples(bytes);
  const std::vector<ink::Record> two = {long_one, record(9)};
  REQUIRE(ink::add_examples("cat", two, bytes));
  CHECK(ink::examples_of("cat", bytes)->size() == 1);
}
