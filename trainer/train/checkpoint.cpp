#include "trainer/train/checkpoint.h"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "trainer/error.h"
#include "trainer/file.h"

namespace train {
namespace {

using nlohmann::json;

constexpr std::string_view magic = "INKLING1";

std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ std::uint8_t(c)) * 0x100000001b3u;
  return hash;
}

void append(std::string& bytes, const void* from, std::size_t size) {
  bytes.append(static_cast<const char*>(from), size);
}

// The arrays of a checkpoint, in the order in which they stand in the file.
template <class Checkpoint, class Visit>
void for_each_array(Checkpoint& c, Visit visit) {
  visit("weights", c.weights);
  visit("averaged", c.averaged);
  visit("adam_mean", c.adam_mean);
  visit("adam_variance", c.adam_variance);
  visit("best_weights", c.best_weights);
}

}  // namespace

void write_checkpoint(const Checkpoint& c, const std::filesystem::path& path) {
  json header = {{"recipe", c.recipe},       {"drawings", c.drawings}, {"epoch", c.epoch},
                 {"rows", c.rows},           {"loss_sum", c.loss_sum}, {"correct1", c.correct1},
                 {"correct5", c.correct5},   {"seconds", c.seconds},   {"history", c.history},
                 {"best_loss", c.best_loss}, {"steps", c.steps},       {"command", c.command}};
  for_each_array(c, [&](const char* name, const std::vector<float>& array) {
    header["sizes"][name] = array.size();
  });
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  std::string bytes(magic);
  append(bytes, &length, sizeof length);
  bytes += text;
  for_each_array(c, [&](const char*, const std::vector<float>& array) {
    append(bytes, array.data(), array.size() * sizeof(float));
  });
  const std::uint64_t hash = hash_of(bytes);
  append(bytes, &hash, sizeof hash);
  write_file(path, bytes);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const MappedFile file(path);
  return parse_checkpoint({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()},
                          path);
}

Checkpoint parse_checkpoint(std::string_view bytes, const std::filesystem::path& path) {
  const auto damaged = [&]() {
    fail("{}: is no checkpoint, or is damaged; remove it and train anew", path.string());
  };
  std::uint64_t length = 0, hash = 0;
  const std::size_t before = magic.size() + sizeof length;
  if (bytes.size() < before + sizeof hash || !bytes.starts_with(magic)) damaged();
  std::memcpy(&length, bytes.data() + magic.size(), sizeof length);
  std::memcpy(&hash, bytes.data() + bytes.size() - sizeof hash, sizeof hash);
  const std::string_view content = bytes.substr(0, bytes.size() - sizeof hash);
  if (length > content.size() - before || hash != hash_of(content)) damaged();

  // Code that walks JSON calls itself for each level; what is written has few.
  constexpr int deepest = 16;
  const auto is_shallow = [&](int depth, json::parse_event_t, const json&) {
    if (depth > deepest) damaged();
    return true;
  };
  const auto count = [&](const json& value, std::uint64_t most) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) damaged();
    return value.get<std::uint64_t>();
  };
  Checkpoint c;
  try {
    const json header = json::parse(content.substr(before, length), is_shallow);
    c.recipe = header.at("recipe");
    c.command = header.value("command", json::object());  // from before there was one: nothing
    c.drawings = count(header.at("drawings"), UINT64_MAX);
    c.epoch = int(count(header.at("epoch"), INT32_MAX));
    c.rows = count(header.at("rows"), UINT32_MAX);
    header.at("loss_sum").get_to(c.loss_sum);
    header.at("correct1").get_to(c.correct1);
    header.at("correct5").get_to(c.correct5);
    header.at("seconds").get_to(c.seconds);
    c.history = header.at("history");
    header.at("best_loss").get_to(c.best_loss);
    c.steps = std::int64_t(count(header.at("steps"), INT64_MAX));
    if (!c.history.is_array() || c.history.size() != std::size_t(c.epoch)) damaged();
    std::size_t at = before + length;
    for_each_array(c, [&](const char* name, std::vector<float>& array) {
      const std::uint64_t size =
          count(header.at("sizes").at(name), (content.size() - at) / sizeof(float));
      array.resize(size);
      if (size > 0) std::memcpy(array.data(), content.data() + at, size * sizeof(float));
      at += size * sizeof(float);
    });
  } catch (const json::exception&) {
    damaged();
  }
  return c;
}

}  // namespace train
