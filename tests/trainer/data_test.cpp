// Files of drawings, their split, and what augmentation does to them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "engine/ink/examples.h"
#include "tests/trainer/program.h"
#include "tests/trainer/shapes.h"
#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/data/files.h"
#include "trainer/data/ndjson.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"
#include "trainer/file.h"

namespace {

std::string npy_header(const std::string& dictionary) {
  std::string header = dictionary;
  header.append(64 - (10 + header.size() + 1) % 64, ' ').push_back('\n');
  return std::string("\x93NUMPY\x01\x00", 8) + char(header.size()) + char(0) + header;
}

data::NpyPictures read_npy(const std::string& bytes) {
  return data::read_npy_header({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                               bytes.size(), 784, "x.npy");
}

}  // namespace

TEST_CASE("A tenth of the keys is for the test and a twentieth for validation") {
  std::array<int, 3> counts = {};
  for (std::uint64_t key = 0; key < 20000; ++key) ++counts[std::size_t(data::split_of(key))];
  CHECK(counts[std::size_t(data::Split::test)] == doctest::Approx(2000).epsilon(0.1));
  CHECK(counts[std::size_t(data::Split::validation)] == doctest::Approx(1000).epsilon(0.1));
}

TEST_CASE("A folder of strokes: every record on one side, the first ones where there is a limit") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "strokes", 60, 1);
  const data::Dataset all = data::open({.folders = {folder.path}});
  CHECK(all.classes ==
        std::vector<std::string>(std::begin(shapes::names), std::end(shapes::names)));
  std::set<std::pair<std::uint32_t, std::uint64_t>> seen;
  for (const auto& samples : all.samples)
    for (const data::Sample& sample : samples)
      seen.emplace(std::uint32_t(sample.label), std::uint64_t(sample.at));
  CHECK(seen.size() == 360);

  const data::Dataset some = data::open(
      {.folders = {folder.path / "strokes"}, .classes = {"star", "line"}, .max_per_class = 20});
  CHECK(some.classes == std::vector<std::string>{"star", "line"});
  CHECK(some.samples[0].size() + some.samples[1].size() + some.samples[2].size() == 40);

  std::vector<float> picture(784);
  data::draw(some, some.samples[0].front(), {}, picture);
  CHECK(*std::max_element(picture.begin(), picture.end()) == 1);
  CHECK(std::count(picture.begin(), picture.end(), 0.0f) > 500);
}

TEST_CASE("A selection: so many of each class, of a kind, in their order") {
  shapes::Folder folder;
  std::vector<std::uint8_t> bytes;
  Random random{1};
  for (const char* name : {"circle", "line"}) {
    bytes.clear();
    for (std::uint64_t key = 0; key < 200; ++key) {
      ink::Record record{.key = key, .drawing = shapes::draw(0, random)};
      record.country = key % 2 == 0 ? std::array{'D', 'E'} : std::array{'Z', 'Z'};
      record.recognized = key % 3 == 0 ? ink::Recognized::yes : ink::Recognized::unknown;
      REQUIRE(ink::write_record(record, bytes));
    }
    write_file(folder.path / (std::string(name) + ".bin"), std::span<const std::uint8_t>(bytes));
  }
  const data::Dataset dataset = data::open({.folders = {folder.path}});
  const data::Samples& train = dataset.samples[std::size_t(data::Split::train)];
  const auto counts = [&](const data::Selection& selection) {
    std::array<int, 2> found = {};
    ink::Record record;
    std::uint64_t last = 0;
    for (const data::Sample& sample : data::select(dataset, train, selection)) {
      data::read_strokes(dataset, sample, record);
      if (selection.recognized) CHECK(record.key % 3 == 0);
      if (selection.country == "DE") CHECK(record.key % 2 == 0);
      if (found[sample.label]++ > 0) CHECK(record.key > last);
      last = record.key;
    }
    return found;
  };
  CHECK(counts({}) == std::array{int(train.size() / 2), int(train.size() / 2)});
  CHECK(counts({.per_class = 7}) == std::array{7, 7});
  CHECK(counts({.per_class = 7, .recognized = true, .country = "DE"}) == std::array{7, 7});
  CHECK(counts({.country = "FR"}) == std::array{0, 0});
  const int german = counts({.country = "DE"})[0], rest = counts({.country = "ZZ"})[0];
  CHECK(german > 60);
  CHECK(german + rest == int(train.size() / 2));
}

TEST_CASE("Bitmaps: rows come back as they were written, equal rows on the same side") {
  shapes::Folder folder;
  std::vector<std::uint8_t> pixels(30 * 784);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::uint8_t(i / 784 / 2);
  write_file(folder.path / "gray.npy",
             data::npy_header(30, 784) + std::string(pixels.begin(), pixels.end()));
  const data::Dataset dataset = data::open({.folders = {folder.path}});
  CHECK(dataset.form == data::Form::bitmaps);
  std::vector<float> picture(784);
  std::array<std::set<float>, 3> values;
  for (std::size_t split = 0; split < 3; ++split)
    for (const data::Sample& sample : dataset.samples[split]) {
      data::draw(dataset, sample, {}, picture);
      CHECK(picture.front() == picture.back());
      values[split].insert(picture.front());
    }
  CHECK(values[0].size() + values[1].size() + values[2].size() == 15);
}

TEST_CASE("An .npy of another shape, dtype or length is refused with a reason") {
  const std::string rows(784 * 2, '\0');
  const auto refused = [&](const std::string& dictionary, const char* reason) {
    CAPTURE(dictionary);
    CHECK_THROWS_WITH_AS(read_npy(npy_header(dictionary) + rows), doctest::Contains(reason), Error);
  };
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 784), }", "uint8");
  refused("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 784), }", "Fortran");
  refused("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 28, 28), }", "(N, 784)");
  refused("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 784), }", "2 of 3 rows");
  refused("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 784), }",
          "shape");
  refused("{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551615, 784), }",
          "cut short");
  refused("{'descr': '|u1', 'fortran_order': False", "shape");
  refused("", "uint8");
  CHECK_THROWS_AS(read_npy("hello"), Error);
  CHECK(read_npy(npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 784), }") + rows)
            .rows == 2);
}

TEST_CASE("Drawings as text come back as they were; raw ones are simplified") {
  ink::Record record;
  record.key = 5891796615823360;
  record.country = {'D', 'E'};
  record.timestamp = 1488402727;
  record.recognized = ink::Recognized::no;
  record.drawing = {{{{0, 10, 0}, {255, 20, 0}}, {{7, 8, 0}}}};
  const std::string line = data::write_ndjson(record, "cat");
  CHECK(line.find("2017-03-01 21:12:07 UTC") != std::string::npos);
  const Result<ink::Record> read = data::read_ndjson(line);
  REQUIRE(read);
  CHECK(read->key == record.key);
  CHECK(read->country == record.country);
  CHECK(read->timestamp == record.timestamp);
  CHECK(read->recognized == ink::Recognized::no);
  REQUIRE(read->drawing.strokes.size() == 2);
  CHECK(read->drawing.strokes[0][1].x == 255);
  CHECK(read->drawing.strokes[1][0].y == 8);

  const Result<ink::Record> raw =
      data::read_ndjson("{\"drawing\": [[[10.5, 20, 30.5], [100, 100, 100], [0, 20, 40]]]}");
  REQUIRE(raw);
  CHECK(raw->recognized == ink::Recognized::unknown);
  CHECK((raw->key >> 63) == 1);
  CHECK(raw->drawing.strokes[0].size() == 2);  // a straight line
  CHECK(raw->drawing.strokes[0][1].x == doctest::Approx(255));
}

TEST_CASE("Broken lines of drawings are told from each other") {
  std::string million = "{\"drawing\":[[[0";
  for (int i = 0; i < 1000000; ++i) million += ",1";
  million += "],[0]]]}";
  const std::pair<std::string, const char*> lines[] = {
      {"", "no JSON"},
      {"cat", "no JSON"},
      {"[1, 2]", "no JSON object"},
      {"{\"word\": \"cat\"}", "no \"drawing\""},
      {"{\"word\": \"\xff\xfe\", \"drawing\": [[[1],[1]]]}", "no JSON"},
      {"{\"drawing\": []}", "no strokes"},
      {"{\"drawing\": [[[],[]]]}", "an empty stroke"},
      {"{\"drawing\": [[[1,2],[1]]]}", "lists of different lengths, 2 and 1"},
      {"{\"drawing\": [[[1]]]}", "a stroke of 1 lists"},
      {"{\"drawing\": [[[NaN],[1]]]}", "no JSON"},
      {"{\"drawing\": [[[1e300],[1]]]}", "beyond a million"},
      {"{\"drawing\": [[[\"1\"],[1]]]}", "no lists of numbers"},
      {"{\"drawing\": [[[1],[1],[-5]]]}", "a negative time"},
      {"{\"drawing\": [[[1,2],[1,2],[5,4]]]}", "times that go back"},
      {million, "more than 65535 points"},
      {"{\"drawing\": " + std::string(100000, '[') + "}", "no JSON"}};
  for (const auto& [line, complaint] : lines) {
    CAPTURE(line.substr(0, 60));
    const Result<ink::Record> read = data::read_ndjson(line);
    REQUIRE_FALSE(read);
    CHECK_MESSAGE(read.error().find(complaint) != std::string::npos, read.error());
  }
}

TEST_CASE(
    "Drawings of several folders and forms train side by side; few broken lines are left out") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "first", 60, 4);
  std::filesystem::create_directory(folder.path / "mine");
  std::string text;
  Random random{5};
  for (int i = 0; i < 30; ++i) {
    ink::Record record;
    record.key = std::uint64_t(i);
    record.drawing = shapes::draw(i % 2 == 0 ? 0 : 3, random);
    text += data::write_ndjson(record, "moon");
    if (i == 11) text += "{\"word\": \"moon\", \"drawing\": [[[1, 2], [3]]]}\n\n";
  }
  write_file(folder.path / "mine" / "moon.ndjson", text);
  write_file(folder.path / "mine" / "star.ndjson", text.substr(0, text.find('\n') + 1));
  const data::Dataset dataset =
      data::open({.folders = {folder.path / "first", folder.path / "mine"}});
  CHECK(dataset.classes.size() == 7);
  REQUIRE(dataset.warnings.size() == 1);
  CHECK(dataset.warnings[0].find(
            "moon.ndjson: 1 broken line of 32 left out, the first one: line 13") !=
        std::string::npos);
  std::map<std::string, int> counts;
  std::vector<float> picture(784);
  for (const auto& samples : dataset.samples)
    for (const data::Sample& sample : samples) {
      ++counts[dataset.classes[sample.label]];
      data::draw(dataset, sample, {}, picture);
      CHECK(*std::max_element(picture.begin(), picture.end()) > 0.5f);
    }
  CHECK(counts["moon"] == 30);
  CHECK(counts["star"] == 61);

  std::string broken = text;
  for (int i = 0; i < 101; ++i) broken += "broken\n";
  write_file(folder.path / "mine" / "moon.ndjson", broken);
  CHECK_THROWS_WITH_AS(data::open({.folders = {folder.path / "mine"}, .min_per_class = 1}),
                       doctest::Contains("moon.ndjson: 102 of 133 lines are broken"), Error);
}

namespace {

// An .ndjson of stars as the game exports them, of which it recognised the first ones.
std::string own_stars(int n, int recognized) {
  Random random{6};
  std::string text;
  for (int i = 0; i < n; ++i) {
    ink::Record record;
    record.key = std::uint64_t(1000 + i);
    record.recognized = i < recognized ? ink::Recognized::yes : ink::Recognized::no;
    record.drawing = shapes::draw(3, random);
    text += data::write_ndjson(record, "star");
  }
  return text;
}

}  // namespace

TEST_CASE("Broken lines are counted and limited wherever an .ndjson is read") {
  shapes::Folder folder;
  const std::filesystem::path file = folder.path / "star.ndjson", out = folder.path / "star.bin";
  const std::string good = own_stars(50, 50);
  const auto broken = [](int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += "{\"word\": \n";
    return text;
  };
  write_file(file, good + broken(3));
  std::vector<std::string> said;
  const data::ConvertOptions options{
      .say = [&](std::string_view line) { said.emplace_back(line); }};
  CHECK(data::convert(file, out, options) == 50);
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("star.ndjson: 3 broken lines of 53 left out, the first one: line 51") !=
        std::string::npos);
  CHECK(data::sort_by_word(file, folder.path / "sorted").broken == 3);

  std::filesystem::remove(out);
  write_file(file, good + broken(101));
  const doctest::Contains complaint(
      "star.ndjson: 101 of 151 lines are broken, the first one: line 51");
  CHECK_THROWS_WITH_AS(data::convert(file, out, options), complaint, Error);
  CHECK(!std::filesystem::exists(out));
  CHECK_THROWS_WITH_AS(data::sort_by_word(file, folder.path / "again"), complaint, Error);
  CHECK(!std::filesystem::exists(folder.path / "again"));
}

TEST_CASE("Own drawings count beside a folder that has enough, recognised by the game or not") {
  shapes::Folder folder;
  shapes::write_folder(folder.path / "first", 60, 4);
  for (const char* own : {"mine", "lost"}) std::filesystem::create_directory(folder.path / own);
  write_file(folder.path / "mine" / "star.ndjson", own_stars(20, 8));
  write_file(folder.path / "lost" / "star.ndjson", own_stars(5, 0) + "broken\n");
  const auto stars = [&](const data::Dataset& dataset) {
    std::size_t count = 0;
    for (const auto& samples : dataset.samples)
      for (const data::Sample& sample : samples) count += dataset.classes[sample.label] == "star";
    return count;
  };
  data::OpenOptions options{.folders = {folder.path / "first", folder.path / "mine"},
                            .max_per_class = 30};
  const data::Dataset recognized = data::open(options);
  CHECK(stars(recognized) == 30 + 8);
  REQUIRE(recognized.warnings.size() == 1);
  CHECK(recognized.warnings[0].find("star.ndjson: 12 of 20 drawings were not recognised") !=
        std::string::npos);
  options.unrecognized = true;
  const data::Dataset all = data::open(options);
  CHECK(stars(all) == 30 + 20);
  CHECK(all.warnings.empty());
  CHECK_THROWS_WITH_AS(
      data::open({.folders = {folder.path / "lost"}}),
      doctest::Contains("has 0 drawings (5 more were not recognised by the game, --unrecognized"),
      Error);
}

TEST_CASE("Other shares of the split, small classes left out, names with underscores") {
  shapes::Folder folder;
  shapes::write_folder(folder.path, 200, 4);
  const data::Dataset dataset =
      data::open({.folders = {folder.path}, .shares = {.test = 0.2, .validation = 0.16}});
  CHECK(dataset.samples[std::size_t(data::Split::test)].size() ==
        doctest::Approx(240).epsilon(0.2));
  CHECK(dataset.samples[std::size_t(data::Split::validation)].size() ==
        doctest::Approx(192).epsilon(0.2));

  const std::string bytes = bytes_of(folder.path / "star.bin");
  write_file(folder.path / "shooting star.bin", bytes);
  std::size_t end = 0;
  for (int i = 0; i < 20; ++i)
    end += *ink::record_size(
        std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()).subspan(end));
  write_file(folder.path / "line.bin", std::string_view(bytes).substr(0, end));
  const data::Dataset some = data::open({.folders = {folder.path},
                                         .classes = {"circle", "line", "shooting_star"},
                                         .min_per_class = 30,
                                         .skip_small_classes = true});
  CHECK(some.classes == std::vector<std::string>{"circle", "shooting_star"});
  for (const auto& samples : some.samples)
    for (const data::Sample& sample : samples) CHECK(sample.label < 2);
}

TEST_CASE("A file that is cut or changed while it is in use is named") {
  shapes::Folder folder;
  shapes::write_folder(folder.path, 60, 4);
  const data::Dataset kept = data::open({.folders = {folder.path}});
  const data::Dataset dataset = data::open({.folders = {folder.path}, .most_in_memory = 0});
  data::expect_unchanged(dataset);
  std::filesystem::resize_file(folder.path / "circle.bin", 100);
  const data::Sample last = dataset.samples[0].front();
  std::vector<float> picture(784);
  int refused = 0;
  for (const data::Sample& sample : dataset.samples[0]) {
    if (sample.label != last.label) break;
    try {
      data::draw(dataset, sample, {}, picture);
    } catch (const Error& error) {
      ++refused;
      CHECK(std::string(error.what()).find("circle.bin: the drawing at byte") != std::string::npos);
    }
  }
  CHECK(refused > 20);
  for (const data::Dataset* changed : {&dataset, &kept})
    CHECK_THROWS_WITH_AS(data::expect_unchanged(*changed),
                         doctest::Contains("circle.bin: was changed while it was in use"), Error);
  // What is kept in memory was there before.
  for (const data::Sample& sample : kept.samples[0]) data::draw(kept, sample, {}, picture);
}

TEST_CASE("Class lists: names only, each once") {
  shapes::Folder folder;
  const auto read = [&](const char* text) {
    write_file(folder.path / "list.txt", std::string_view(text));
    return data::read_class_names(folder.path / "list.txt");
  };
  CHECK(read("cat\r\n\nThe Eiffel Tower\n") == std::vector<std::string>{"cat", "The Eiffel Tower"});
  CHECK_THROWS_AS(read("cat\ncat\n"), Error);
  CHECK_THROWS_AS(read("../cat\n"), Error);
  CHECK_THROWS_AS(read("\n"), Error);
}

TEST_CASE("Augmented drawings fill the box, differ by seed, and are the same for the same seed") {
  Random random{2};
  const ink::Drawing star = shapes::draw(3, random);
  int different = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random a{seed}, b{seed}, c{seed + 1000};
    const ink::Polylines first = data::augment(star, {}, a), again = data::augment(star, {}, b);
    const ink::Box box = ink::bounds(first);
    CHECK(box.left == 0);
    CHECK(box.top == 0);
    CHECK(std::max(box.right, box.bottom) == doctest::Approx(255).epsilon(1e-4));
    REQUIRE(!first.ends.empty());
    CHECK(first.x == again.x);
    CHECK(first.y == again.y);
    different += first.x != data::augment(star, {}, c).x;
  }
  CHECK(different > 150);
}

TEST_CASE("Of a drawing's strokes one may be missing, the others stay as they are") {
  const ink::Drawing three{{{{0, 0, 0}, {255, 0, 0}},
                            {{0, 100, 0}, {255, 100, 0}, {0, 110, 0}},
                            {{0, 255, 0}, {255, 255, 0}}}};
  const data::Augmentation only_drops{
      .partial = 0, .drop_stroke = 1, .mirror = 0, .bend = 0, .stroke_jitter = 0};
  std::set<std::vector<std::uint32_t>> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    const ink::Polylines left = data::augment(three, only_drops, random);
    REQUIRE(left.ends.size() == 2);
    REQUIRE(left.ends.back() == left.x.size());
    REQUIRE(left.y.size() == left.x.size());
    CHECK(left.y.front() == 0);
    seen.insert(left.ends);
  }
  CHECK(seen == std::set<std::vector<std::uint32_t>>{{3, 5}, {2, 4}, {2, 5}});
}

TEST_CASE("A warp moves points smoothly and by no more than it may") {
  ink::Polylines grid;
  for (int x = 0; x <= 255; x += 5) {
    for (int y = 0; y <= 255; y += 5) grid.x.push_back(float(x)), grid.y.push_back(float(y));
    grid.end_stroke();
  }
  const data::Augmentation only_warp{
      .partial = 0, .drop_stroke = 0, .mirror = 0, .bend = 0, .warp = 10, .stroke_jitter = 0};
  double most = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random{seed};
    const ink::Polylines warped = data::augment(grid, only_warp, random);
    REQUIRE(warped.ends == grid.ends);
    for (std::size_t s = 0; s < grid.ends.size(); ++s)
      for (std::size_t i = grid.begin(s); i < grid.ends[s]; ++i) {
        // Afterwards the drawing is scaled to the box again, by at most 255 / (255 - 20).
        const double moved = std::hypot(warped.x[i] - grid.x[i], warped.y[i] - grid.y[i]);
        most = std::max(most, moved);
        REQUIRE(moved < 10 + 10 + 22 * std::sqrt(2.0));
        if (i == grid.begin(s)) continue;
        const double apart =
            std::hypot(warped.x[i] - warped.x[i - 1], warped.y[i] - warped.y[i - 1]);
        REQUIRE(std::abs(apart - 5) < 2.5);
      }
  }
  CHECK(most > 5);
}

TEST_CASE("A file is written whole or not at all") {
  shapes::Folder folder;
  write_file(folder.path / "a.txt", std::string_view("old"));
  CHECK_THROWS_AS(write_file(folder.path / "missing" / "a.txt", std::string_view("new")), Error);
  write_file(folder.path / "a.txt", std::string_view("new"));
  std::ifstream file(folder.path / "a.txt");
  std::string text;
  file >> text;
  CHECK(text == "new");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("Drawings survive every form that holds them") {
  shapes::Folder folder;
  const auto at = [&](const char* name) { return (folder.path / name).string(); };
  REQUIRE(inkling("data synth --per-class 40 --classes 3 --out " + at("made")).status == 0);
  const auto convert = [&](const std::string& from, const std::string& to) {
    const Outcome outcome = inkling("data convert " + from + " " + to);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
  };
  const std::string circles = at("made/circle.bin");
  convert(circles, at("circle.ndjson"));
  convert(at("circle.ndjson"), at("circle.bin"));
  CHECK(bytes_of(at("circle.bin")) == bytes_of(circles));
  // The pictures are those that training sees.
  convert(circles, at("circle.npy"));
  const data::Dataset strokes = data::open({.folders = {at("made")}, .classes = {"circle"}});
  const std::string pictures = bytes_of(at("circle.npy"));
  CHECK(pictures.size() == 128 + 40 * 784);
  const data::Dataset bitmaps =
      data::open({.folders = {folder.path}, .form = data::Form::bitmaps, .classes = {"circle"}});
  std::size_t rows = 0;
  for (const auto& samples : bitmaps.samples) rows += samples.size();
  CHECK(rows == 40);
  std::vector<float> picture(784);
  data::draw(strokes, strokes.samples[0][0], {}, picture);
  std::string bytes;
  for (const float v : picture) bytes += char(std::lround(v * 255));
  CHECK(pictures.find(bytes) != std::string::npos);
  // Bitmaps are of one side.
  for (const std::size_t side : {20, 40}) {
    std::vector<float> other(side * side);
    CHECK_THROWS_AS(data::draw(bitmaps, bitmaps.samples[0][0], {}, other), Error);
  }

  // Folders, and only so many.
  const Outcome all = inkling("data convert --to ndjson --most 7 " + at("made") + " " + at("text"));
  REQUIRE_MESSAGE(all.status == 0, all.output);
  const std::string text = bytes_of(at("text/arrow.ndjson"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 7);

  // Two files that would become one.
  std::filesystem::copy_file(at("circle.ndjson"), at("made/circle.ndjson"));
  const Outcome both = inkling("data convert --to npy " + at("made") + " " + at("pictures"));
  CHECK(both.status == 2);
  CHECK(both.output.find("would both become") != std::string::npos);
  CHECK(std::filesystem::is_empty(at("pictures")));

  for (const auto& [arguments, wrong] :
       {std::pair{at("circle.npy") + " " + at("x.bin"), "no strokes"},
        std::pair{at("circle.npy") + " " + at("x.txt"), "x.txt: the name"},
        std::pair{at("none.bin") + " " + at("x.npy"), "none.bin: cannot be opened"},
        std::pair{at("made") + " " + at("x"), "--to"}}) {
    const Outcome refused = inkling("data convert " + arguments);
    CHECK(refused.status == 2);
    CHECK_MESSAGE(refused.output.find(wrong) != std::string::npos, refused.output);
    CHECK_FALSE(std::filesystem::exists(at("x.bin")));
  }
}

TEST_CASE("The same seed makes up the same drawings, and info counts them") {
  shapes::Folder folder;
  const auto at = [&](const char* name) { return (folder.path / name).string(); };
  REQUIRE(inkling("data synth --per-class 50 --seed 3 --out " + at("a")).status == 0);
  REQUIRE(inkling("data synth --per-class 50 --seed 3 --out " + at("b")).status == 0);
  REQUIRE(inkling("data synth --per-class 50 --seed 4 --out " + at("c")).status == 0);
  CHECK(bytes_of(at("a/heart.bin")) == bytes_of(at("b/heart.bin")));
  CHECK(bytes_of(at("a/heart.bin")) != bytes_of(at("c/heart.bin")));
  // Two of three files hold the same; a broken line in a fourth.
  std::ofstream(at("a/mine.ndjson")) << "{\"drawing\": [[[0, 255], [0, 10]]]}\nnonsense\n";
  const Outcome told = inkling("data info --json " + at("a/heart.bin") + " " + at("b/heart.bin") +
                               " " + at("c/heart.bin") + " " + at("a/mine.ndjson"));
  REQUIRE_MESSAGE(told.status == 0, told.output);
  const nlohmann::json info = nlohmann::json::parse(told.output);
  REQUIRE(info.size() == 5);
  CHECK(info[0]["drawings"] == 50);
  CHECK(info[0]["duplicates"] == 0);
  CHECK(info[0]["recognized"] > 0.7);
  CHECK(info[0]["recognized"] < 1);
  CHECK(info[3]["drawings"] == 1);
  CHECK(info[3]["broken"] == 1);
  CHECK(info[4]["drawings"] == 151);
  CHECK(info[4]["duplicates"] == 50);
  const Outcome table = inkling("data info " + at("a"));
  CHECK(table.output.find("zigzag.bin") != std::string::npos);
  CHECK(table.output.find("13 files") != std::string::npos);
}

TEST_CASE("A contact sheet shows every class, one class, and what augmentation does") {
  shapes::Folder folder;
  const auto at = [&](const char* name) { return (folder.path / name).string(); };
  REQUIRE(inkling("data synth --per-class 60 --out " + at("data")).status == 0);
  const std::string preview = "data preview --data " + at("data") + " --out ";
  std::set<std::string> sheets;
  write_file(at("config.json"), std::string_view(R"({"bend": 1, "rotation": 3, "warp": 40})"));
  const std::string config = "--class star --config " + at("config.json");
  for (const std::string& options :
       {std::string(), std::string("--class star"), std::string("--class star --augment"),
        std::string("--augment"), config}) {
    CAPTURE(options);
    const Outcome outcome = inkling(preview + at("sheet.png") + " " + options);
    REQUIRE_MESSAGE(outcome.status == 0, outcome.output);
    const std::string png = bytes_of(at("sheet.png"));
    CHECK(png.starts_with("\x89PNG\r\n\x1a\n"));
    sheets.insert(png);
  }
  CHECK(sheets.size() == 5);
  const Outcome refused = inkling(preview + at("x.png") + " --class heron");
  CHECK(refused.status == 2);
  CHECK(refused.output.find("heron") != std::string::npos);
}

TEST_CASE("Examples of each word: recognised ones, the same whatever their order, in one file") {
  const shapes::Folder folder;
  const std::filesystem::path data = folder.path / "data", out = folder.path / "examples.bin";
  std::filesystem::create_directories(data);
  // Ten drawings of a word, told apart by their first point; the odd ones were not recognised.
  const auto write = [&](const char* word, bool backwards) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < 10; ++i) {
      const int n = backwards ? 9 - i : i;
      const ink::Record record{.key = std::uint64_t(1000 + n),
                               .country = {'D', 'E'},
                               .recognized = ink::Recognized(n % 2 == 0),
                               .timestamp = 1490000000,
                               .drawing = {.strokes = {{{float(n), 0, 0}, {255, 255, 0}}}}};
      REQUIRE(ink::write_record(record, bytes));
    }
    write_file(data / (std::string(word) + ".bin"), bytes);
  };
  write("cat", false);
  write("hot air balloon", false);
  const std::string command = "data examples --data " + data.string() + " --out " + out.string();
  const auto firsts = [&](const char* word) {
    const std::string file = bytes_of(out);
    const auto drawings =
        ink::examples_of(word, {reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    REQUIRE_MESSAGE(drawings, drawings.error());
    std::vector<float> xs;
    for (const ink::Drawing& drawing : *drawings) xs.push_back(drawing.strokes[0][0].x);
    return xs;
  };

  Outcome outcome = inkling(command + " --per-word 3");
  CAPTURE(outcome.output);
  CHECK(outcome.status == 0);
  CHECK(outcome.output.find("6 drawings of 2 words") != std::string::npos);
  const std::vector<float> cats = firsts("cat");
  CHECK(cats.size() == 3);
  for (const float x : cats) CHECK(int(x) % 2 == 0);
  CHECK(firsts("hot air balloon").size() == 3);
  CHECK(firsts("dog").empty());
  const std::string before = bytes_of(out);
  CHECK(before.find("DE") == std::string::npos);

  write("cat", true);
  CHECK(inkling(command + " --per-word 3").status == 0);
  CHECK(bytes_of(out) == before);
  CHECK(inkling(command + " --per-word 3 --seed 2").status == 0);
  CHECK(bytes_of(out) != before);
  CHECK(inkling(command).status == 0);
  CHECK(firsts("cat").size() == 5);  // all that were recognised

  CHECK(inkling(command + " --per-word 13").status == 2);
  outcome = inkling("data examples --data " + (folder.path / "none").string() + " --out " +
                    (folder.path / "x.bin").string());
  CHECK(outcome.status == 2);
  CHECK(!std::filesystem::exists(folder.path / "x.bin"));
}

TEST_CASE("an .ndjson of many words is sorted into a file for each") {
  shapes::Folder folder;
  Random random{6};
  std::string text, moons;
  for (int i = 0; i < 9; ++i) {
    const ink::Record record = {.key = std::uint64_t(i), .drawing = shapes::draw(0, random)};
    const std::string line = data::write_ndjson(record, i % 3 == 0 ? "moon" : "The Sun");
    text += line;
    if (i % 3 == 0) moons += line;
  }
  for (const char* word : {"../up", "a/b", ".hidden", "", "a\nb", "a\\b"})
    text += data::write_ndjson({.key = 1, .drawing = shapes::draw(1, random)}, word);
  text += "broken\n\n{\"drawing\":[[[1],[2]]]}";
  std::filesystem::create_directories(folder.path);
  write_file(folder.path / "all.ndjson", text);
  const data::SortedWords sorted =
      data::sort_by_word(folder.path / "all.ndjson", folder.path / "sorted");
  CHECK(sorted.drawings == std::map<std::string, std::size_t>{{"moon", 3}, {"The Sun", 6}});
  CHECK(sorted.broken == 8);
  CHECK(sorted.first_broken == "line 10: a word that cannot name a file");
  CHECK(MappedFile(folder.path / "sorted" / "moon.ndjson").text() == moons);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::recursive_directory_iterator(folder.path))
    ++files;
  CHECK(files == 4);  // all.ndjson, the folder and two in it
  write_file(folder.path / "none.ndjson", "broken\n");
  CHECK_THROWS_AS(data::sort_by_word(folder.path / "none.ndjson", folder.path / "x"), Error);
}
