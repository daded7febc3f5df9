#include "engine/game/challenge.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/bytes.h"
#include "engine/ink/simplify.h"
#include "engine/model/card.h"

namespace game {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t version = 1;
constexpr std::size_t most_bytes = longest_challenge / 4 * 3, checksum_size = 2;
constexpr std::size_t most_strokes = 255;
constexpr std::uint64_t most_points = 4096;
constexpr std::uint64_t longest = 9990;  // tenths of a second
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::uint64_t tenths(double seconds) {
  if (!(seconds > 0)) return 0;
  return static_cast<std::uint64_t>(std::min(std::round(seconds * 10), double{longest}));
}

std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t hash = 0x811c9dc5;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x01000193;
  return static_cast<std::uint16_t>(hash ^ hash >> 16);
}

std::string to_text(std::span<const std::uint8_t> bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) text += alphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += alphabet[bits << (6 - count) & 63];
  return text;
}

// Empty where a character is none of the alphabet, or bits are left over.
Bytes from_text(std::string_view text) {
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == alphabet.npos) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  const bool whole = count < 6 && (bits & ((1u << count) - 1)) == 0;
  return whole ? bytes : Bytes{};
}

double length(const ink::Stroke& stroke) {
  return ink::ink_length({{stroke}});
}

// A drawing on its way into the link: as exact as there is room for.
struct Packed {
  const ink::Drawing* whole;
  float epsilon = 2;      // the data set's own
  std::size_t fewer = 0;  // strokes left out, the shortest ones
  Bytes bytes;
  bool smallest = false;  // it cannot be made smaller
};

// The drawing without its shortest strokes, of equal ones the first; one stroke stays.
ink::Drawing without_shortest(ink::Drawing drawing, std::size_t fewer) {
  std::vector<ink::Stroke>& strokes = drawing.strokes;
  if (strokes.empty() || fewer == 0) return drawing;
  std::vector<std::pair<double, std::size_t>> by_length;
  by_length.reserve(strokes.size());
  for (const ink::Stroke& stroke : strokes)
    by_length.emplace_back(length(stroke), by_length.size());
  std::sort(by_length.begin(), by_length.end());
  by_length.resize(std::min(fewer, strokes.size() - 1));
  for (const auto& [length, index] : by_length) strokes[index].clear();
  std::erase_if(strokes, [](const ink::Stroke& stroke) { return stroke.empty(); });
  return drawing;
}

void pack(Packed& packed) {
  ink::Drawing drawing =
      without_shortest(ink::simplify(*packed.whole, packed.epsilon), packed.fewer);
  if (drawing.strokes.size() > most_strokes) {
    const std::size_t excess = drawing.strokes.size() - most_strokes;
    packed.fewer += excess;
    drawing = without_shortest(std::move(drawing), excess);
  }
  Bytes& bytes = packed.bytes;
  bytes.assign(1, static_cast<std::uint8_t>(drawing.strokes.size()));
  std::int64_t x = 0, y = 0;
  std::uint64_t now = 0;
  for (const ink::Stroke& stroke : drawing.strokes) {
    const std::uint64_t begin = std::max(tenths(stroke.front().t), now);
    const std::uint64_t end = std::max(tenths(stroke.back().t), begin);
    append_varint(bytes, begin - now);
    append_varint(bytes, end - begin);
    now = end;
    const std::size_t points = std::min<std::size_t>(stroke.size(), most_points);
    append_varint(bytes, points);
    for (const ink::Point& point : std::span(stroke).first(points)) {
      const auto to_x = static_cast<std::int64_t>(std::lround(point.x));
      const auto to_y = static_cast<std::int64_t>(std::lround(point.y));
      append_varint(bytes, zigzag(to_x - x));
      append_varint(bytes, zigzag(to_y - y));
      x = to_x, y = to_y;
    }
  }
}

// Makes a drawing smaller by one step, unless it is as small as it gets.
void shrink(Packed& packed) {
  constexpr float coarsest = 24;  // of the 255 units; below it drawings still look like themselves
  if (packed.epsilon < coarsest) {
    packed.epsilon *= 1.3f;
  } else if (packed.bytes[0] > 1) {
    packed.fewer += std::max<std::size_t>(1, packed.bytes[0] / 8);
  } else if (packed.epsilon < 512) {
    packed.epsilon *= 2;  // one stroke of countless corners
  } else {
    packed.smallest = true;
    return;
  }
  pack(packed);
}

Result<Challenge> failure(const char* message) {
  return Result<Challenge>::failure(message);
}

// False: it is no drawing.
bool read_drawing(ByteReader& reader, ink::Drawing& drawing) {
  const int strokes = reader.byte();
  std::int64_t x = 0, y = 0;
  std::uint64_t now = 0;
  for (int s = 0; s < strokes; ++s) {
    const std::uint64_t pause = reader.varint(), took = reader.varint(), points = reader.varint();
    if (pause > longest || took > longest || points == 0 || points > most_points) return false;
    const std::uint64_t begin = now + pause;
    now = begin + took;
    if (now > longest) return false;
    ink::Stroke& stroke = drawing.strokes.emplace_back();
    for (std::uint64_t p = 0; p < points; ++p) {
      const std::uint64_t to_x = reader.varint(), to_y = reader.varint();
      if (reader.short_of || to_x > 510 || to_y > 510) return false;
      x += from_zigzag(to_x), y += from_zigzag(to_y);
      if (x < 0 || x > 255 || y < 0 || y > 255) return false;
      stroke.push_back({static_cast<float>(x), static_cast<float>(y), 0});
    }
    // The pen's speed is even.
    const double whole = length(stroke);
    double drawn = 0;
    for (std::size_t p = 0; p < stroke.size(); ++p) {
      if (p > 0) drawn += length({stroke[p - 1], stroke[p]});
      const double share = whole > 0 ? drawn / whole : 0;
      stroke[p].t =
          static_cast<float>((static_cast<double>(begin) + share * static_cast<double>(took)) / 10);
    }
  }
  return true;
}

}  // namespace

Challenge challenge_of(std::span<const Round> played, std::span<const std::string> classes) {
  Challenge challenge;
  for (const Round& round : played) {
    const bool won = round.outcome == Outcome::won;
    challenge.rounds.push_back({.word = classes[static_cast<std::size_t>(round.target)],
                                .won = won,
                                .seconds = static_cast<float>(won ? round.won_at : round.elapsed),
                                .drawing = round.drawing});
  }
  return challenge;
}

int rounds_won(const Challenge& challenge) {
  const auto won = [](const Challenge::Round& round) { return round.won; };
  return static_cast<int>(std::count_if(challenge.rounds.begin(), challenge.rounds.end(), won));
}

std::optional<std::string> write_challenge(const Challenge& challenge) {
  const std::size_t rounds = challenge.rounds.size();
  if (rounds == 0 || rounds > most_challenge_rounds) return {};
  std::vector<Packed> drawings;
  std::size_t size = 2 + checksum_size;
  for (const Challenge::Round& round : challenge.rounds) {
    if (round.word.size() > 255) return {};
    Bytes time;
    append_varint(time, tenths(round.seconds));
    size += 1 + round.word.size() + 1 + time.size();
    pack(drawings.emplace_back(Packed{.whole = &round.drawing, .bytes = {}}));
    size += drawings.back().bytes.size();
  }
  while (size > most_bytes) {
    Packed* largest = nullptr;
    for (Packed& drawing : drawings) {
      if (drawing.smallest) continue;
      if (largest == nullptr || drawing.bytes.size() > largest->bytes.size()) largest = &drawing;
    }
    if (largest == nullptr) return {};
    size -= largest->bytes.size();
    shrink(*largest);
    size += largest->bytes.size();
  }
  Bytes bytes = {version, static_cast<std::uint8_t>(rounds)};
  for (std::size_t i = 0; i < rounds; ++i) {
    const Challenge::Round& round = challenge.rounds[i];
    bytes.push_back(static_cast<std::uint8_t>(round.word.size()));
    bytes.insert(bytes.end(), round.word.begin(), round.word.end());
    bytes.push_back(round.won ? 1 : 0);
    append_varint(bytes, tenths(round.seconds));
    bytes.insert(bytes.end(), drawings[i].bytes.begin(), drawings[i].bytes.end());
  }
  return challenge_text(bytes);
}

std::string challenge_text(std::span<const std::uint8_t> bytes) {
  const std::uint16_t sum = checksum(bytes);
  Bytes sealed(bytes.begin(), bytes.end());
  sealed.push_back(static_cast<std::uint8_t>(sum));
  sealed.push_back(static_cast<std::uint8_t>(sum >> 8));
  return to_text(sealed);
}

Result<Challenge> read_challenge(std::string_view text) {
  if (text.size() > longest_challenge) return failure("the link is too long");
  const Bytes bytes = from_text(text);
  if (bytes.size() < 2 + checksum_size)
    return failure("the link is cut short, or no link of a game");
  const std::span<const std::uint8_t> content =
      std::span(bytes).first(bytes.size() - checksum_size);
  const auto sum = static_cast<std::uint16_t>(bytes[bytes.size() - 2] | bytes.back() << 8);
  if (bytes[0] != version) return failure("the link is of another version of the game");
  if (sum != checksum(content)) return failure("the link was changed on its way, or cut short");
  ByteReader reader{.bytes = content.subspan(1)};
  const std::size_t rounds = reader.byte();
  if (rounds == 0 || rounds > most_challenge_rounds) return failure("the link has no rounds");
  Challenge challenge;
  for (std::size_t i = 0; i < rounds; ++i) {
    Challenge::Round& round = challenge.rounds.emplace_back();
    round.word = reader.text(reader.byte());
    if (!model::is_class_name(round.word)) return failure("the link has a word that is none");
    const std::uint8_t won = reader.byte();
    const std::uint64_t time = reader.varint();
    if (won > 1 || time > longest) return failure("the link has an end of a round that is none");
    round.won = won == 1;
    round.seconds = static_cast<float>(time) / 10;
    if (!read_drawing(reader, round.drawing) || reader.short_of)
      return failure("the link has a drawing that is none");
  }
  if (!reader.bytes.empty()) return failure("the link goes on after its end");
  return challenge;
}

}  // namespace game
