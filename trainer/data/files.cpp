#include "trainer/data/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "engine/ink/drawing.h"
#include "engine/random.h"
#include "trainer/data/dataset.h"
#include "trainer/data/ndjson.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"
#include "trainer/file.h"

namespace data {
namespace {

constexpr std::size_t bitmap_pixels = std::size_t{28} * 28;

NpyPictures open_bitmaps(const InputFile& file) {
  std::vector<std::uint8_t> header(std::size_t(std::min<std::uint64_t>(65536, file.size())));
  header.resize(file.read(0, header));
  return read_npy_header(header, file.size(), bitmap_pixels, file.path());
}

std::uint64_t ink_hash(const ink::Drawing& drawing) {
  std::uint64_t hash = drawing.strokes.size();
  for (const ink::Stroke& stroke : drawing.strokes) {
    hash = mix_bits(hash + stroke.size());
    for (const ink::Point& p : stroke)
      hash = mix_bits(hash + (std::uint64_t{std::bit_cast<std::uint32_t>(p.x)} << 32 |
                              std::bit_cast<std::uint32_t>(p.y)));
  }
  return hash;
}

void copy_bitmaps(const InputFile& file, OutputFile& out, std::size_t rows, std::size_t begin) {
  std::vector<std::uint8_t> some(bitmap_pixels * 1024);
  for (std::uint64_t at = begin, end = begin + std::uint64_t{rows} * bitmap_pixels; at < end;) {
    const auto size = std::size_t(std::min<std::uint64_t>(some.size(), end - at));
    if (file.read(at, std::span(some).first(size)) != size)
      fail("{}: cannot be read at byte {} any more; was the file changed meanwhile?", file.path(),
           at);
    out.write(std::span(some).first(size));
    at += size;
  }
}

}  // namespace

Format format_of(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".bin") return Format::bin;
  if (ending == ".ndjson") return Format::ndjson;
  if (ending == ".npy") return Format::npy;
  fail("{}: the name of a file of drawings ends in .bin, .ndjson or .npy", path.string());
}

FileInfo look_into(const std::filesystem::path& path) {
  const Format format = format_of(path);
  const InputFile file(path);
  FileInfo info;
  info.bytes = file.size();
  if (format == Format::npy) {
    const NpyPictures pictures = open_bitmaps(file);
    info.drawings = info.recognized = pictures.rows;
    std::vector<std::uint8_t> row(bitmap_pixels);
    for (std::size_t i = 0; i < pictures.rows; ++i) {
      file.read(pictures.begin + std::uint64_t{i} * bitmap_pixels, row);
      info.hashes.push_back(picture_key(row));
    }
    return info;
  }
  Stream stream(file, format);
  while (stream.next()) {
    const ink::Record& record = stream.record();
    ++info.drawings;
    info.recognized += record.recognized != ink::Recognized::no;
    info.strokes += record.drawing.strokes.size();
    info.points += std::size_t(ink::point_count(record.drawing));
    info.hashes.push_back(ink_hash(record.drawing));
  }
  info.broken = stream.broken();
  return info;
}

std::size_t duplicates(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  std::size_t count = 0;
  for (std::size_t i = 1; i < hashes.size(); ++i) count += hashes[i] == hashes[i - 1];
  return count;
}

std::size_t convert(const std::filesystem::path& from, const std::filesystem::path& to,
                    const ConvertOptions& options) {
  const Format source = format_of(from), target = format_of(to);
  const InputFile file(from);
  if (source == Format::npy) {
    if (target != Format::npy)
      fail("{}: bitmaps have no strokes any more; fetch the strokes of this class instead",
           from.string());
    const NpyPictures pictures = open_bitmaps(file);
    const std::size_t rows = std::min(pictures.rows, options.most);
    OutputFile out(to);
    out.write(npy_header(rows, bitmap_pixels));
    copy_bitmaps(file, out, rows, pictures.begin);
    out.commit();
    return rows;
  }

  OutputFile out(to);
  const auto side = std::size_t(options.raster.side);
  std::vector<std::uint8_t> bytes(target == Format::npy ? side * side : 0);
  // The number of rows stands before them, and is known after them.
  if (target == Format::npy) out.write(npy_header(0, side * side));
  Stream stream(file, source);
  std::size_t drawings = 0;
  const std::string word = from.stem().string();
  while (drawings < options.most && stream.next()) {
    const ink::Record& record = stream.record();
    if (target == Format::npy) {
      ink::raster(record.drawing, options.raster, bytes);
      out.write(bytes);
    } else if (target == Format::ndjson) {
      out.write(write_ndjson(record, word));
    } else {
      bytes.clear();
      if (const auto written = ink::write_record(record, bytes); !written)
        fail("{}: the drawing at byte {}: {}", from.string(), stream.at(), written.error());
      out.write(bytes);
    }
    ++drawings;
    if (options.progress && drawings % 256 == 0) options.progress(stream.end(), file.size());
  }
  if (const std::string line = stream.left_out(drawings); !line.empty() && options.say)
    options.say(line);
  if (drawings == 0) fail("{}: holds no drawings", from.string());
  if (target == Format::npy) out.overwrite(0, npy_header(drawings, side * side));
  out.commit();
  return drawings;
}

SortedWords sort_by_word(const std::filesystem::path& from, const std::filesystem::path& folder) {
  // Read, not mapped: a file that becomes shorter meanwhile would end the program.
  const InputFile file(from);
  std::vector<std::uint8_t> bytes(std::size_t(file.size()));
  if (file.read(0, bytes) != bytes.size())
    fail("{}: became shorter while it was read; try again", from.string());
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  SortedWords sorted;
  std::map<std::string, std::string> lines;
  std::size_t n_lines = 0;
  while (!text.empty()) {
    ++n_lines;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    const Result<std::string> word = read_word(line);
    if (word) {
      ++sorted.drawings[*word];
      lines[*word].append(line).append("\n");
    } else if (sorted.broken++ == 0) {
      sorted.first_broken = fmt::format("line {}: {}", n_lines, word.error());
    }
  }
  if (lines.empty())
    fail("{}: holds no drawings{}", from.string(),
         sorted.broken > 0 ? ": " + sorted.first_broken : "");
  expect_few_broken(from.string(), sorted.broken, n_lines, sorted.first_broken);
  std::filesystem::create_directories(folder);
  for (const auto& [word, its] : lines) write_file(folder / (word + ".ndjson"), its);
  return sorted;
}

}  // namespace data
