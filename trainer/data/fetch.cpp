#include "trainer/data/fetch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/ink/record.h"
#include "engine/random.h"
#include "trainer/data/npy.h"
#include "trainer/error.h"
#include "trainer/file.h"

namespace data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t bitmap_pixels = std::size_t{28} * 28;
// A simplified drawing has about 110 bytes, the longest ones a few thousand.
constexpr std::size_t longest_record = std::size_t{1} << 20;
constexpr std::size_t longest_header = std::size_t{1} << 16;
// More than that many bytes in one try are headway, and the tries are counted anew.
constexpr std::uint64_t headway = std::uint64_t{1} << 16;

constexpr std::string_view category_names[] = {
#include "categories.inc"
};

// ---- What the bytes of a file hold, told while they come

struct Scan {
  Form form = Form::strokes;
  std::size_t most = 0;                 // drawings wanted
  std::string path;                     // for errors
  std::uint64_t seen = 0;               // bytes
  std::size_t drawings = 0;             // whole ones, up to `most`
  std::uint64_t end = 0;                // the byte behind the last of them
  std::optional<NpyPictures> npy = {};  // of bitmaps, once the header is there
  std::vector<std::uint8_t> rest = {};  // a part of a record or of the header
};

std::string broken_record(const Scan& scan) {
  return fmt::format("{}: holds no drawings as it should: record {} at byte {}: {}", scan.path,
                     scan.drawings, scan.end, ink::record_size(scan.rest).error());
}

void scan_strokes(Scan& scan, Bytes bytes) {
  if (scan.drawings == scan.most) return;
  scan.rest.insert(scan.rest.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (scan.drawings < scan.most) {
    const Result<std::size_t> size = ink::record_size(std::span(scan.rest).subspan(at));
    if (!size) break;
    at += *size;
    ++scan.drawings;
  }
  scan.rest.erase(scan.rest.begin(), scan.rest.begin() + std::ptrdiff_t(at));
  scan.end += at;
  if (scan.drawings == scan.most) scan.rest.clear();
  if (scan.rest.size() > longest_record) fail("{}", broken_record(scan));
}

void scan_bitmaps(Scan& scan, Bytes bytes) {
  if (!scan.npy) {
    scan.rest.insert(scan.rest.end(), bytes.begin(), bytes.end());
    const std::optional<std::size_t> begin = npy_begin(scan.rest);
    if (!begin || std::min(*begin, longest_header) > scan.rest.size()) return;
    scan.npy = read_npy_header(scan.rest, UINT64_MAX, bitmap_pixels, scan.path);
    scan.rest.clear();
  }
  scan.drawings = std::size_t(std::min<std::uint64_t>(
      std::min(scan.most, scan.npy->rows), (scan.seen - scan.npy->begin) / bitmap_pixels));
  scan.end = scan.npy->begin + std::uint64_t{scan.drawings} * bitmap_pixels;
}

// Fails, naming the path, where the bytes are not those of a file of drawings.
void scan_on(Scan& scan, Bytes bytes) {
  scan.seen += bytes.size();
  scan.form == Form::strokes ? scan_strokes(scan, bytes) : scan_bitmaps(scan, bytes);
}

bool complete(const Scan& scan) {
  return scan.drawings == (scan.npy ? std::min(scan.most, scan.npy->rows) : scan.most);
}

void scan_on(Scan& scan, const InputFile& file, std::uint64_t begin) {
  std::vector<std::uint8_t> some(std::size_t{1} << 18);
  while (!complete(scan)) {
    const std::size_t size = file.read(begin + scan.seen, some);
    if (size == 0) return;
    scan_on(scan, std::span(some).first(size));
  }
}

// ---- What is there of a file so far

// What tells one version of the server's file from another, as far as the server says it.
struct Version {
  std::string etag, modified;
  std::optional<std::uint64_t> size;
};

bool differ(const Version& a, const Version& b) {
  return (!a.etag.empty() && !b.etag.empty() && a.etag != b.etag) ||
         (!a.modified.empty() && !b.modified.empty() && a.modified != b.modified) ||
         (a.size && b.size && *a.size != *b.size);
}

// A line of JSON, then the server's bytes from the first one on. Not written with OutputFile: what
// is there is to outlive the program, however that ends. A part without bytes removes itself.
class Part {
 public:
  explicit Part(fs::path path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail_with(errno);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() {
    ::close(descriptor_);
    if (size_ == 0) ::unlink(path_.c_str());
  }

  // Goes on with what an earlier program left, if it is of this URL and its version is known.
  std::optional<Version> open(const std::string& url) {
    const InputFile file(path_);
    std::string line(std::size_t(std::min<std::uint64_t>(file.size(), 65536)), '\0');
    file.read(0, {reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
    const std::size_t end = line.find('\n');
    const json about = json::parse(line.substr(0, end), nullptr, false);
    if (end == line.npos || !about.is_object() || about.value("url", json()) != url) return {};
    Version version;
    if (const json& etag = about.value("etag", json()); etag.is_string()) version.etag = etag;
    if (const json& time = about.value("modified", json()); time.is_string())
      version.modified = time;
    if (const json& size = about.value("size", json()); size.is_number_unsigned())
      version.size = size;
    if (version.etag.empty() && version.modified.empty() && !version.size) return {};
    begin_ = end + 1;
    size_ = file.size() - begin_;
    return version;
  }

  void begin(const std::string& url, const Version& version) {
    json about = {{"url", url}, {"etag", version.etag}, {"modified", version.modified}};
    if (version.size) about["size"] = *version.size;
    const std::string line = about.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
    if (::ftruncate(descriptor_, 0) != 0) fail_with(errno);
    begin_ = size_ = 0;
    append({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
    begin_ = std::exchange(size_, 0);
  }

  void append(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(descriptor_, bytes.data(), bytes.size(), off_t(begin_ + size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_with(errno);
      size_ += std::uint64_t(written);
      bytes = bytes.subspan(std::size_t(written));
    }
  }

  void clear() { size_ = 0; }

  const fs::path& path() const { return path_; }
  std::uint64_t begin() const { return begin_; }  // where in it the server's bytes stand
  std::uint64_t size() const { return size_; }    // and how many

 private:
  [[noreturn]] void fail_with(int error) const {
    fail("{}: could not be written: {}; make room, then the same command goes on", path_.string(),
         std::strerror(error));
  }

  fs::path path_;
  int descriptor_ = -1;
  std::uint64_t begin_ = 0, size_ = 0;
};

// ---- A class, from its first request to its file

struct Closer {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

enum class State { waiting, requested, there, failed };

// The head of an answer.
struct Answer {
  long status = 0;
  Version version;
  std::optional<std::uint64_t> begin;  // of the range
};

struct Job {
  std::string name, url;
  fs::path path;
  State state = State::waiting;
  Clock::time_point not_before = {};
  int tries = 0;
  Random random;

  std::unique_ptr<Part> part;  // while it is worked on
  Version version;             // of what is in it
  Scan scan;                   // likewise
  Scan old;                    // of the file that is there, with fewer drawings

  // Of the request under way.
  std::unique_ptr<CURL, Closer> easy;
  std::unique_ptr<curl_slist, Closer> headers;
  std::array<char, CURL_ERROR_SIZE> error = {};
  Answer answer;
  bool accepted = false;       // the answer's body goes on where the part ends
  std::uint64_t had = 0;       // bytes before it
  std::uint64_t received = 0;  // bytes of it
  bool changed = false;        // it is of another version
  bool is_old = false;         // the server has no more than the file that is there
  std::string malformed;       // what is wrong with the bytes
  std::exception_ptr failure;  // of the disk
};

bool is_over(const Job& job) {
  return job.state == State::there || job.state == State::failed;
}

void begin_anew(Job& job) {
  job.part->clear();
  job.version = {};
  job.scan = {.form = job.scan.form, .most = job.scan.most, .path = job.url};
}

// The byte before which the next request is to end; none: to the end of the file.
std::optional<std::uint64_t> end_of_request(const Job& job) {
  const Scan& scan = job.scan;
  if (scan.most > std::size_t{1} << 40) return {};
  // Headers have 80 or 128 bytes.
  if (scan.form == Form::bitmaps)
    return (scan.npy ? scan.npy->begin : 128) +
           std::uint64_t{std::min(scan.most, scan.npy ? scan.npy->rows : scan.most)} *
               bitmap_pixels;
  // Records have any size. The first request is short of what any class needs (lines: 30 bytes a
  // drawing); what it brought tells how much is missing.
  const double mean = scan.drawings < 16 ? 30 : 1.03 * double(scan.end) / double(scan.drawings);
  const auto missing = std::uint64_t(double(scan.most - scan.drawings) * mean) + 256;
  // Twice as far each time where a record does not end: it is a long one, or none.
  return std::max(scan.end + missing, scan.seen + std::max<std::size_t>(256, scan.rest.size()));
}

// Called by libcurl for each line of each answer's head.
std::size_t receive_head(const char* data, std::size_t, std::size_t size, void* user) {
  Answer& answer = static_cast<Job*>(user)->answer;
  std::string_view line(data, size);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())))
    line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // of several: there was a redirection
    answer = {};
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    std::from_chars(line.data() + space + 1, line.data() + line.size(), answer.status);
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return size;
  std::string name(line.substr(0, colon));
  for (char& letter : name) letter = char(std::tolower(static_cast<unsigned char>(letter)));
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
  const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
    std::uint64_t n = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), n);
    return end.ec == std::errc() ? std::optional(n) : std::nullopt;
  };
  if (name == "etag") answer.version.etag = value;
  if (name == "last-modified") answer.version.modified = value;
  if (name == "content-length" && answer.status == 200) answer.version.size = number(value);
  if (name == "content-range" && value.starts_with("bytes ")) {
    answer.begin = number(value.substr(6));
    if (const std::size_t slash = value.find('/'); slash != value.npos)
      answer.version.size = number(value.substr(slash + 1));
  }
  return size;
}

// Whether the body of the answer is wanted; makes the part ready for it.
bool accept(Job& job) {
  const Answer& answer = job.answer;
  if (answer.status == 206) {
    const bool goes_on = answer.begin == job.part->size() && !differ(job.version, answer.version);
    if (!goes_on) job.changed = true;
    if (!goes_on) return false;
  } else if (answer.status == 200) {
    // All of it: the server knows no ranges, or the file is another one.
    begin_anew(job);
  } else {
    return false;
  }
  if (job.part->size() == 0) {
    job.version = answer.version;
    job.part->begin(job.url, job.version);
  }
  if (!job.version.size) job.version.size = answer.version.size;
  return true;
}

// Takes a piece of a body; false where no more is wanted.
bool take(Job& job, Bytes bytes) {
  job.received += bytes.size();
  if (!job.accepted && !accept(job)) return false;
  job.accepted = true;
  job.part->append(bytes);
  try {
    scan_on(job.scan, bytes);
  } catch (const Error& error) {
    job.malformed = error.what();
    return false;
  }
  const Scan& old = job.old;
  job.is_old = old.drawings > 0 &&
               (job.scan.npy ? job.scan.npy->rows == old.drawings : job.version.size == old.end);
  // A range is read to its end, which is near: the connection can be used again.
  return !job.is_old && !(complete(job.scan) && job.answer.status == 200);
}

// Called by libcurl, which knows no exceptions, for each piece of a body.
std::size_t receive(const char* data, std::size_t, std::size_t size, void* user) {
  Job& job = *static_cast<Job*>(user);
  try {
    return take(job, {reinterpret_cast<const std::uint8_t*>(data), size}) ? size : 0;
  } catch (...) {
    job.failure = std::current_exception();
    return 0;
  }
}

bool is_category(std::string_view name) {
  const std::span<const std::string_view> all = categories();
  return std::find(all.begin(), all.end(), name) != all.end();
}

std::string reason(const Job& job, CURLcode code) {
  if (job.answer.status >= 400 || code == CURLE_OK)
    return fmt::format("HTTP {}", job.answer.status);
  std::string text = job.error[0] ? job.error.data() : curl_easy_strerror(code);
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  return text;
}

bool no_connection(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
         code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

// ---- All of them

class Fetch {
 public:
  explicit Fetch(const FetchOptions& options) : options_(options) {
    if (!options.url.starts_with("http://") && !options.url.starts_with("https://"))
      fail("{}: is no address to fetch from; it begins with http:// or https://", options.url);
    folder_ = options.out / (options.form == Form::strokes ? "strokes" : "bitmaps");
    prepare_output_folder(folder_);
    lock_.emplace(folder_);
    multi_.reset(curl_multi_init());
    if (!multi_) throw std::bad_alloc();
    for (const std::string& name : options.classes) add(name);
  }

  FetchResult run() {
    while (std::any_of(jobs_.begin(), jobs_.end(), [](const Job& j) { return !is_over(j); })) {
      result_.interrupted = options_.interrupted && options_.interrupted();
      if (result_.interrupted) break;
      start();
      int running = 0, left = 0;
      curl_multi_perform(multi_.get(), &running);
      bool ended = false;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        void* job = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
        end_request(*static_cast<Job*>(job), message->data.result);
        ended = true;
      }
      if (options_.progress) show();
      if (!ended) curl_multi_poll(multi_.get(), nullptr, 0, 50, nullptr);
    }
    return std::move(result_);
  }

 private:
  struct MultiCloser {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  void add(std::string name) {
    std::string spaced = name;
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    if (!is_category(name) && is_category(spaced)) name = spaced;
    // A list may have a word in both spellings.
    if (std::any_of(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.name == name; }))
      return;

    const bool strokes = options_.form == Form::strokes;
    const char* ending = strokes ? "bin" : "npy";
    char* escaped = curl_easy_escape(nullptr, name.data(), int(name.size()));
    Job& job = jobs_.emplace_back();
    std::string url = options_.url;
    while (url.ends_with('/')) url.pop_back();
    job.url = fmt::format("{}/{}/{}.{}", url, strokes ? "binary" : "numpy_bitmap", escaped, ending);
    curl_free(escaped);
    job.path = folder_ / fmt::format("{}.{}", name, ending);
    job.name = std::move(name);
    job.random.state = options_.seed + mix_bits(jobs_.size());
    job.scan = {.form = options_.form, .most = options_.per_class, .path = job.url};
  }

  void start() {
    int active = 0;
    for (const Job& job : jobs_) active += job.part != nullptr;
    for (Job& job : jobs_) {
      if (job.state != State::waiting || job.not_before > Clock::now()) continue;
      if (!job.part) {
        if (active == options_.at_once || !open(job)) continue;
        ++active;
      }
      request(job);
    }
  }

  // What an earlier run fetched; nothing where it is damaged, and replaced.
  Scan scan_file(const Job& job) const {
    Scan old{.form = options_.form, .most = options_.per_class, .path = job.path.string()};
    bool whole = false;
    try {
      const InputFile file(job.path);
      scan_on(old, file, 0);
      whole = old.npy ? file.size() == old.npy->begin + std::uint64_t{old.npy->rows} * bitmap_pixels
                      : old.drawings > 0 && old.rest.empty();
    } catch (const Error&) {
      whole = false;
    }
    return whole ? old : Scan{};
  }

  // Looks at what is there of it already; true where something is to be asked for.
  bool open(Job& job) {
    if (fs::exists(job.path)) {
      Scan old = scan_file(job);
      if (old.drawings == options_.per_class) {
        ++result_.kept;
        done(job, old.drawings);
        return false;
      }
      job.old = std::move(old);
    }
    job.part = std::make_unique<Part>(job.path.string() + ".part");
    if (const std::optional<Version> version = job.part->open(job.url)) {
      job.version = *version;
      try {
        scan_on(job.scan, InputFile(job.part->path()), job.part->begin());
      } catch (const Error&) {
        begin_anew(job);
      }
      // Of what is behind the last drawing wanted, nothing was looked at.
      if (complete(job.scan) || job.version.size == job.part->size()) {
        end_of_file(job);
        return job.state == State::waiting;
      }
    }
    return true;
  }

  void request(Job& job) {
    job.answer = {};
    job.accepted = job.changed = job.is_old = false;
    job.received = 0;
    job.malformed.clear();
    job.error[0] = '\0';
    job.had = job.part->size();
    job.easy.reset(curl_easy_init());
    CURL* easy = job.easy.get();
    if (!easy) throw std::bad_alloc();
    const std::optional<std::uint64_t> end = end_of_request(job);
    const std::string range =
        fmt::format("{}-{}", job.had, end ? std::to_string(*end - 1) : std::string());
    curl_easy_setopt(easy, CURLOPT_URL, job.url.c_str());
    curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    const Version& version = job.version;
    const bool strong = !version.etag.empty() && !version.etag.starts_with("W/");
    if (const std::string& same = strong ? version.etag : version.modified;
        job.had > 0 && !same.empty()) {
      job.headers.reset(curl_slist_append(nullptr, ("If-Range: " + same).c_str()));
      curl_easy_setopt(easy, CURLOPT_HTTPHEADER, job.headers.get());
    }
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "inkling");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, long(options_.timeout * 1000));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, std::max(1L, long(options_.timeout)));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job.error.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &job);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &job);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &job);
    curl_multi_add_handle(multi_.get(), easy);
    job.state = State::requested;
  }

  void end_request(Job& job, CURLcode code) {
    long wait = 0;  // seconds that the server asks for
    curl_off_t retry_after = 0;
    if (curl_easy_getinfo(job.easy.get(), CURLINFO_RETRY_AFTER, &retry_after) == CURLE_OK)
      wait = long(std::clamp<curl_off_t>(retry_after, 0, 60));
    curl_multi_remove_handle(multi_.get(), job.easy.get());
    job.easy.reset();
    job.headers.reset();
    job.state = State::waiting;
    job.not_before = {};
    result_.bytes += job.received;
    if (job.failure) std::rethrow_exception(job.failure);

    const long status = job.answer.status;
    answered_ |= status > 0;
    if (job.is_old) return keep_old(job);
    if (!job.malformed.empty()) return refuse(job, job.malformed);
    if (code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_UNSUPPORTED_PROTOCOL ||
        code == CURLE_URL_MALFORMAT)
      return lose(job, fmt::format("{}: {}; check --url", job.url, reason(job, code)));
    if (job.accepted && complete(job.scan)) return end_of_file(job);
    if (job.changed) {
      begin_anew(job);
      return retry(job, "the file changes on the server, or comes from another place than asked");
    }
    if (code == CURLE_OK && status == 200) {
      if (!job.accepted) begin_anew(job);  // there was no body
      job.version.size = job.part->size();
    }
    const bool partial = status == 206 || status == 416;
    if ((code == CURLE_OK && status == 200) ||
        (partial && job.answer.version.size == job.part->size()))
      return end_of_file(job);
    if (status == 206 && job.part->size() > job.had + (code == CURLE_OK ? 0 : headway)) {
      job.tries = 0;
      if (code == CURLE_OK) return;  // the next range, at once
    }
    if (status == 416) begin_anew(job);
    const bool may_pass =
        status < 400 || status >= 500 || status == 408 || status == 416 || status == 429;
    if (!may_pass) return lose(job, refusal(job));
    if (!answered_ && no_connection(code) && job.tries + 1 >= options_.tries)
      fail("{}: {}; check the network, the proxy (https_proxy) and --url", job.url,
           reason(job, code));
    retry(job, reason(job, code), wait);
  }

  static std::string refusal(const Job& job) {
    if (job.answer.status == 404 && !is_category(job.name))
      return fmt::format("{}: HTTP 404: '{}' is none of the names in assets/categories.txt",
                         job.url, job.name);
    return fmt::format("{}: HTTP {}: the server does not give it; check --url", job.url,
                       job.answer.status);
  }

  // All is there that is wanted, or that the server has: checks it and gives it its name.
  void end_of_file(Job& job) {
    const Scan& scan = job.scan;
    if (!complete(scan)) {
      if (scan.form == Form::bitmaps && !scan.npy) {
        try {
          read_npy_header(scan.rest, scan.seen, bitmap_pixels, job.url);
        } catch (const Error& error) {
          return refuse(job, error.what());
        }
      }
      if (scan.npy || (scan.drawings > 0 && !scan.rest.empty())) {
        const std::string why =
            fmt::format("the file ends in the middle of drawing {}", scan.drawings + 1);
        begin_anew(job);
        return retry(job, why);
      }
    }
    if (scan.drawings == 0)
      return refuse(job, scan.rest.empty() ? fmt::format("{}: holds no drawings", job.url)
                                           : broken_record(scan));
    store(job);
  }

  void store(Job& job) {
    const Scan& scan = job.scan;
    OutputFile out(job.path);
    std::uint64_t at = 0;
    if (scan.npy) {
      out.write(npy_header(scan.drawings, bitmap_pixels));
      at = scan.npy->begin;
    }
    const InputFile part(job.part->path());
    std::vector<std::uint8_t> some(std::size_t{1} << 18);
    while (at < scan.end) {
      const auto size = std::size_t(std::min<std::uint64_t>(some.size(), scan.end - at));
      if (part.read(job.part->begin() + at, std::span(some).first(size)) != size)
        fail("{}: was changed while it was in use; start again", part.path());
      out.write(std::span(some).first(size));
      at += size;
    }
    out.commit();
    job.part->clear();
    if (scan.drawings < options_.per_class) result_.fewer.push_back(job.name);
    done(job, scan.drawings);
  }

  void keep_old(Job& job) {
    job.part->clear();
    ++result_.kept;
    result_.fewer.push_back(job.name);
    done(job, job.old.drawings);
  }

  void done(Job& job, std::size_t drawings) {
    ++result_.classes;
    result_.drawings += drawings;
    close(job, State::there);
    job.scan.drawings = drawings;
  }

  void lose(Job& job, std::string why) {
    result_.failures.push_back(std::move(why));
    close(job, State::failed);
  }

  // Of bytes that are no drawings: the next run does not go on with them.
  void refuse(Job& job, std::string why) {
    job.part->clear();
    lose(job, std::move(why));
  }

  // Another try after a pause, unless there were enough of them.
  void retry(Job& job, const std::string& why, long wait = 0) {
    if (++job.tries >= options_.tries)
      return lose(job, fmt::format("{}: {}{}; try the same command again later", job.url, why,
                                   job.tries > 1 ? fmt::format(", {} times", job.tries) : ""));
    const double pause = options_.pause * std::exp2(job.tries - 1) * job.random.uniform(0.5, 1);
    job.not_before =
        Clock::now() + std::chrono::milliseconds(std::max(long(pause * 1000), wait * 1000));
  }

  static void close(Job& job, State state) {
    job.part.reset();
    job.scan.rest = {};
    job.old = {};
    job.state = state;
  }

  void show() const {
    std::size_t drawings = 0;
    for (const Job& job : jobs_) drawings += job.scan.drawings;
    options_.progress(drawings, result_.classes + result_.failures.size());
  }

  const FetchOptions& options_;
  fs::path folder_;
  std::optional<FolderLock> lock_;
  std::unique_ptr<CURLM, MultiCloser> multi_;  // outlives the jobs' own handles
  std::deque<Job> jobs_;                       // libcurl holds their addresses
  FetchResult result_;
  bool answered_ = false;  // the server, at least once
};

}  // namespace

std::span<const std::string_view> categories() {
  return category_names;
}

FetchResult fetch(const FetchOptions& options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) fail("libcurl cannot be used: {}", curl_easy_strerror(started));
  return Fetch(options).run();
}

}  // namespace data
