#include "engine/text/lines.h"

#include <cstddef>
#include <cstdint>

namespace text {

namespace {

// Han, kana, hangul, and the punctuation that goes with them: each is as good as a word.
bool is_ideograph(char32_t c) {
  return (c >= 0x2e80 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xff00 && c <= 0xff60) || (c >= 0x20000 && c <= 0x3ffff);
}

// Never the last of a line.
bool opens(char32_t c) {
  return std::u32string_view(U"“‘（《「『【〈").find(c) != std::u32string_view::npos;
}

// Never the first of a line.
bool closes(char32_t c) {
  return std::u32string_view(U"，。、！？：；…—”’）》」』】〉·,.!?:;").find(c) !=
         std::u32string_view::npos;
}

}  // namespace

char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const char32_t first = byte(0);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xc2 ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                                          : 4;
  char32_t character = size <= 1 ? first : first & (0x7fu >> size);
  bool whole = size > 0 && size <= text.size();
  for (std::size_t i = 1; whole && i < size; ++i) {
    whole = (byte(i) & 0xc0) == 0x80;
    character = character << 6 | (byte(i) & 0x3f);
  }
  text.remove_prefix(whole ? size : 1);
  return whole ? character : 0xfffd;
}

std::string_view take_piece(std::string_view& text) {
  std::string_view rest = text;
  char32_t last = take_character(rest);
  while (!rest.empty()) {
    std::string_view ahead = rest;
    const char32_t next = take_character(ahead);
    const bool between = next != ' ' && (last == ' ' || is_ideograph(last) || is_ideograph(next));
    if (between && !opens(last) && !closes(next)) break;
    last = next;
    rest = ahead;
  }
  const std::string_view piece = text.substr(0, text.size() - rest.size());
  text = rest;
  return piece;
}

}  // namespace text
