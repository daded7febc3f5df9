// .npy: the header of pictures.
#include "trainer/data/npy.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

void fuzz::run(Bytes bytes) {
  // The file may go on behind what is looked at, by as much as its first bytes say.
  std::uint64_t more = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(6, bytes.size()); ++i)
    more = more << 8 | bytes[i];
  if (bytes.size() >= 6) bytes = bytes.subspan(6);
  for (const std::uint64_t size : {std::uint64_t(bytes.size()), bytes.size() + more})
    for (const std::size_t columns : {std::size_t{784}, std::size_t{2}})
      attempt([&] {
        const data::NpyPictures pictures =
            data::read_npy_header(bytes, size, columns, "pictures.npy");
        expect(pictures.begin <= bytes.size(), "the rows begin behind the header");
        expect(pictures.columns == columns, "the columns are those that were asked for");
        expect(pictures.rows <= (size - pictures.begin) / columns, "the rows are in the file");
      });
}
