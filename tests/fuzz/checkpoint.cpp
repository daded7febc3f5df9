// Checkpoints, and the recipe in them. The input is what stands between the magic and the checksum;
// the checksum is made to fit, since no fuzzer would guess it, and so is, where the first byte
// says so, the header's length: up to the first line end.
#include "trainer/train/checkpoint.h"

#include <algorithm>
#include <filesystem>

#include "tests/fuzz/fuzz.h"
#include "trainer/data/dataset.h"
#include "trainer/train/recipe.h"

void fuzz::run(Bytes bytes) {
  if (bytes.empty()) return;
  const bool fits = bytes[0] % 4 != 0;
  bytes = bytes.subspan(1);
  std::string text = "INKLING1";
  const std::string_view content = as_text(bytes);
  if (fits) {
    const std::uint64_t length = std::min(content.find('\n'), content.size());
    text.append(reinterpret_cast<const char*>(&length), sizeof length);
  }
  text += content;
  // Both are FNV-1a.
  const std::uint64_t hash =
      data::picture_key({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  text.append(reinterpret_cast<const char*>(&hash), sizeof hash);

  const File file({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  attempt([&] {
    const train::Checkpoint checkpoint = train::read_checkpoint(file.path());
    const std::size_t floats = checkpoint.weights.size() + checkpoint.averaged.size() +
                               checkpoint.adam_mean.size() + checkpoint.adam_variance.size() +
                               checkpoint.best_weights.size();
    expect(floats * sizeof(float) <= text.size(), "every number stands in the file");
    expect(checkpoint.epoch >= 0 && checkpoint.steps >= 0, "a run has begun");
    expect(checkpoint.history.is_array(), "a history is a list");
    train::read_recipe(checkpoint.recipe.dump(), "checkpoint");
    const std::filesystem::path copy = "/dev/shm/inkling-fuzz-" + std::to_string(::getpid());
    train::write_checkpoint(checkpoint, copy);
    const train::Checkpoint again = train::read_checkpoint(copy);
    std::filesystem::remove(copy);
    expect(again.history == checkpoint.history && again.rows == checkpoint.rows &&
               again.weights.size() == checkpoint.weights.size(),
           "a checkpoint comes back as it was");
  });
}
