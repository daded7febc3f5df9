// A model's card: what the game needs to know of a model's file, and what a person wants to. It is
// read from the file's own metadata, so that any trained model can be dropped into the page.
//
// The entries are plain text (ModelProto.metadata_props), lists have one item a line:
//   inkling.version          1
//   inkling.name             simple-cnn
//   inkling.classes          cat, dog, ... in the order of the outputs
//   inkling.raster           side, line width, padding
//   inkling.temperature      divides the log-probabilities before they are compared with the
//                            thresholds
//   inkling.class_accuracy   one per class, 0..1: the share of its drawings, whole and not trained
//                            on, whose word is the first guess; how hard a word is. A card may lack
//                            it: then no word is known to be harder than another
//   inkling.thresholds       one per class: the probability from which a drawing counts as
//                            recognised
//   inkling.trained_on  inkling.accuracy  inkling.licence  inkling.attribution   for people
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ink/raster.h"
#include "engine/model/metadata.h"
#include "engine/result.h"

namespace model {

inline constexpr int card_version = 1;

struct Card {
  std::string name;
  std::vector<std::string> classes;
  ink::RasterOptions raster;
  float temperature = 1;
  std::vector<float> class_accuracy;  // as many as classes, each in 0..1; empty: not known
  std::vector<float> thresholds;      // as many as classes, each in 0..1
  std::string trained_on;
  std::string accuracy;
  std::string licence;
  std::string attribution;
};

// Is it the name of a class? One line of UTF-8, of at most 200 bytes, that is a file's name too, in
// a folder of drawings: no slashes, no control characters, neither "." nor "..".
bool is_class_name(std::string_view name);

// The card as metadata entries, and back. Fails with the entry that is missing or malformed.
Metadata to_metadata(const Card& card);
Result<Card> from_metadata(const Metadata& metadata);

// The card of a model's file, .onnx or .ort.
Result<Card> read_card(std::span<const std::uint8_t> file);

}  // namespace model
