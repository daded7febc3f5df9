// How the trainer reports what went wrong: an exception whose text is the one line that the user
// sees. It names the file, the place in it, and the remedy; `main` prints it and exits with 2.
//
//   fail("{}: row {} of {} is cut short; fetch the file again", path, row, rows);
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

// One line it stays whatever it quotes: control characters, which names in files may hold, become
// question marks.
struct Error : std::runtime_error {
  explicit Error(std::string text) : std::runtime_error(on_one_line(std::move(text))) {}

 private:
  static std::string on_one_line(std::string text) {
    for (char& c : text)
      if ((c >= 0 && c < ' ') || c == 0x7f) c = '?';
    return text;
  }
};

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Error(fmt::format(text, std::forward<Arguments>(arguments)...));
}
