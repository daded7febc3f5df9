// Ink: the raster against Google's own bitmaps, what must not change it, and records from hostile
// bytes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "engine/ink/keepsake.h"
#include "engine/ink/raster.h"
#include "engine/ink/record.h"
#include "engine/ink/simplify.h"
#include "engine/random.h"

namespace {

using Bytes = std::vector<std::uint8_t>;
using Picture = std::vector<std::uint8_t>;

Picture picture_of(const ink::Drawing& drawing, const ink::RasterOptions& options = {}) {
  Picture picture(static_cast<std::size_t>(options.side) * options.side);
  ink::raster(drawing, options, picture);
  return picture;
}

int largest_difference(const Picture& a, const Picture& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

// Something hand-like: a few strokes that wander, on a canvas of some 300 units.
ink::Drawing scribble(Random& random) {
  ink::Drawing drawing;
  const std::size_t n_strokes = 1 + random.below(5);
  for (std::size_t i = 0; i < n_strokes; ++i) {
    ink::Stroke& stroke = drawing.strokes.emplace_back();
    double x = random.uniform(0, 300), y = random.uniform(0, 300),
           direction = random.uniform(0, 6.28);
    const std::size_t n_points = 2 + random.below(60);
    for (std::size_t j = 0; j < n_points; ++j) {
      stroke.push_back(
          {static_cast<float>(x), static_cast<float>(y), static_cast<float>(j) * 0.016f});
      direction += 0.4 * random.normal();
      x += 6 * std::cos(direction), y += 6 * std::sin(direction);
    }
  }
  return drawing;
}

ink::Drawing moved(const ink::Drawing& drawing, float scale, float dx, float dy) {
  ink::Drawing result = drawing;
  for (ink::Stroke& stroke : result.strokes) {
    for (ink::Point& p : stroke) p = {p.x * scale + dx, p.y * scale + dy, p.t};
  }
  return result;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ink::Record sample_record() {
  ink::Record record;
  record.key = 0x0123456789abcdef;
  record.country = {'D', 'E'};
  record.recognized = ink::Recognized::yes;
  record.timestamp = 1485000000;
  record.drawing.strokes = {{{0, 0, 0}, {255, 128, 0}}, {{7, 9, 0}}};
  return record;
}

}  // namespace

TEST_CASE("the raster reproduces Google's bitmaps") {
  const char* data = std::getenv("INKLING_DATA");
  const std::filesystem::path golden = std::filesystem::path(data ? data : "") / "golden";
  if (data == nullptr || !std::filesystem::is_directory(golden)) {
    MESSAGE("SKIPPED: needs golden/ in $INKLING_DATA");
    return;
  }
  int drawings = 0, worst_pixel = 0;
  double sum = 0, worst_drawing = 0;
  for (const auto& entry : std::filesystem::directory_iterator(golden)) {
    if (entry.path().extension() != ".bin") continue;
    const Bytes records = read_file(entry.path());
    const Bytes bitmaps = read_file(std::filesystem::path(entry.path()).replace_extension(".npy"));
    std::size_t row = std::size_t{10} + bitmaps.at(8) + 256 * std::size_t{bitmaps.at(9)};
    ink::Record record;
    for (std::size_t at = 0; at < records.size(); row += 784) {
      const auto size = ink::read_record(std::span(records).subspan(at), record);
      REQUIRE_MESSAGE(size, size.error());
      at += *size;
      const Picture ours = picture_of(record.drawing);
      double difference = 0;
      for (std::size_t i = 0; i < 784; ++i) {
        const int d = std::abs(ours[i] - bitmaps.at(row + i));
        difference += d;
        worst_pixel = std::max(worst_pixel, d);
      }
      sum += difference / 784;
      worst_drawing = std::max(worst_drawing, difference / 784);
      ++drawings;
    }
    CHECK(row == bitmaps.size());
  }
  MESSAGE(drawings << " drawings: mean error " << sum / drawings << " grey levels, worst drawing "
                   << worst_drawing << ", worst pixel " << worst_pixel);
  CHECK(drawings > 500);
  CHECK(sum / drawings <= 0.35);
  CHECK(worst_drawing <= 0.6);
  CHECK(worst_pixel <= 18);
}

TEST_CASE("pictures are the same to the bit on every machine") {
  Random random{31};
  std::uint64_t hash = 0;
  for (int i = 0; i < 600; ++i) {
    ink::Drawing drawing;
    for (std::size_t n = 1 + random.below(4); n > 0; --n) {
      ink::Stroke& stroke = drawing.strokes.emplace_back(1 + random.below(30));
      for (ink::Point& p : stroke)
        p = {static_cast<float>(random.below(256)), static_cast<float>(random.below(256)), 0};
    }
    const ink::RasterOptions options{.side = i % 3 == 0   ? 28
                                             : i % 3 == 1 ? 64
                                                          : 1 + static_cast<int>(random.below(200)),
                                     .line_width = i % 2 == 0 ? 16.0f : 9.0f};
    for (const std::uint8_t value : picture_of(drawing, options)) hash = mix_bits(hash + value);
  }
  CHECK(hash == 15066274620342270628u);
}

TEST_CASE("a pixel is as dark as the share of it that the pen has touched") {
  // Counted on a fine grid, in the picture's own pixels: the box is 255 by 255, with a corner at 0.
  constexpr int across = 48, down = 15;
  Random random{11};
  for (const int side : {28, 28, 28, 28, 60, 130}) {
    CAPTURE(side);
    const ink::RasterOptions options{.side = side};
    ink::Stroke stroke{{0, 0, 0}, {255, 255, 0}};
    for (int i = 0; i < 9; ++i)
      stroke.push_back(
          {static_cast<float>(random.below(256)), static_cast<float>(random.below(256)), 0});
    const Picture picture = picture_of({{stroke}}, options);
    const double scale = side / (256.0 + 2 * options.padding + options.line_width);
    const double shift = (options.padding + options.line_width / 2 + 0.5) * scale;
    const double radius = options.line_width / 2 * scale;
    const auto touched = [&](double x, double y) {
      for (std::size_t i = 1; i < stroke.size(); ++i) {
        const double ax = stroke[i - 1].x * scale + shift, ay = stroke[i - 1].y * scale + shift;
        const double dx = stroke[i].x * scale + shift - ax, dy = stroke[i].y * scale + shift - ay;
        const double along = ((x - ax) * dx + (y - ay) * dy) / std::max(dx * dx + dy * dy, 1e-9);
        const double f = std::clamp(along, 0.0, 1.0);
        if (std::hypot(x - ax - f * dx, y - ay - f * dy) < radius) return true;
      }
      return false;
    };
    double sum = 0, worst = 0;
    for (int row = 0; row < side; ++row)
      for (int column = 0; column < side; ++column) {
        int count = 0;
        for (int i = 0; i < across * down; ++i)
          count += touched(column + (i % across + 0.5) / across, row + (i / across + 0.5) / down);
        const double expected = 255.0 * count / (across * down);
        const double off =
            std::abs(picture[static_cast<std::size_t>(row) * side + column] - expected);
        sum += off;
        worst = std::max(worst, off);
      }
    CHECK(sum / (side * side) < 0.15);
    CHECK(worst < (side < 100 ? 3 : 7));  // wider pictures have larger steps
  }
}

TEST_CASE("a horizontal line has the coverage that geometry says") {
  // Side 304 makes a unit of the 256 square a pixel: the line is 16 pixels thick, 255 + 16 long.
  const ink::RasterOptions options{.side = 152, .line_width = 16, .padding = 16};
  const Picture picture = picture_of({{{{0, 0, 0}, {255, 0, 0}}}}, options);
  double ink = 0;
  for (const std::uint8_t value : picture) ink += value / 255.0;
  const double expected = (255 * 16 + 3.14159265 * 64) / 4;  // square units, four to a pixel
  CHECK(ink == doctest::Approx(expected).epsilon(0.002));
}

TEST_CASE("strokes are laid over each other, segments of one stroke are united") {
  const ink::Stroke line{{0, 100, 0}, {255, 130, 0}};
  const Picture once = picture_of({{line}});
  ink::Stroke back_and_forth = line;
  back_and_forth.push_back(line[0]);
  CHECK(largest_difference(once, picture_of({{back_and_forth}})) == 0);
  const Picture twice = picture_of({{line, line}});
  for (std::size_t i = 0; i < once.size(); ++i) {
    const double paper = 1 - once[i] / 255.0;
    CHECK(twice[i] == doctest::Approx(255 * (1 - paper * paper)).epsilon(0.02));
  }
}

TEST_CASE("any side, width and padding: nothing is written outside, and ink outside is cut off") {
  Random random{7};
  for (int i = 0; i < 300; ++i) {
    const ink::RasterOptions options{.side = 1 + static_cast<int>(random.below(ink::max_side)),
                                     .line_width = static_cast<float>(random.uniform(0.5, 60)),
                                     .padding = static_cast<float>(random.uniform(0, 40))};
    const ink::Drawing wild = moved(scribble(random), static_cast<float>(random.uniform(0.1, 30)),
                                    static_cast<float>(random.uniform(-2000, 2000)), 0);
    CHECK(picture_of(wild, options).size() ==
          static_cast<std::size_t>(options.side) * options.side);
  }
}

TEST_CASE("the place and size of a drawing on the canvas do not change its picture") {
  Random random{20};
  for (int i = 0; i < 1000; ++i) {
    const ink::Drawing drawing = scribble(random);
    const Picture expected = picture_of(ink::simplify(drawing));
    const auto scale = static_cast<float>(random.uniform(0.2, 8));
    const auto dx = static_cast<float>(random.uniform(-500, 2000));
    const auto dy = static_cast<float>(random.uniform(-500, 2000));
    CHECK(largest_difference(expected, picture_of(ink::simplify(moved(drawing, scale, dx, dy)))) <=
          2);
  }
}

TEST_CASE("simplify follows the data set's recipe") {
  SUBCASE("aligned, and the longer side is 255") {
    const ink::Box box =
        ink::bounds(ink::simplify({{{{10, 20, 0}, {110, 70, 0}}, {{50, 30, 0}, {60, 60, 0}}}}));
    CHECK(box.left == 0);
    CHECK(box.top == 0);
    CHECK(box.right == doctest::Approx(255));
    CHECK(box.bottom == doctest::Approx(127.5));
  }
  SUBCASE("points within 2 units of a line go, corners stay") {
    const ink::Drawing simple =
        ink::simplify({{{{0, 0, 0}, {100, 1.5f, 0}, {200, 0, 0}, {255, 0, 0}, {255, 255, 0}}}});
    REQUIRE(simple.strokes.size() == 1);
    CHECK(simple.strokes[0].size() == 3);
  }
  SUBCASE("every left-out point lies within epsilon of what remains") {
    Random random{3};
    for (int i = 0; i < 100; ++i) {
      const ink::Drawing drawing = scribble(random);
      const ink::Polylines lines = ink::normalize(drawing);
      const ink::Drawing simple = ink::simplify(drawing);
      REQUIRE(simple.strokes.size() == lines.ends.size());
      for (std::size_t s = 0; s < lines.ends.size(); ++s) {
        for (std::size_t k = lines.begin(s); k < lines.ends[s]; ++k) {
          const ink::Point p{lines.x[k], lines.y[k], 0};
          double nearest = 1e9;
          const ink::Stroke& kept = simple.strokes[s];
          for (std::size_t j = 1; j < kept.size(); ++j) {
            const double dx = kept[j].x - kept[j - 1].x, dy = kept[j].y - kept[j - 1].y;
            const double length2 = dx * dx + dy * dy;
            double f = length2 > 0
                           ? ((p.x - kept[j - 1].x) * dx + (p.y - kept[j - 1].y) * dy) / length2
                           : 0;
            f = std::clamp(f, 0.0, 1.0);
            nearest = std::min(
                nearest, std::hypot(p.x - kept[j - 1].x - f * dx, p.y - kept[j - 1].y - f * dy));
          }
          // A corner may fall between two resampled points, half a unit off.
          CHECK(nearest <= 2.51);
        }
      }
    }
  }
  SUBCASE("dots, empty strokes and bad numbers") {
    const float nan = std::nanf("");
    CHECK(ink::simplify({}).strokes.empty());
    CHECK(ink::simplify({{{}, {{nan, 1, 0}}}}).strokes.empty());
    const ink::Drawing dot = ink::simplify({{{{40, 50, 0}}}});
    REQUIRE(dot.strokes.size() == 1);
    CHECK(dot.strokes[0].size() == 1);
    const Picture picture = picture_of(dot);
    CHECK(*std::max_element(picture.begin(), picture.end()) > 100);
  }
}

TEST_CASE("A drawing's lines: all points stroke after stroke, and a dot's is there twice") {
  const ink::Polylines lines = ink::Drawing{{{{1, 2, 0}, {3, 4, 0}}, {}, {{5, 6, 0}}}};
  CHECK(lines.x == std::vector<float>{1, 3, 5, 5});
  CHECK(lines.y == std::vector<float>{2, 4, 6, 6});
  CHECK(lines.ends == std::vector<std::uint32_t>{2, 4});
  CHECK(lines.begin(0) == 0);
  CHECK(lines.begin(1) == 2);
  const ink::Box box = ink::bounds(lines);
  CHECK(box.left == 1);
  CHECK(box.top == 2);
  CHECK(box.right == 5);
  CHECK(box.bottom == 6);
  CHECK(ink::bounds(ink::Polylines{}).right == 0);
}

TEST_CASE("Lines are aligned and scaled; points that are nowhere are left out") {
  const float nan = std::nanf(""), infinite = std::numeric_limits<float>::infinity();
  const ink::Polylines lines = ink::normalize(ink::Drawing{
      {{{10, 20, 0}, {nan, 0, 0}, {20, 40, 0}}, {{0, infinite, 0}}, {{15, 20, 0}, {nan, nan, 0}}}});
  CHECK(lines.x == std::vector<float>{0, 127.5f, 63.75f, 63.75f});
  CHECK(lines.y == std::vector<float>{0, 255, 0, 0});
  CHECK(lines.ends == std::vector<std::uint32_t>{2, 4});
  CHECK(ink::normalize(ink::Drawing{{{{nan, 1, 0}}}}).ends.empty());
  const ink::Polylines dot = ink::normalize(ink::Drawing{{{{40, 50, 0}}}});
  CHECK(dot.x == std::vector<float>{0, 0});
}

TEST_CASE("the first part of the ink") {
  const ink::Polylines lines = ink::Drawing{{{{0, 0, 0}, {10, 0, 0}}, {{0, 10, 0}, {10, 10, 0}}}};
  const ink::Polylines part = ink::first_ink(lines, 0.75);
  CHECK(part.ends == std::vector<std::uint32_t>{2, 4});
  CHECK(part.x.back() == doctest::Approx(5));
  CHECK(part.y.back() == 10);
  CHECK(ink::first_ink(lines, 0.5).ends.size() == 1);
  CHECK(ink::first_ink(lines, 1).ends.size() == 2);
  const ink::Polylines little = ink::first_ink(lines, 0.3);
  CHECK(little.ends == std::vector<std::uint32_t>{2});
  CHECK(little.x == std::vector<float>{0, 6});
  CHECK(ink::first_ink(lines, 0).x == std::vector<float>{0, 0});
  CHECK(ink::first_ink({}, 0.5).ends.empty());
  // Dots have no length: they are there once the ink before them is.
  const ink::Polylines dots = ink::Drawing{{{{0, 0, 0}}, {{5, 5, 0}, {9, 5, 0}}, {{1, 1, 0}}}};
  CHECK(ink::first_ink(dots, 0.5).x == std::vector<float>{0, 0, 5, 7});
  CHECK(ink::first_ink(dots, 1).ends.size() == 3);
}

TEST_CASE("records are written and read back") {
  const ink::Record record = sample_record();
  Bytes bytes;
  const auto written = ink::write_record(record, bytes);
  REQUIRE(written);
  CHECK(*written == 17 + (2 + 4) + (2 + 2));
  ink::Record back;
  const auto size = ink::read_record(bytes, back);
  REQUIRE_MESSAGE(size, size.error());
  CHECK(*size == bytes.size());
  CHECK(back.key == record.key);
  CHECK(back.country == record.country);
  CHECK(back.recognized == ink::Recognized::yes);
  CHECK(back.timestamp == record.timestamp);
  REQUIRE(back.drawing.strokes.size() == 2);
  CHECK(back.drawing.strokes[0][1].x == 255);
  CHECK(back.drawing.strokes[1][0].y == 9);
}

TEST_CASE("of a record, lines alone are the same as its drawing's") {
  Random random{12};
  ink::Polylines lines;
  for (int n = 0; n < 200; ++n) {
    ink::Record record;
    for (std::size_t strokes = 1 + random.below(4); strokes > 0; --strokes) {
      // Dots, and as many points as fit into a block of reading, or one more.
      ink::Stroke& stroke = record.drawing.strokes.emplace_back(1 + random.below(40));
      for (ink::Point& p : stroke) {
        p.x = static_cast<float>(random.below(256));
        p.y = static_cast<float>(random.below(256));
      }
    }
    Bytes bytes;
    REQUIRE(ink::write_record(record, bytes));
    const std::size_t size = bytes.size();
    bytes.resize(size + random.below(40), 255);  // the next one
    const auto read = ink::read_lines(bytes, lines);
    REQUIRE(read);
    CHECK(*read == size);
    const ink::Polylines same = record.drawing;
    CHECK(lines.x == same.x);
    CHECK(lines.y == same.y);
    CHECK(lines.ends == same.ends);
  }
}

TEST_CASE("records that cannot be are refused") {
  Bytes bytes;
  ink::Record record = sample_record();
  record.drawing.strokes.clear();
  CHECK_FALSE(ink::write_record(record, bytes));
  record.drawing.strokes = {ink::Stroke(65536)};
  CHECK_FALSE(ink::write_record(record, bytes));
  CHECK(bytes.empty());
}

TEST_CASE("every cut of a record gives an error, never a crash") {
  Bytes bytes;
  REQUIRE(ink::write_record(sample_record(), bytes));
  ink::Record record;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto size = ink::read_record(std::span(bytes).first(length), record);
    CHECK_FALSE(size);
    CHECK(size.error().find("cut short") != std::string::npos);
    ink::Polylines lines = record.drawing;
    CHECK_FALSE(ink::read_lines(std::span(bytes).first(length), lines));
    CHECK(lines.x.empty());
    CHECK(lines.ends.empty());
  }
}

TEST_CASE("hostile bytes never allocate more than they hold") {
  Random random{11};
  ink::Record record;
  for (int i = 0; i < 20000; ++i) {
    Bytes bytes(random.below(200));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
    if (bytes.size() > 16 && random.chance(0.5)) bytes[16] = 0;  // a number of strokes that may fit
    const auto size = ink::read_record(bytes, record);
    if (size) CHECK(*size <= bytes.size());
    std::size_t capacity = 0;
    for (const ink::Stroke& stroke : record.drawing.strokes) capacity += stroke.size();
    CHECK(2 * capacity <= 200);
  }
}

TEST_CASE("a drawing that is kept comes back as it was, with its times") {
  Random random{11};
  for (int n = 0; n < 50; ++n) {
    ink::Drawing drawing = moved(scribble(random), 1, -150, -150);
    const bool recognized = n % 2 == 0;
    const Result<Bytes> bytes = ink::write_keepsake("hot dog", recognized, 7.25, drawing);
    REQUIRE(bytes);
    const Result<ink::Keepsake> kept = ink::read_keepsake(*bytes);
    REQUIRE_MESSAGE(kept, kept.error());
    CHECK(kept->word == "hot dog");
    CHECK(kept->seconds == doctest::Approx(7.25));
    CHECK(kept->record.recognized == (recognized ? ink::Recognized::yes : ink::Recognized::no));
    REQUIRE(kept->drawing.strokes.size() == drawing.strokes.size());
    float before = 0;
    for (std::size_t i = 0; i < drawing.strokes.size(); ++i) {
      const ink::Stroke &was = drawing.strokes[i], &is = kept->drawing.strokes[i];
      REQUIRE(is.size() == was.size());
      for (std::size_t j = 0; j < was.size(); ++j) {
        CHECK(std::abs(is[j].x - was[j].x) <= 1.0f / 16);
        CHECK(std::abs(is[j].y - was[j].y) <= 1.0f / 16);
        before = std::max(before, was[j].t);  // this scribble's strokes all begin at 0
        CHECK(std::abs(is[j].t - before) <= 0.0006f);
      }
    }
    // What it is trained with is the one pipeline's, to the whole number.
    const ink::Drawing simple = ink::simplify(drawing);
    REQUIRE(kept->record.drawing.strokes.size() == simple.strokes.size());
    for (std::size_t i = 0; i < simple.strokes.size(); ++i) {
      REQUIRE(kept->record.drawing.strokes[i].size() == simple.strokes[i].size());
      for (std::size_t j = 0; j < simple.strokes[i].size(); ++j)
        CHECK(kept->record.drawing.strokes[i][j].x == std::round(simple.strokes[i][j].x));
    }
    CHECK(bytes->size() < static_cast<std::size_t>(ink::point_count(drawing)) * 6 + 200);
  }
}

TEST_CASE("what cannot be kept is refused, and so are bytes that are no drawing") {
  CHECK(!ink::write_keepsake("cat", true, 1, {}));
  CHECK(!ink::write_keepsake("cat", true, 1, {.strokes = {{}, {{NAN, 1, 0}}}}));
  CHECK(!ink::write_keepsake(std::string(256, 'a'), true, 1, {.strokes = {{{1, 1, 0}}}}));
  const Result<Bytes> far =
      ink::write_keepsake("cat", false, 1e9, {.strokes = {{{1e9f, -1e9f, 0}}}});
  REQUIRE(far);
  CHECK(ink::read_keepsake(*far)->drawing.strokes[0][0].x == 32767);

  const Result<Bytes> whole =
      ink::write_keepsake("cat", true, 3, {.strokes = {{{1, 2, 0}, {30, 40, 1}}, {{9, 9, 2}}}});
  REQUIRE(whole);
  for (std::size_t n = 0; n < whole->size(); ++n)
    CHECK(!ink::read_keepsake(std::span(*whole).first(n)));
  Bytes more = *whole;
  more.push_back(0);
  CHECK(!ink::read_keepsake(more));
  more = *whole;
  more[0] = 2;
  CHECK(ink::read_keepsake(more).error() == "the drawing is kept in version 2");
}
