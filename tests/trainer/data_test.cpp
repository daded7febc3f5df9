// Files of drawings, their split, and what augmentation does to them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>

#include "tests/trainer/shapes.h"
#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
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
                               784, "x.npy");
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
  const data::Dataset all = data::open({.folder = folder.path});
  CHECK(all.classes ==
        std::vector<std::string>(std::begin(shapes::names), std::end(shapes::names)));
  std::set<std::pair<std::uint32_t, std::uint64_t>> seen;
  for (const auto& samples : all.samples)
    for (const data::Sample& sample : samples) seen.emplace(sample.label, sample.at);
  CHECK(seen.size() == 360);

  const data::Dataset some = data::open(
      {.folder = folder.path / "strokes", .classes = {"star", "line"}, .max_per_class = 20});
  CHECK(some.classes == std::vector<std::string>{"star", "line"});
  CHECK(some.samples[0].size() + some.samples[1].size() + some.samples[2].size() == 40);

  std::vector<float> picture(784);
  data::draw(some, some.samples[0].front(), {}, picture);
  CHECK(*std::max_element(picture.begin(), picture.end()) == 1);
  CHECK(std::count(picture.begin(), picture.end(), 0.0f) > 500);
}

TEST_CASE("Bitmaps: rows come back as they were written, equal rows on the same side") {
  shapes::Folder folder;
  std::vector<std::uint8_t> pixels(30 * 784);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::uint8_t(i / 784 / 2);
  write_file(folder.path / "gray.npy", data::write_npy(pixels, 784));
  const data::Dataset dataset = data::open({.folder = folder.path});
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
    const ink::Drawing first = data::augment(star, {}, a), again = data::augment(star, {}, b);
    const ink::Box box = ink::bounds(first);
    CHECK(box.left == 0);
    CHECK(box.top == 0);
    CHECK(std::max(box.right, box.bottom) == doctest::Approx(255).epsilon(1e-4));
    REQUIRE(!first.strokes.empty());
    CHECK(first.strokes[0].back().x == again.strokes[0].back().x);
    const ink::Drawing other = data::augment(star, {}, c);
    different += first.strokes[0].back().x != other.strokes[0].back().x;
  }
  CHECK(different > 150);
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
