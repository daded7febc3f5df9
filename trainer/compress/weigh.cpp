// What a model costs a player (bytes on the way, milliseconds on the device) and is worth.
#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "trainer/compress/compress.h"
#include "trainer/error.h"
#include "trainer/report/measure.h"

namespace compression {

using nlohmann::json;

namespace {

std::size_t gzip_size(std::string_view file) {
  constexpr int best = 9, gzip_window = 15 + 16, most_memory = 9;
  z_stream stream{};
  if (deflateInit2(&stream, best, Z_DEFLATED, gzip_window, most_memory, Z_DEFAULT_STRATEGY) != Z_OK)
    fail("zlib cannot be started: out of memory?");
  std::vector<unsigned char> room(deflateBound(&stream, uLong(file.size())) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data()));
  stream.avail_in = uInt(file.size());
  stream.next_out = room.data();
  stream.avail_out = uInt(room.size());
  deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  return size;
}

std::size_t brotli_size(std::string_view file) {
  std::size_t size = BrotliEncoderMaxCompressedSize(file.size());
  std::vector<std::uint8_t> room(size);
  if (BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC,
                            file.size(), reinterpret_cast<const std::uint8_t*>(file.data()), &size,
                            room.data()) != BROTLI_TRUE)
    fail("brotli cannot be run: out of memory?");
  return size;
}

std::string quoted(const std::string& word) {
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

json assess(const onnx::Model& model, const std::string& file, const data::Dataset& dataset,
            int threads) {
  nn::Workers workers = nn::Workers::classifier(model.graph, model.weights, threads);
  const report::Measurement test = report::measure(
      workers, dataset, dataset.samples[std::size_t(data::Split::test)], model.card.raster);
  const auto zeros = std::count(model.weights.begin(), model.weights.end(), 0.0f);
  json result = {{"name", model.card.name},
                 {"classes", model.card.classes.size()},
                 {"parameters", model.weights.size()},
                 {"nonzero", std::int64_t(model.weights.size()) - zeros},
                 {"multiply_adds", nn::multiply_add_count(model.graph)},
                 {"bytes", file.size()},
                 {"gzip", gzip_size(file)},
                 {"brotli", brotli_size(file)},
                 {"test", report::to_json(test.accuracy)}};
  result["test"]["loss"] = test.loss;
  return result;
}

std::vector<double> milliseconds_in_runtime(const std::vector<std::string>& files, int side) {
  std::string command = fmt::format("node {} {}", quoted(INKLING_TIME_MODELS), side);
  for (const std::string& file : files) command += " " + quoted(file);
  std::string output;
  if (FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r")) {
    std::array<char, 4096> buffer;
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
      output.append(buffer.data(), size);
    ::pclose(pipe);
  }
  const json times = json::parse(output, nullptr, false);
  if (!times.is_array() || times.size() != files.size()) return {};
  return times.get<std::vector<double>>();
}

std::string table(const json& entries) {
  std::vector<std::string> names;
  for (const json& entry : entries)
    if (std::find(names.begin(), names.end(), entry["name"].get<std::string>()) == names.end())
      names.push_back(entry["name"]);
  std::string text =
      "| model | weights, not 0 | .onnx bytes | gzip | brotli | top-1 | top-5 | ms in ONNX Runtime "
      "Web |\n|---|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const std::string& name : names) {
    std::vector<json> own;
    for (const json& entry : entries)
      if (entry["name"] == name) own.push_back(entry);
    const auto all = [&](const char* pointer) {
      std::vector<double> values;
      for (const json& entry : own)
        if (const json::json_pointer at(pointer); entry.contains(at)) values.push_back(entry[at]);
      return values;
    };
    const auto mean = [&](const char* pointer) { return report::spread_of(all(pointer)).mean; };
    const std::vector<double> times = all("/milliseconds");
    text += fmt::format("| {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {} | {} | {} |\n", name,
                        mean("/nonzero"), mean("/bytes"), mean("/gzip"), mean("/brotli"),
                        report::percent(all("/test/top1")), report::percent(all("/test/top5")),
                        times.empty() ? "-" : fmt::format("{:.3f}", report::spread_of(times).mean));
  }
  return text;
}

}  // namespace compression
