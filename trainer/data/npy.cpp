#include "trainer/data/npy.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "trainer/error.h"

namespace data {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// What stands behind 'key': in the header, up to the next comma outside of brackets.
std::string_view field(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return {};
  std::string_view value = header.substr(at + key.size() + 3);
  value.remove_prefix(std::min(value.size(), value.find_first_not_of(' ')));
  const bool tuple = value.starts_with('(');
  const std::size_t end = value.find(tuple ? ')' : ',');
  if (end == std::string_view::npos) return {};
  return value.substr(0, end + (tuple ? 1 : 0));
}

// The numbers of a tuple, "(1000, 784)"; none where it is malformed.
std::vector<std::size_t> numbers(std::string_view tuple) {
  std::vector<std::size_t> result;
  for (std::size_t at = 1; at < tuple.size() && tuple[at] != ')';) {
    if (tuple[at] == ' ' || tuple[at] == ',') {
      ++at;
      continue;
    }
    std::size_t value = 0;
    const auto [end, error] =
        std::from_chars(tuple.data() + at, tuple.data() + tuple.size(), value);
    if (error != std::errc()) return {};
    result.push_back(value);
    at = std::size_t(end - tuple.data());
  }
  return result;
}

}  // namespace

std::optional<std::size_t> npy_begin(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 12) return {};
  const std::size_t length = bytes[8] | std::size_t{bytes[9]} << 8;
  if (bytes[6] == 1) return 10 + length;
  return 12 + (length | std::size_t{bytes[10]} << 16 | std::size_t{bytes[11]} << 24);
}

NpyPictures read_npy_header(std::span<const std::uint8_t> bytes, std::uint64_t size,
                            std::size_t columns, const std::string& path) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(magic) || bytes.size() < 12)
    fail("{}: is not a NumPy array (.npy); fetch the file again", path);
  const int version = bytes[6];
  if (version != 1 && version != 2)
    fail("{}: .npy format {} is not known, only 1 and 2; save it again with numpy.save", path,
         version);
  const std::size_t begin = *npy_begin(bytes), before = version == 1 ? 10 : 12;
  if (begin > bytes.size()) fail("{}: the header is cut short; fetch the file again", path);

  const std::string_view header = text.substr(before, begin - before);
  const std::string_view dtype = field(header, "descr"), order = field(header, "fortran_order"),
                         shape = field(header, "shape");
  if (dtype != "'|u1'" && dtype != "'u1'")
    fail("{}: holds {} values where uint8 is needed; convert it with .astype(numpy.uint8)", path,
         dtype.empty() ? "unknown" : dtype);
  const std::vector<std::size_t> sizes = numbers(shape);
  if (order != "False" || sizes.size() != 2 || sizes[1] != columns)
    fail("{}: has shape {}{} where (N, {}) is needed: a picture of {} pixels in each row", path,
         shape.empty() ? "unknown" : shape, order == "True" ? " in Fortran order" : "", columns,
         columns);
  const std::size_t available = std::size_t(size - begin) / columns;
  if (sizes[0] > available)
    fail("{}: is cut short: {} of {} rows are there; fetch the file again", path, available,
         sizes[0]);
  return {sizes[0], columns, begin};
}

std::string npy_header(std::size_t rows, std::size_t columns) {
  // The format wants the array to begin at a multiple of 64; room for any number of rows.
  constexpr std::size_t size = 128, before = 10;
  std::string header =
      fmt::format("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  header.resize(size - before - 1, ' ');
  header.push_back('\n');
  const std::string length = {char(header.size() % 256), char(header.size() / 256)};
  return std::string(magic) + std::string("\x01\x00", 2) + length + header;
}

}  // namespace data
