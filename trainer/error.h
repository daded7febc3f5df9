// How the trainer reports what went wrong: an exception whose text is the one line that the user
// sees. It names the file, the place in it, and the remedy; `main` prints it and exits with 2.
//
//   fail("{}: row {} of {} is cut short; fetch the file again", path, row, rows);
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Error(fmt::format(text, std::forward<Arguments>(arguments)...));
}
