#include "trainer/report/events.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <protozero/pbf_writer.hpp>
#include <utility>
#include <vector>

#include "trainer/error.h"

namespace report {
namespace {

using protozero::pbf_writer;

// The numbers of the messages' fields.
namespace field {
enum : std::uint32_t {
  event_wall_time = 1,
  event_step = 2,
  event_file_version = 3,
  event_summary = 5,
  event_session_log = 7,
  session_status = 1,
  summary_value = 1,
  value_tag = 1,
  value_simple_value = 2,
  value_image = 4,
  value_histogram = 5,
  image_height = 1,
  image_width = 2,
  image_colorspace = 3,
  image_png = 4,
  histogram_min = 1,
  histogram_max = 2,
  histogram_count = 3,
  histogram_sum = 4,
  histogram_sum_squares = 5,
  histogram_limits = 6,
  histogram_buckets = 7
};
}  // namespace field
constexpr int session_start = 1;     // SessionLog.SessionStatus.START
constexpr int colorspace_rgb = 3;    // Summary.Image.colorspace
constexpr std::size_t buckets = 30;  // as TensorFlow's own histogram summaries

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0x82f63b78u : 0);
    table[i] = c;
  }
  return table;
}

std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

template <class Number>
void append(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) bytes += char(number >> (8 * i));
}

pbf_writer begin_event(std::string& bytes) {
  pbf_writer event(bytes);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  event.add_double(field::event_wall_time, std::chrono::duration<double>(now).count());
  return event;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ std::uint8_t(c)) & 0xff];
  return ~crc;
}

EventWriter::EventWriter(const std::filesystem::path& folder, std::int64_t first_step) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail("{}: cannot be created: {}", folder.string(), error.message());
  using namespace std::chrono;
  const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  // TensorBoard reads what has "tfevents" in its name, in the order of the names.
  path_ = folder / fmt::format("events.out.tfevents.{}.{:06}.inkling.{}", now / 1000000,
                               now % 1000000, ::getpid());
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("{}: cannot be created: {}", path_.string(), std::strerror(errno));
  std::string version;
  begin_event(version).add_string(field::event_file_version, "brain.Event:2");
  record(version);
  std::string bytes, session;
  pbf_writer(session).add_enum(field::session_status, session_start);
  pbf_writer event = begin_event(bytes);
  event.add_int64(field::event_step, first_step);
  event.add_message(field::event_session_log, session);
  record(bytes);
}

EventWriter::EventWriter(EventWriter&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

EventWriter::~EventWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void EventWriter::scalar(std::string_view tag, std::int64_t step, double value) {
  std::string bytes;
  pbf_writer message(bytes);
  message.add_string(field::value_tag, tag.data(), tag.size());
  message.add_float(field::value_simple_value, float(value));
  this->value(step, bytes);
}

void EventWriter::histogram(std::string_view tag, std::int64_t step,
                            std::span<const float> values) {
  double low = std::numeric_limits<double>::infinity(), high = -low, sum = 0, squares = 0;
  for (const float v : values) {
    low = std::min(low, double(v));
    high = std::max(high, double(v));
    sum += double(v);
    squares += double(v) * double(v);
  }
  if (values.empty()) return;
  const double width = (high - low) / double(buckets);
  std::vector<double> limits, counts(buckets);
  limits.reserve(buckets);
  for (std::size_t i = 1; i <= buckets; ++i)
    limits.push_back(i == buckets ? high : low + double(i) * width);
  for (const float v : values) {
    const auto bucket = width > 0 ? std::size_t((double(v) - low) / width) : 0;
    ++counts[std::min(bucket, buckets - 1)];
  }
  std::string bytes, histogram;
  pbf_writer h(histogram);
  h.add_double(field::histogram_min, low);
  h.add_double(field::histogram_max, high);
  h.add_double(field::histogram_count, double(values.size()));
  h.add_double(field::histogram_sum, sum);
  h.add_double(field::histogram_sum_squares, squares);
  h.add_packed_double(field::histogram_limits, limits.begin(), limits.end());
  h.add_packed_double(field::histogram_buckets, counts.begin(), counts.end());
  pbf_writer message(bytes);
  message.add_string(field::value_tag, tag.data(), tag.size());
  message.add_message(field::value_histogram, histogram);
  value(step, bytes);
}

void EventWriter::image(std::string_view tag, std::int64_t step, const Image& image) {
  std::string bytes, picture;
  pbf_writer p(picture);
  p.add_int32(field::image_height, image.height);
  p.add_int32(field::image_width, image.width);
  p.add_int32(field::image_colorspace, colorspace_rgb);
  p.add_bytes(field::image_png, write_png(image));
  pbf_writer message(bytes);
  message.add_string(field::value_tag, tag.data(), tag.size());
  message.add_message(field::value_image, picture);
  value(step, bytes);
}

void EventWriter::value(std::int64_t step, const std::string& summary_value) {
  std::string bytes, summary;
  pbf_writer(summary).add_message(field::summary_value, summary_value);
  pbf_writer event = begin_event(bytes);
  event.add_int64(field::event_step, step);
  event.add_message(field::event_summary, summary);
  record(bytes);
}

void EventWriter::record(const std::string& event) {
  std::string bytes;
  append(bytes, std::uint64_t{event.size()});
  append(bytes, masked_crc(bytes));
  bytes += event;
  append(bytes, masked_crc(event));
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t written = ::write(descriptor_, bytes.data() + at, bytes.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      fail("{}: {}; make room, or log elsewhere with --logdir, and go on with --resume",
           path_.string(), std::strerror(errno));
    at += std::size_t(written);
  }
}

}  // namespace report
