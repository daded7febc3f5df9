#include "trainer/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "trainer/error.h"

namespace {

namespace fs = std::filesystem;

// A file descriptor that closes itself.
struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

// Does not wait for somebody to write into what is no file but a pipe.
int open_for_reading(const fs::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t(time.tv_sec) * 1000000000 + time.tv_nsec;
}

}  // namespace

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

Mapping::~Mapping() {
  if (!bytes_.empty()) unmap_memory(bytes_.data(), bytes_.size());
}

void unmap_memory(void* bytes, std::size_t size) {
  ::munmap(bytes, size);
}

std::span<std::uint8_t> map_memory(std::size_t size) {
  if (size == 0) return {};
  void* bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED)
    fail("there are no {} MB of memory left; close other programs", size >> 20);
  ::madvise(bytes, size, MADV_HUGEPAGE);  // where it cannot be, it is slower
  return {static_cast<std::uint8_t*>(bytes), size};
}

Mapping large_memory(std::size_t size) {
  return Mapping(map_memory(size));
}

MappedFile::MappedFile(const fs::path& path) {
  Descriptor file{open_for_reading(path)};
  if (file.number < 0) fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
  struct stat status{};
  if (::fstat(file.number, &status) != 0 || !S_ISREG(status.st_mode))
    fail("{}: is not a file", path.string());
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number, 0);
  if (bytes == MAP_FAILED) fail("{}: cannot be mapped: {}", path.string(), std::strerror(errno));
  mapping_ = Mapping({static_cast<std::uint8_t*>(bytes), size});
}

std::string read_file(const fs::path& path) {
  const MappedFile file(path);
  return {file.bytes().begin(), file.bytes().end()};
}

OutputFile::OutputFile(const fs::path& path)
    : path_(path), temporary_(fmt::format("{}.{}.tmp", path.string(), ::getpid())) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) fail_with(EISDIR);
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail_with(errno);
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void OutputFile::fail_with(int error) const {
  fail("{}: could not be written: {}", path_.string(), std::strerror(error));
}

void OutputFile::write(std::span<const std::uint8_t> bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void OutputFile::write(std::string_view text) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void OutputFile::overwrite(std::uint64_t at, std::string_view text) {
  const ssize_t written = ::pwrite(descriptor_, text.data(), text.size(), off_t(at));
  if (written != ssize_t(text.size())) fail_with(written < 0 ? errno : EIO);
}

void OutputFile::commit() {
  int error = ::fsync(descriptor_) == 0 ? 0 : errno;
  if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary_.c_str(), path_.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(temporary_.c_str());
  fail_with(error);
}

void expect_writable(const fs::path& path) {
  const OutputFile probe(path);
}

void write_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file(const fs::path& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

void prepare_output_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    fail("{}: the output folder cannot be created: {}", folder.string(),
         error ? error.message() : "a file of that name is in the way");
  std::string probe = (folder / ".inkling-XXXXXX").string();
  Descriptor file{::mkstemp(probe.data())};
  if (file.number < 0)
    fail("{}: cannot write into the output folder: {}", folder.string(), std::strerror(errno));
  ::unlink(probe.c_str());
}

void remove_leftovers(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    // NAME.PROCESS.tmp, as OutputFile names them.
    const std::string process = entry.path().stem().extension().string();
    if (entry.path().extension() == ".tmp" && process.size() > 1 &&
        process.find_first_not_of("0123456789", 1) == std::string::npos)
      fs::remove(entry.path(), ignored);
  }
}

FolderLock::FolderLock(const fs::path& folder) {
  const fs::path path = folder / ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    fail("{}: cannot write into the output folder: {}", folder.string(), std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(std::exchange(descriptor_, -1));
  fail("{}: another run is writing into this folder; wait for it, or name another with --out",
       folder.string());
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

InputFile::InputFile(const fs::path& path) : path_(path.string()) {
  Descriptor file{open_for_reading(path)};
  if (file.number < 0) fail("{}: cannot be opened: {}", path_, std::strerror(errno));
  struct stat status{};
  if (::fstat(file.number, &status) != 0 || !S_ISREG(status.st_mode))
    fail("{}: is not a file", path_);
  size_ = std::uint64_t(status.st_size);
  changed_ = nanoseconds(status.st_mtim);
  descriptor_ = std::exchange(file.number, -1);
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      changed_(other.changed_),
      kept_(other.kept_),
      memory_(other.memory_) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void InputFile::keep(std::span<std::uint8_t> memory) {
  memory_ = memory.first(read(0, memory));
  kept_ = true;
}

std::span<const std::uint8_t> InputFile::view(std::uint64_t at, std::size_t size,
                                              std::vector<std::uint8_t>& memory) const {
  if (kept_) {
    const std::size_t from = std::size_t(std::min<std::uint64_t>(at, memory_.size()));
    return memory_.subspan(from, std::min(size, memory_.size() - from));
  }
  memory.resize(size);
  return std::span(memory).first(read(at, memory));
}

void InputFile::prefetch(std::uint64_t at, std::size_t size) const {
  constexpr std::size_t cache_line = 64;
  for (std::size_t i = 0; i < size && at + i < memory_.size(); i += cache_line)
    __builtin_prefetch(memory_.data() + at + i);
}

std::size_t InputFile::read(std::uint64_t at, std::span<std::uint8_t> bytes) const {
  std::size_t done = 0;
  if (kept_) {
    std::vector<std::uint8_t> none;
    const std::span<const std::uint8_t> there = view(at, bytes.size(), none);
    std::copy(there.begin(), there.end(), bytes.begin());
    return there.size();
  }
  while (done < bytes.size()) {
    const ssize_t n =
        ::pread(descriptor_, bytes.data() + done, bytes.size() - done, off_t(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("{}: cannot be read at byte {}: {}", path_, at, std::strerror(errno));
    if (n == 0) break;
    done += std::size_t(n);
  }
  return done;
}

void InputFile::expect_unchanged() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0 || std::uint64_t(status.st_size) != size_ ||
      nanoseconds(status.st_mtim) != changed_)
    fail("{}: was changed while it was in use; start again, with the file left alone", path_);
}
