#include "trainer/data/ndjson.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/ink/simplify.h"
#include "engine/random.h"

namespace data {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Failure = Result<ink::Record>;

constexpr std::size_t most_points = 65535;
constexpr double farthest = 1e6;
// The ink of a drawing, in its longer sides: somebody drew it, in 20 seconds. Simplifying takes
// memory and time for all of it, and scribbles could ask for gigabytes and hours.
constexpr double most_ink = 300;

// The numbers of a list; the text says what is wrong with them, or nothing.
std::string read_numbers(const element& list, std::vector<double>& numbers) {
  array values;
  if (list.get(values)) return "a stroke that is no lists of numbers";
  numbers.clear();
  for (const element value : values) {
    double number = 0;
    if (value.get(number)) return "a stroke that is no lists of numbers";
    if (!std::isfinite(number) || std::abs(number) > farthest)
      return fmt::format("a coordinate of {:g}, beyond a million", number);
    if (numbers.size() == most_points)
      return fmt::format("a stroke of more than {} points", most_points);
    numbers.push_back(number);
  }
  return numbers.empty() ? "an empty stroke" : "";
}

std::string check_times(const std::vector<double>& times) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] < 0) return fmt::format("a negative time, {:g}", times[i]);
    if (i > 0 && times[i] < times[i - 1]) return "times that go back";
  }
  return {};
}

// Appends the strokes to the drawing; `raw` becomes true where they are not simplified already.
std::string read_strokes(const array& strokes, ink::Drawing& drawing, bool& raw) {
  std::vector<double> xs, ys, times;
  for (const element stroke : strokes) {
    array lists;
    if (stroke.get(lists)) return "a stroke that is no lists of numbers";
    const std::size_t count = lists.size();
    if (count != 2 && count != 3) return fmt::format("a stroke of {} lists, not 2 or 3", count);
    for (std::size_t i = 0; i < count; ++i)
      if (std::string wrong = read_numbers(lists.at(i).value(), i == 0   ? xs
                                                                : i == 1 ? ys
                                                                         : times);
          !wrong.empty())
        return wrong;
    if (count == 2) times.assign(xs.size(), 0);
    if (ys.size() != xs.size() || times.size() != xs.size())
      return fmt::format("a stroke with lists of different lengths, {} and {}", xs.size(),
                         ys.size() != xs.size() ? ys.size() : times.size());
    if (std::string wrong = check_times(times); !wrong.empty()) return wrong;
    raw = raw || count == 3;
    ink::Stroke& points = drawing.strokes.emplace_back();
    for (std::size_t i = 0; i < xs.size(); ++i) {
      for (const double v : {xs[i], ys[i]}) raw = raw || v < 0 || v > 255 || v != std::floor(v);
      points.push_back({float(xs[i]), float(ys[i]), float(times[i] / 1000)});
    }
  }
  return drawing.strokes.empty() ? "no strokes" : "";
}

// "2017-03-01 21:12:07..." in seconds since 1970; 0 where it is anything else.
std::uint32_t read_timestamp(std::string_view text) {
  constexpr std::size_t starts[] = {0, 5, 8, 11, 14, 17};
  int parts[6] = {};
  if (text.size() < 19) return 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string_view part = text.substr(starts[i], i == 0 ? 4 : 2);
    if (std::from_chars(part.data(), part.data() + part.size(), parts[i]).ec != std::errc())
      return 0;
  }
  using namespace std::chrono;
  const year_month_day date{year(parts[0]), month(unsigned(parts[1])), day(unsigned(parts[2]))};
  if (!date.ok()) return 0;
  const auto days = sys_days(date).time_since_epoch().count();
  return std::uint32_t(((days * 24L + parts[3]) * 60 + parts[4]) * 60 + parts[5]);
}

std::uint64_t hash_of(const ink::Drawing& drawing) {
  std::uint64_t hash = drawing.strokes.size();
  for (const ink::Stroke& stroke : drawing.strokes) {
    hash = mix_bits(hash + stroke.size());
    for (const ink::Point& point : stroke)
      hash = mix_bits(hash + std::bit_cast<std::uint32_t>(point.x) * 0x9e3779b97f4a7c15u +
                      std::bit_cast<std::uint32_t>(point.y));
  }
  return hash | std::uint64_t{1} << 63;  // the data set's own keys have this bit clear
}

}  // namespace

Result<ink::Record> read_ndjson(std::string_view line) {
  thread_local simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(line.data(), line.size()).get(document))
    return Failure::failure(fmt::format("no JSON: {}", simdjson::error_message(error)));
  object fields;
  array strokes;
  if (document.get(fields)) return Failure::failure("no JSON object");
  if (fields["drawing"].get(strokes)) return Failure::failure("no \"drawing\"");

  ink::Record record;
  bool raw = false;
  if (std::string wrong = read_strokes(strokes, record.drawing, raw); !wrong.empty())
    return Failure::failure(wrong);
  if (raw) {
    const ink::Box box = ink::bounds(record.drawing);
    const auto side = double(std::max(box.right - box.left, box.bottom - box.top));
    if (ink::ink_length(record.drawing) > most_ink * side)
      return Failure::failure(fmt::format("ink of more than {} times its size", most_ink));
    record.drawing = ink::simplify(record.drawing);
  }
  if (record.drawing.strokes.empty()) return Failure::failure("no strokes");

  std::string_view text;
  bool recognized = false;
  if (!fields["countrycode"].get(text) && text.size() == 2) record.country = {text[0], text[1]};
  if (!fields["timestamp"].get(text)) record.timestamp = read_timestamp(text);
  if (!fields["recognized"].get(recognized))
    record.recognized = recognized ? ink::Recognized::yes : ink::Recognized::no;
  const bool has_key =
      !fields["key_id"].get(text) &&
      std::from_chars(text.data(), text.data() + text.size(), record.key).ec == std::errc();
  if (!has_key) record.key = hash_of(record.drawing);
  return record;
}

Result<std::string> read_word(std::string_view line) {
  using Word = Result<std::string>;
  const Result<ink::Record> record = read_ndjson(line);
  if (!record) return Word::failure(record.error());
  thread_local simdjson::dom::parser parser;
  element document;
  std::string_view word;
  if (parser.parse(line.data(), line.size()).get(document) || document["word"].get(word))
    return Word::failure("no \"word\"");
  const bool plain = !word.empty() && word.size() <= 200 && word.front() != '.' &&
                     std::none_of(word.begin(), word.end(), [](char c) {
                       return c == '/' || c == '\\' || (c >= 0 && c < ' ') || c == 0x7f;
                     });
  if (!plain) return Word::failure("a word that cannot name a file");
  return std::string(word);
}

std::string write_ndjson(const ink::Record& record, std::string_view word) {
  std::string strokes;
  for (const ink::Stroke& stroke : record.drawing.strokes) {
    std::string xs, ys;
    for (const ink::Point& point : stroke) {
      fmt::format_to(std::back_inserter(xs), "{}{:.0f}", xs.empty() ? "" : ",", point.x);
      fmt::format_to(std::back_inserter(ys), "{}{:.0f}", ys.empty() ? "" : ",", point.y);
    }
    strokes += fmt::format("{}[[{}],[{}]]", strokes.empty() ? "" : ",", xs, ys);
  }
  std::string country(record.country.begin(), record.country.end());
  for (char& c : country)
    if (c < 'A' || c > 'Z') c = 'Z';
  const std::string recognized =
      record.recognized == ink::Recognized::unknown
          ? ""
          : fmt::format(",\"recognized\":{}", record.recognized == ink::Recognized::yes);
  return fmt::format(
      "{{\"word\":{},\"countrycode\":\"{}\",\"timestamp\":\"{:%Y-%m-%d %H:%M:%S} UTC\"{},"
      "\"key_id\":\"{}\",\"drawing\":[{}]}}\n",
      nlohmann::json(word).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), country,
      fmt::gmtime(std::time_t(record.timestamp)), recognized, record.key, strokes);
}

}  // namespace data
