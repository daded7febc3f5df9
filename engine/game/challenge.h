// A game as the end of a link: the words, and how a player drew them, so small that six drawings go
// through any messenger. There is no server: the link is all that a friend's page gets.
//
// The text is base64url (RFC 4648, section 5, without padding) of these bytes:
//   version u8 (1), rounds u8 (1..12), then each round:
//     length of the word u8, the word (UTF-8, the category's English key), won u8 (0, 1),
//     tenths of a second varint: when it was recognised, or how long it was tried,
//     strokes u8, then each stroke: tenths of a second since the stroke before it ended varint, how
//     many it took varint, points varint, then for each point the differences in x and y from the
//     point before it (of the whole drawing, which begins at 0, 0), zigzag varints,
//   and a checksum u16 (FNV-1a of all bytes before, its halves added by exclusive or),
//   little-endian.
// Coordinates are those of simplified ink, 0..255; along a stroke the pen's speed is even.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/game/round.h"
#include "engine/ink/drawing.h"
#include "engine/result.h"

namespace game {

inline constexpr std::size_t longest_challenge = 2000;  // characters
inline constexpr std::size_t most_challenge_rounds = 12;

// One word of the friend's game.
struct Challenge {
  struct Round {
    std::string word;      // the category's English key
    bool won = false;      // it was recognised
    float seconds = 0;     // until it was, or that were tried, 0..999
    ink::Drawing drawing;  // simplified, 0..255, with times; may be empty
  };
  std::vector<Round> rounds;
};

// What a game of these finished rounds sends a friend; `classes` names their targets.
Challenge challenge_of(std::span<const Round> played, std::span<const std::string> classes);

int rounds_won(const Challenge& challenge);

// The text, at most `longest_challenge` characters; drawings are simplified further until they fit.
// Nothing where that can't be done: without rounds, with more than twelve, or with words that are
// too long.
std::optional<std::string> write_challenge(const Challenge& challenge);

// The text of these bytes with their checksum. They need not be those of a game: tests make links
// of all kinds.
std::string challenge_text(std::span<const std::uint8_t> bytes);

// Fails, saying why, on another version and on a text that is cut short, changed or made up: what
// comes out is a game that can be played and shown.
Result<Challenge> read_challenge(std::string_view text);

}  // namespace game
