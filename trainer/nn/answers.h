// What a teacher thinks of pictures that come again, so that it is asked of each one once: its
// logits, as far as they are below the largest, in a byte each. A step is a 255th of their range,
// some 0.1 nats; what a student learns from does not feel it (docs/model.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nn {

class Answers {
 public:
  Answers() = default;
  // Of pictures 0..pictures-1.
  Answers(std::size_t pictures, std::size_t classes)
      : classes_(classes), steps_(pictures), levels_(pictures * classes) {}

  static std::size_t bytes(std::size_t pictures, std::size_t classes) {
    return pictures * (classes + sizeof(float));
  }

  bool empty() const { return steps_.empty(); }
  bool has(std::size_t index) const { return steps_[index] > 0; }

  // logits: [classes]. Like recall(), to be called from several threads at once for different
  // pictures.
  void keep(std::size_t index, std::span<const float> logits);

  // Fills logits, [classes], at most 0. It must be known.
  void recall(std::size_t index, std::span<float> logits) const;

 private:
  std::size_t classes_ = 0;
  std::vector<float> steps_;          // [pictures]; 0: not known yet
  std::vector<std::uint8_t> levels_;  // [pictures, classes]: steps below the largest
};

}  // namespace nn
