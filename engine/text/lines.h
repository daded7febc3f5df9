// Where a line of text may be broken, in scripts with spaces and in those without.
#pragma once

#include <string_view>

namespace text {

// The first character (UTF-8), which is taken from the text; U+FFFD for bytes that are none. The
// text is not empty.
char32_t take_character(std::string_view& text);

// The first piece of the text that is not to be broken, which is taken from it: a word with the
// spaces behind it, or one ideograph with the punctuation that must not be parted from it (after
// https://www.unicode.org/reports/tr14, as far as the game's languages need it). The text is not
// empty.
std::string_view take_piece(std::string_view& text);

}  // namespace text
