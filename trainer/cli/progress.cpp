#include "trainer/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace cli {
namespace {

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string bar(double share) {
  constexpr int width = 24;
  const int full = std::clamp(int(share * width), 0, width);
  return std::string(std::size_t(full), '#') + std::string(std::size_t(width - full), '.');
}

}  // namespace

std::string as_time(double seconds) {
  const long s = std::max(0L, long(seconds + 0.5));
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

Progress::Progress(std::size_t total_images, std::size_t already)
    : total_(total_images),
      terminal_(::isatty(STDOUT_FILENO) == 1),
      begin_(Clock::now()),
      shown_(begin_),
      rate_from_(begin_),
      rate_images_(already) {}

double Progress::seconds() const {
  return seconds_between(begin_, Clock::now());
}

void Progress::show(std::string_view label, double share, std::size_t done, double loss) {
  const Clock::time_point now = Clock::now();
  if (const double window = seconds_between(rate_from_, now); window > 3 || rate_ == 0) {
    rate_ = double(done - rate_images_) / std::max(window, 1e-3);
    rate_from_ = now;
    rate_images_ = done;
  }
  if (seconds_between(shown_, now) < (terminal_ ? 0.1 : 30)) return;
  shown_ = now;
  const double left = rate_ > 0 ? double(total_ - std::min(done, total_)) / rate_ : 0;
  const std::string line = fmt::format("{} [{}] {:3.0f}%  {:.0f} images/s  loss {:.3f}  {} left",
                                       label, bar(share), 100 * share, rate_, loss, as_time(left));
  if (terminal_)
    fmt::print("\r\x1b[K{}", line);
  else
    fmt::print("{}\n", line);
  std::fflush(stdout);
}

void Progress::say(std::string_view line) {
  fmt::print("{}{}\n", terminal_ ? "\r\x1b[K" : "", line);
  std::fflush(stdout);
}

Bar::Bar(std::string label, std::size_t total)
    : label_(std::move(label)),
      total_(std::max<std::size_t>(1, total)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()),
      shown_(begin_) {}

Bar::~Bar() {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

void Bar::show(std::size_t done) {
  const Clock::time_point now = Clock::now();
  if (!terminal_ || seconds_between(shown_, now) < 0.1) return;
  shown_ = now;
  const double share = double(done) / double(total_);
  const double left = seconds_between(begin_, now) * (1 - share) / std::max(share, 1e-6);
  fmt::print(stderr, "\r\x1b[K{} [{}] {:3.0f}%  {} of {}  {} left", label_, bar(share), 100 * share,
             done, total_, as_time(left));
  std::fflush(stderr);
}

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void warn(std::string_view line) {
  fmt::print(stderr, "inkling: {}\n", line);
}

}  // namespace cli
