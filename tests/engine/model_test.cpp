// The card from the bytes of an .onnx or an .ort file, and what is done with scores.
#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/card.h"
#include "engine/model/scores.h"
#include "engine/random.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

model::Card sample_card() {
  model::Card card;
  card.name = "simple-cnn";
  card.classes = {"cat", "the Eiffel Tower", "t-shirt"};
  card.raster = {.side = 40, .line_width = 16, .padding = 12.5f};
  card.temperature = 1.25f;
  card.class_accuracy = {0.75f, 1, 0};
  card.thresholds = {0.5f, 0.25f, 0.125f};
  card.trained_on = "made-up drawings";
  card.accuracy = "top-1 12.3%";
  card.licence = "CC BY 4.0";
  card.attribution = "Quick, Draw! by Google";
  return card;
}

void append_field(Bytes& bytes, int number, std::string_view payload) {
  bytes.push_back(static_cast<std::uint8_t>(number << 3 | 2));
  std::size_t length = payload.size();
  for (; length >= 0x80; length >>= 7) bytes.push_back(static_cast<std::uint8_t>(length | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(length));
  for (const char c : payload) bytes.push_back(static_cast<std::uint8_t>(c));
}

std::string string_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

// small.ort: a network of three classes with the sample card, through tools/convert.mjs.
Bytes small_ort() {
  std::ifstream file(INKLING_SOURCE_DIR "/tests/engine/small.ort", std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check_sample(const Result<model::Card>& back) {
  REQUIRE_MESSAGE(back, back.error());
  const model::Card card = sample_card();
  CHECK(model::to_metadata(*back) == model::to_metadata(card));
}

// Whatever the bytes, a card is whole or there is none.
void check_mutated(const Bytes& file) {
  Random random{1};
  for (int i = 0; i < 20000; ++i) {
    Bytes mutated = file;
    for (int j = 0; j < 3; ++j)
      mutated[random.below(mutated.size())] = static_cast<std::uint8_t>(random.bits());
    const auto card = model::read_card(mutated);  // either way, without a crash
    if (card) CHECK(card->thresholds.size() == card->classes.size());
  }
}

// A ModelProto by hand: ir_version, producer, a graph of opaque bytes, the metadata.
Bytes onnx_of(const model::Metadata& metadata) {
  Bytes bytes{0x08, 0x08};
  append_field(bytes, 2, "inkling");
  append_field(bytes, 7, std::string(300, 'g'));
  for (const auto& [key, value] : metadata) {
    Bytes entry;
    append_field(entry, 1, key);
    append_field(entry, 2, value);
    append_field(bytes, 14, string_of(entry));
  }
  return bytes;
}

}  // namespace

TEST_CASE("a card goes into a model's metadata and comes back whole") {
  const auto back = model::read_card(onnx_of(model::to_metadata(sample_card())));
  REQUIRE_MESSAGE(back, back.error());
  CHECK(back->name == "simple-cnn");
  CHECK(back->classes == sample_card().classes);
  CHECK(back->raster == sample_card().raster);
  CHECK(back->temperature == 1.25f);
  CHECK(back->thresholds == sample_card().thresholds);
  CHECK(back->class_accuracy == sample_card().class_accuracy);
  CHECK(back->trained_on == "made-up drawings");
  CHECK(back->accuracy == "top-1 12.3%");
  CHECK(back->licence == "CC BY 4.0");
  CHECK(back->attribution == "Quick, Draw! by Google");
}

TEST_CASE("a class's name is one line of UTF-8 and no path") {
  for (const char* name : {"cat", "the Eiffel Tower", "t-shirt", "...",
                           "\xc3\xbc"
                           "ber",
                           "\xe7\x8c\xab", "\xf0\x9f\x90\x88"}) {
    CAPTURE(name);
    CHECK(model::is_class_name(name));
  }
  using namespace std::string_view_literals;
  // Paths; control characters; bytes that are not UTF-8: alone, cut short, longer than need be,
  // surrogates, beyond the last character.
  for (const std::string_view name :
       {""sv, "."sv, ".."sv, "../cat"sv, "/etc"sv, "a/b"sv, "a\\b"sv, "a\0b"sv, "a\nb"sv, "\x7f"sv,
        "\xff"sv, "a\x80"sv, "\xc3"sv, "\xe7\x8c"sv, "\xc0\xaf"sv, "\xe0\x80\xaf"sv,
        "\xed\xa0\x80"sv, "\xf0\x80\x80\xaf"sv, "\xf4\x90\x80\x80"sv}) {
    CAPTURE(name);
    CHECK_FALSE(model::is_class_name(name));
  }
}

TEST_CASE("a card that is wrong is refused, naming the entry") {
  const auto error_with = [](std::string_view key, const std::string& value) {
    model::Metadata metadata = model::to_metadata(sample_card());
    for (auto& [name, text] : metadata) {
      if (name == key) text = value;
    }
    return model::from_metadata(metadata).error();
  };
  CHECK(error_with("inkling.version", "").find("no card") != std::string::npos);
  CHECK(error_with("inkling.version", "2").find("version 2") != std::string::npos);
  CHECK(error_with("inkling.version", "2\n\x1b[2J").find("version 2??[2J") != std::string::npos);
  CHECK(error_with("inkling.classes", "").find("inkling.classes") != std::string::npos);
  CHECK(error_with("inkling.classes", "cat\ncat\ndog").find("'cat'") != std::string::npos);
  CHECK(error_with("inkling.classes", "cat\ndog").find("3 thresholds for 2") != std::string::npos);
  for (const char* raster :
       {"", "28", "28\n16\nx", "0\n16\n16", "28.5\n16\n16", "999999\n16\n16", "28\nnan\n16"}) {
    CHECK(error_with("inkling.raster", raster).find("inkling.raster") != std::string::npos);
  }
  for (const char* temperature : {"", "0", "-1", "inf", "1,5"}) {
    CHECK(error_with("inkling.temperature", temperature).find("inkling.temperature") !=
          std::string::npos);
  }
  CHECK(error_with("inkling.thresholds", "0.1\n0.2\n1.5").find("'1.5'") != std::string::npos);
  for (const char* accuracy :
       {"0.5\n0.5", "0.5\n0.5\n0.5\n0.5", "0.5\n0.5\n1.5", "0.5\n0.5\nnan"}) {
    CHECK(error_with("inkling.class_accuracy", accuracy).find("inkling.class_accuracy") !=
          std::string::npos);
  }
}

TEST_CASE("a card may lack the accuracy of its classes, as those made before it did") {
  model::Card card = sample_card();
  card.class_accuracy.clear();
  const model::Metadata metadata = model::to_metadata(card);
  for (const auto& [key, value] : metadata) CHECK(key != "inkling.class_accuracy");
  const auto back = model::read_card(onnx_of(metadata));
  REQUIRE_MESSAGE(back, back.error());
  CHECK(back->class_accuracy.empty());
  CHECK(back->thresholds == card.thresholds);
}

TEST_CASE("bytes that are no model are refused, wherever they are cut") {
  const model::Metadata metadata = model::to_metadata(sample_card());
  const Bytes onnx = onnx_of(metadata);
  // Of a file cut between two entries only the texts for people may be gone; they stand last.
  const model::Metadata needed(metadata.begin(), metadata.end() - 4);
  REQUIRE(needed.back().first == "inkling.thresholds");
  for (std::size_t length = 0; length < onnx_of(needed).size(); ++length) {
    CHECK_FALSE(model::read_card(std::span(onnx).first(length)));
  }
  check_mutated(onnx);
}

TEST_CASE("the card of a model in ONNX Runtime's own format is the same") {
  const Bytes ort = small_ort();
  CHECK(model::is_ort(ort));
  CHECK_FALSE(model::is_ort(onnx_of(model::to_metadata(sample_card()))));
  check_sample(model::read_card(ort));
  for (std::size_t length = 0; length < ort.size(); ++length) {
    const auto card = model::read_card(std::span(ort).first(length));
    if (card) check_sample(card);  // what is cut off is not the card's
  }
  check_mutated(ort);
}

TEST_CASE("entries that share their bytes don't grow without end") {
  // By hand, in words of four bytes: the session, its model, and as many entries as letters in the
  // one text that is the key and the value of each. A vtable stands before each table.
  constexpr std::uint32_t n = 10'000, high = 1u << 16;
  std::vector<std::uint32_t> words = {0, 0x4d54524f /* ORTM */};
  const auto put = [&](std::initializer_list<std::uint32_t> more) {
    words.insert(words.end(), more);
    return words.size() - 1;
  };
  const auto refer = [&](std::size_t from, std::size_t to) {
    words[from] = static_cast<std::uint32_t>(4 * (to - from));
  };
  const std::size_t session = put({8 + 8 * high, 4 * high, 8});
  const std::size_t to_model = put({0});
  const std::size_t model = put({24 + 12 * high, 0, 0, 0, 4 * high, 8 * high, 24});
  const std::size_t to_graph = put({0}), to_entries = put({0});
  const std::size_t entries = put({n});
  words.resize(words.size() + n);
  const std::size_t entry = put({8 + 12 * high, 4 + 8 * high, 8});
  const std::size_t to_key = put({0}), to_value = put({0}), text = put({n});
  words.resize(words.size() + n / 4);
  refer(0, session);
  refer(to_model, model);
  refer(to_graph, entries);  // as good as any
  refer(to_entries, entries);
  for (std::size_t i = 1; i <= n; ++i) refer(entries + i, entry);
  refer(to_key, text);
  refer(to_value, text);
  const auto read = [&] {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(words.data());
    return model::read_metadata({bytes, 4 * words.size()});
  };
  CHECK_FALSE(read());
  words[entries] = 2;  // two such entries are read
  const auto two = read();
  REQUIRE(two);
  CHECK(two->size() == 2);
  CHECK(two->front().second.size() == n);
}

TEST_CASE("softmax sums to one, also for large logits") {
  std::vector<float> logits{1000, 1001, -1000};
  model::softmax(logits);
  CHECK(logits[0] == doctest::Approx(0.268941));
  CHECK(logits[1] == doctest::Approx(0.731059));
  CHECK(logits[2] == 0);
  model::softmax({});
}

TEST_CASE("a temperature above one makes probabilities less sure, and keeps their order") {
  std::vector<float> p{0.7f, 0.2f, 0.1f, 0};
  model::apply_temperature(p, 2);
  CHECK(p[0] == doctest::Approx(0.522879));
  CHECK(p[1] == doctest::Approx(0.279490));
  CHECK(p[2] == doctest::Approx(0.197630));
  CHECK(p[0] + p[1] + p[2] + p[3] == doctest::Approx(1));
  CHECK(p[3] >= 0);
}

TEST_CASE("top-k: best first, ties to the lower label, never more than there are") {
  const std::vector<float> p{0.1f, 0.4f, 0.1f, 0.4f};
  const auto best = model::top_k(p, 3);
  REQUIRE(best.size() == 3);
  CHECK(best[0].label == 1);
  CHECK(best[1].label == 3);
  CHECK(best[2].label == 0);
  CHECK(model::top_k(p, 9).size() == 4);
  CHECK(model::top_k(p, -1).empty());
  CHECK(model::top_k({}, 3).empty());
}
