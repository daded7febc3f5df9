// The metadata entries of a model's file, in either format that the page plays: the text in which
// its card stands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/result.h"

namespace model {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Is it a file in ONNX Runtime's own format (.ort)? Else it can only be an .onnx file.
bool is_ort(std::span<const std::uint8_t> file);

// The metadata_props of an .onnx file (a serialised ModelProto,
// https://onnx.ai/onnx/repo-docs/IR.html) or of an .ort file
// (https://onnxruntime.ai/docs/performance/model-optimizations/ort-format-models.html). Walks only
// what leads there; fails on bytes that are no model.
Result<Metadata> read_metadata(std::span<const std::uint8_t> file);

}  // namespace model
