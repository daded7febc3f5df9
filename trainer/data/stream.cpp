#include "trainer/data/stream.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "trainer/data/ndjson.h"
#include "trainer/error.h"

namespace data {

namespace {

[[noreturn]] void fail_with_broken(const std::string& path, std::size_t broken, std::size_t lines,
                                   const std::string& first) {
  fail("{}: {} of {} lines are broken, the first one: {}; fetch or export the file again", path,
       broken, lines, first);
}

}  // namespace

void expect_few_broken(const std::string& path, std::size_t broken, std::size_t lines,
                       const std::string& first) {
  if (broken > std::max<std::size_t>(100, lines / 100))
    fail_with_broken(path, broken, lines, first);
}

bool Stream::next() {
  return format_ == Format::bin ? next_record() : next_line();
}

bool Stream::next_record() {
  at_ = end_;
  if (at_ >= file_.size()) return false;
  look();
  Result<std::size_t> size = ink::read_record(seen(), record_);
  while (!size && look_further()) size = ink::read_record(seen(), record_);
  if (!size)
    fail("{}: record {} at byte {}: {}; fetch the file again", file_.path(), records_, at_,
         size.error());
  end_ = at_ + *size;
  ++records_;
  return true;
}

bool Stream::next_line() {
  const auto text = [&] {
    return std::string_view(reinterpret_cast<const char*>(seen().data()), seen().size());
  };
  while (end_ < file_.size()) {
    at_ = end_;
    look();
    while (text().find('\n') == std::string_view::npos && look_further()) {
    }
    const std::string_view line = text().substr(0, text().find('\n'));
    end_ = at_ + line.size() + 1;
    ++lines_;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Result<ink::Record> record = read_ndjson(line);
    if (record) {
      record_ = std::move(*record);
      return true;
    }
    if (broken_++ == 0) first_broken_ = fmt::format("line {}: {}", lines_, record.error());
  }
  return false;
}

std::string Stream::left_out(std::size_t drawings) const {
  if (broken_ == 0) return "";
  if (drawings == 0) fail_with_broken(file_.path(), broken_, lines_, first_broken_);
  expect_few_broken(file_.path(), broken_, lines_, first_broken_);
  return fmt::format("{}: {} broken line{} of {} left out, the first one: {}", file_.path(),
                     broken_, broken_ == 1 ? "" : "s", lines_, first_broken_);
}

std::span<const std::uint8_t> Stream::seen() const {
  return std::span(window_).subspan(std::size_t(end_ - window_at_));
}

void Stream::look() {
  constexpr std::size_t enough = std::size_t{1} << 16, usual = std::size_t{1} << 20;
  if (end_ + enough > window_at_ + window_.size() || end_ < window_at_) fill(usual);
}

bool Stream::look_further() {
  const std::size_t had = seen().size();
  if (end_ + had >= file_.size() || had >= longest_drawing) return false;
  fill(had * 2);
  return true;
}

void Stream::fill(std::size_t size) {
  window_at_ = end_;
  window_.resize(std::size_t(std::min<std::uint64_t>(size, file_.size() - window_at_)));
  window_.resize(file_.read(window_at_, window_));
}

}  // namespace data
