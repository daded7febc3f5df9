// One line that tells how far a run is: rewritten in place on a terminal, a line every half minute
// elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

using Clock = std::chrono::steady_clock;

class Progress {
 public:
  // already: images that an earlier program did.
  explicit Progress(std::size_t total_images, std::size_t already = 0);

  // label: what is being done ("epoch 2/8"); share: of it, 0..1; done: images of the whole run so
  // far.
  void show(std::string_view label, double share, std::size_t done, double loss);

  // Prints a line that stays.
  void say(std::string_view line);

  double seconds() const;

 private:
  std::size_t total_;
  bool terminal_;
  Clock::time_point begin_, shown_;
  Clock::time_point rate_from_;  // images a second are those of the last few seconds
  std::size_t rate_images_ = 0;
  double rate_ = 0;
};

// Likewise for work that is counted in pieces of one kind. On standard error, and only on a
// terminal: what is printed in the end may go into a file. It is wiped when it ends.
class Bar {
 public:
  Bar(std::string label, std::size_t total);
  ~Bar();
  void show(std::size_t done);

 private:
  std::string label_;
  std::size_t total_;
  bool terminal_;
  Clock::time_point begin_, shown_;
};

// Prints a line where no progress is shown.
void say(std::string_view line);

// Likewise on standard error, where it is in nobody's way: "inkling: LINE".
void warn(std::string_view line);

// "4:05" or "1:02:03".
std::string as_time(double seconds);

}  // namespace cli
