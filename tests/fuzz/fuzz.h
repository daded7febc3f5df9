// What the fuzzers share. Each of them is one file, NAME.cpp, that gives arbitrary bytes to the
// reader of one format and then uses what came out, under libFuzzer with the address and
// undefined-behaviour sanitizers:
//
//   cmake --preset fuzz && cmake --build build/fuzz --target fuzzers
//   tests/fuzz/run 60                                        # all of them, a minute each
//   build/fuzz/bin/fuzz_ndjson build/fuzz/found/ndjson-...   # one input again
//
// A reader may say what is wrong with the bytes, in one line: an Error, or a Result that failed.
// Anything else is a finding: another exception, a crash, a hang, memory out of proportion, or a
// promise of the format's header that does not hold (expect).
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "trainer/error.h"

namespace fuzz {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What must hold whatever the bytes are.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline void expect_one_line(std::string_view error) {
  expect(!error.empty(), "an error says something");
  expect(error.find('\n') == std::string_view::npos, "an error is one line");
}

// Reads, and lets Error pass.
template <class Read>
void attempt(Read read) {
  try {
    read();
  } catch (const Error& error) {
    expect_one_line(error.what());
  }
}

// A file of these bytes, in memory, for readers that want a path.
class File {
 public:
  explicit File(Bytes bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    if (descriptor_ < 0) std::abort();
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written != ssize_t(bytes.size())) std::abort();
  }
  File(const File&) = delete;
  ~File() { ::close(descriptor_); }

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// What a harness does with one input.
void run(Bytes bytes);

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run({data, size});
  return 0;
}
