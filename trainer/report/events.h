// TensorBoard's event files: what a run tells while it runs, for `tensorboard --logdir runs`.
//
// A file is a row of records: length u64, masked CRC-32C of it u32, an Event message, masked
// CRC-32C of that u32 (tensorflow/core/lib/io/record_writer.h; tensorflow/core/util/event.proto and
// framework/summary.proto).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "trainer/report/image.h"

namespace report {

class EventWriter {
 public:
  // Creates the folder and a file of its own in it. `first_step`: from which on a run goes on, 0
  // where it begins: what earlier files hold of that step and later ones no longer counts.
  explicit EventWriter(const std::filesystem::path& folder, std::int64_t first_step = 0);
  EventWriter(EventWriter&& other) noexcept;
  EventWriter& operator=(EventWriter&&) = delete;
  ~EventWriter();

  // Each is in the file, whole, when the function returns. They fail where the disk does.
  void scalar(std::string_view tag, std::int64_t step, double value);
  void histogram(std::string_view tag, std::int64_t step, std::span<const float> values);
  void image(std::string_view tag, std::int64_t step, const Image& image);

 private:
  void value(std::int64_t step, const std::string& summary_value);
  void record(const std::string& event);

  std::filesystem::path path_;
  int descriptor_ = -1;
};

// CRC-32C (Castagnoli), reflected, as RFC 3720 has it.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace report
