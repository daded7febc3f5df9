// The drawings of one file of strokes, one after another.
//
//   data::Stream stream(file, data::Format::bin);
//   while (stream.next()) use(stream.record());
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/ink/record.h"
#include "trainer/file.h"

namespace data {

enum class Format { bin, ndjson, npy };

// The longest record or line that is read, in bytes: more is no drawing.
inline constexpr std::size_t longest_drawing = std::size_t{1} << 26;

// Lines of an .ndjson that are broken are left out. Fails where they are more than a hundred and
// more than one in a hundred. first: of the first one, "line 7: no JSON".
void expect_few_broken(const std::string& path, std::size_t broken, std::size_t lines,
                       const std::string& first);

class Stream {
 public:
  // format: bin or ndjson. The file must outlive the stream.
  Stream(const InputFile& file, Format format) : file_(file), format_(format) {}

  // Goes to the next drawing; false where there is none. Fails, naming the file and the place, on a
  // malformed record of a .bin, behind which nothing can be read; broken lines of an .ndjson are
  // counted and left out.
  bool next();

  const ink::Record& record() const { return record_; }
  std::uint64_t at() const { return at_; }    // the byte where it begins
  std::uint64_t end() const { return end_; }  // and where it ends

  // Of an .ndjson so far, empty lines included.
  std::size_t lines() const { return lines_; }
  std::size_t broken() const { return broken_; }
  const std::string& first_broken() const { return first_broken_; }  // "line 7: no JSON"

  // "cat.ndjson: 3 broken lines of 400 left out, the first one: line 7: no JSON"; empty where none
  // is. Fails where they are too many, or where `drawings`, what came of the others, are none.
  std::string left_out(std::size_t drawings) const;

 private:
  bool next_record();
  bool next_line();
  // A part of the file that begins at end_: some of it, or, again and again, more. False where
  // there is no more.
  void look();
  bool look_further();
  void fill(std::size_t size);
  std::span<const std::uint8_t> seen() const;

  const InputFile& file_;
  Format format_;
  ink::Record record_;
  std::uint64_t at_ = 0, end_ = 0;
  std::vector<std::uint8_t> window_;
  std::uint64_t window_at_ = 0;
  std::size_t records_ = 0, lines_ = 0, broken_ = 0;
  std::string first_broken_;
};

}  // namespace data
