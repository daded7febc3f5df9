// Files, read by mapping and written whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Memory that the kernel has mapped, given back at the end of this.
class Mapping {
 public:
  Mapping() = default;
  explicit Mapping(std::span<std::uint8_t> bytes) : bytes_(bytes) {}
  Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  std::span<std::uint8_t> bytes() const { return bytes_; }

 private:
  std::span<std::uint8_t> bytes_;
};

// Memory for much that is read here and there, all zeros. In huge pages where the system has them,
// so that the processor need not look up where each piece lies. Fails where there is not so much.
std::span<std::uint8_t> map_memory(std::size_t size);
void unmap_memory(void* bytes, std::size_t size);
Mapping large_memory(std::size_t size);

// The memory of a vector that is large and read here and there: in huge pages, as above. Whole
// ones, so that its end lies in one too.
template <class T>
struct LargeMemory {
  using value_type = T;

  LargeMemory() = default;
  template <class U>
  explicit LargeMemory(const LargeMemory<U>&) {}
  bool operator==(const LargeMemory&) const = default;

  T* allocate(std::size_t n) { return reinterpret_cast<T*>(map_memory(whole_pages(n)).data()); }
  void deallocate(T* items, std::size_t n) { unmap_memory(items, whole_pages(n)); }

 private:
  static constexpr std::size_t page = std::size_t{2} << 20;
  static std::size_t whole_pages(std::size_t n) { return (n * sizeof(T) + page - 1) / page * page; }
};

// A file's bytes, mapped into memory: only what is read takes up memory, and the kernel may drop it
// again.
class MappedFile {
 public:
  // Fails where the file cannot be opened or mapped. An empty file has no bytes.
  explicit MappedFile(const std::filesystem::path& path);

  std::span<const std::uint8_t> bytes() const { return mapping_.bytes(); }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes().data()), bytes().size()};
  }

 private:
  Mapping mapping_;
};

// All of a file; fails likewise.
std::string read_file(const std::filesystem::path& path);

// A file that is written bit by bit, to a temporary name in the same folder; commit() has the disk
// confirm it, then renames: readers see the old file or the new one. Where it is not committed, or
// fails (a full disk), the temporary file is removed and the old file stays.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // They fail, naming the path, where the disk does.
  void write(std::span<const std::uint8_t> bytes);
  void write(std::string_view text);
  void overwrite(std::uint64_t at, std::string_view text);  // what is written already
  void commit();

  std::uint64_t size() const { return size_; }

 private:
  [[noreturn]] void fail_with(int error) const;

  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// Fails where that would, before the work whose result the file is to hold.
void expect_writable(const std::filesystem::path& path);

// The same, at once.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

// Creates the folder where it is missing and tries that a file can be written in it, so that a long
// run does not find out at its end. Fails with the reason.
void prepare_output_folder(const std::filesystem::path& folder);

// Removes the temporary files that a program left which was killed while it wrote. Only for who
// keeps others out of the folder (FolderLock).
void remove_leftovers(const std::filesystem::path& folder);

// A file that is read here and there, by several threads at once. What is read is not kept, since a
// data set may be larger than memory, unless keep() was called.
class InputFile {
 public:
  // Fails, naming the path, on a file that cannot be opened or is none.
  explicit InputFile(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

  // Reads the whole file into `memory`, of its size: what is asked for from now on comes from
  // there, whatever becomes of the file. Fails where the disk does. Not while others read.
  void keep(std::span<std::uint8_t> memory);

  // The bytes from the place `at` on, at most `size` and as far as the file reaches: in the file's
  // own memory where it is kept, else read into `memory`. Fails where the disk does.
  std::span<const std::uint8_t> view(std::uint64_t at, std::size_t size,
                                     std::vector<std::uint8_t>& memory) const;

  // Has the processor bring the first `size` bytes at the place `at` near, where they are kept:
  // they are wanted soon.
  void prefetch(std::uint64_t at, std::size_t size) const;

  // Fills `bytes` from the place `at` on, as far as the file reaches; how many there were. Fails
  // where the disk does.
  std::size_t read(std::uint64_t at, std::span<std::uint8_t> bytes) const;

  // Fails where the file is not as it was when it was opened: its size or the time of its last
  // change.
  void expect_unchanged() const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::int64_t changed_ = 0;  // nanoseconds since 1970
  bool kept_ = false;
  std::span<const std::uint8_t> memory_;
};

// Keeps a second program from writing into a folder: while one of these lives, another for the same
// folder fails. It ends with the program, however that ends.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  int descriptor_ = -1;
};
