#include "trainer/cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace cli {
namespace {

std::atomic<bool> noted = false, terminated = false;
std::atomic<std::int64_t> noted_at = 0;  // seconds
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);

// A signal within a second is the same one again: `timeout` signals the program and then its whole
// group.
void on_signal(int number) {
  if (number == SIGTERM) terminated = true;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  if (!noted) {
    noted_at = now.tv_sec;
    noted = true;
  } else if (now.tv_sec > noted_at + 1) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGUSR1, on_signal);
}

bool interrupted() {
  return noted;
}

bool told_to_end() {
  return terminated;
}

}  // namespace cli
