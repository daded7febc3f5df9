// NumPy's array files (.npy, format 1.0 and 2.0:
// numpy.org/doc/stable/reference/generated/numpy.lib.format.html), as far as pictures need them:
// uint8, two-dimensional, rows first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace data {

struct NpyPictures {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t begin = 0;  // where the first row stands in the file
};

// Where the first row stands in a file that begins with these bytes, if it is an .npy; none where
// they are too few to tell.
std::optional<std::size_t> npy_begin(std::span<const std::uint8_t> bytes);

// The pictures, with `columns` pixels each, in a file of `size` bytes that begins with these.
// Fails, naming `path`, on any other dtype, order or shape, and where the file is shorter than the
// header promises.
NpyPictures read_npy_header(std::span<const std::uint8_t> bytes, std::uint64_t size,
                            std::size_t columns, const std::string& path);

// What stands before the pixels in a file of pictures, [rows, columns]: 128 bytes.
std::string npy_header(std::size_t rows, std::size_t columns);

}  // namespace data
