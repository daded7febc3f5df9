// Networks as .onnx files: https://onnx.ai/onnx/repo-docs/IR.html, IR version 8, opset 13.
//
// A file has the input `ink`, float32 [N, C, S, S] in 0..1, and the output `probabilities`, [N,
// classes], softmax included; its metadata holds the card (engine/model/card.h). The weights of the
// file are those of nn::Graph, in the same order and layout. A network that takes pictures of any
// side leaves S open; the card says which it was trained on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/model/card.h"
#include "trainer/nn/graph.h"

namespace onnx {

// How kernels are stored. int8: with a scale for each output channel, behind a DequantizeLinear
// (nn/quantize.h, which has rounded them to that before).
enum class WeightType { f32, int8 };

// Batch norms are folded and dropout is left out (nn::fold). weights: weight_count(graph) of them.
// A quantize layer becomes a QuantizeLinear and a DequantizeLinear, which ONNX Runtime then joins
// with their neighbours to QLinearConv, QGemm and so on; biases behind one are int32.
std::string write_model(const nn::Graph& graph, const std::vector<float>& weights,
                        const model::Card& card, WeightType type = WeightType::f32);

struct Model {
  nn::Graph graph;
  std::vector<float> weights;
  model::Card card;
  WeightType type = WeightType::f32;
};

// Fails, naming `path`, on bytes that are no .onnx file, on a model without a card, and on
// operators that this trainer does not have.
Model read_model(std::span<const std::uint8_t> bytes, const std::string& path);

// The same file with another card; every other byte stays, other metadata too. Fails, naming
// `path`, on bytes that are no .onnx file.
std::string replace_card(std::span<const std::uint8_t> bytes, const model::Card& card,
                         const std::string& path);

// The numbers of the format's fields, from onnx.proto3.
namespace field {
enum : std::uint32_t {
  model_ir_version = 1,
  model_producer_name = 2,
  model_producer_version = 3,
  model_graph = 7,
  model_opset_import = 8,
  model_metadata = 14,
  opset_version = 2,
  entry_key = 1,
  entry_value = 2,
  graph_node = 1,
  graph_name = 2,
  graph_initializer = 5,
  graph_input = 11,
  graph_output = 12,
  node_input = 1,
  node_output = 2,
  node_name = 3,
  node_op_type = 4,
  node_attribute = 5,
  attribute_name = 1,
  attribute_f = 2,
  attribute_i = 3,
  attribute_ints = 8,
  attribute_type = 20,
  tensor_dims = 1,
  tensor_data_type = 2,
  tensor_float_data = 4,
  tensor_name = 8,
  tensor_raw_data = 9,
  value_name = 1,
  value_type = 2,
  type_tensor = 1,
  tensor_type_elements = 1,
  tensor_type_shape = 2,
  shape_dim = 1,
  dim_value = 1,
  dim_param = 2
};
inline constexpr int type_float = 1;          // TensorProto.DataType.FLOAT
inline constexpr int type_uint8 = 2;          // TensorProto.DataType.UINT8
inline constexpr int type_int8 = 3;           // TensorProto.DataType.INT8
inline constexpr int type_int32 = 6;          // TensorProto.DataType.INT32
inline constexpr int attribute_is_float = 1;  // AttributeProto.AttributeType.FLOAT
inline constexpr int attribute_is_int = 2;    // AttributeProto.AttributeType.INT
inline constexpr int attribute_is_ints = 7;   // AttributeProto.AttributeType.INTS
}  // namespace field

}  // namespace onnx
