#include <cstring>
#include <protozero/pbf_writer.hpp>

#include "trainer/onnx/onnx.h"

namespace onnx {
namespace {

using protozero::pbf_writer;
using Integers = std::vector<std::int64_t>;

void write_integer(pbf_writer& node, const char* name, std::int64_t value) {
  pbf_writer attribute(node, field::node_attribute);
  attribute.add_string(field::attribute_name, name);
  attribute.add_int64(field::attribute_i, value);
  attribute.add_enum(field::attribute_type, field::attribute_is_int);
}

void write_integers(pbf_writer& node, const char* name, const Integers& values) {
  pbf_writer attribute(node, field::node_attribute);
  attribute.add_string(field::attribute_name, name);
  for (const std::int64_t value : values) attribute.add_int64(field::attribute_ints, value);
  attribute.add_enum(field::attribute_type, field::attribute_is_ints);
}

void write_tensor(pbf_writer& graph, const std::string& name, const Integers& dims,
                  std::span<const float> values) {
  pbf_writer tensor(graph, field::graph_initializer);
  for (const std::int64_t dim : dims) tensor.add_int64(field::tensor_dims, dim);
  tensor.add_int32(field::tensor_data_type, field::type_float);
  tensor.add_string(field::tensor_name, name);
  tensor.add_bytes(field::tensor_raw_data, reinterpret_cast<const char*>(values.data()),
                   values.size_bytes());
}

// An input or output of the graph: float32, [N, dims...].
void write_value(pbf_writer& graph, std::uint32_t tag, const std::string& name,
                 const Integers& dims) {
  pbf_writer value(graph, tag);
  value.add_string(field::value_name, name);
  pbf_writer type(value, field::value_type);
  pbf_writer tensor(type, field::type_tensor);
  tensor.add_enum(field::tensor_type_elements, field::type_float);
  pbf_writer shape(tensor, field::tensor_type_shape);
  pbf_writer(shape, field::shape_dim).add_string(field::dim_param, "N");
  for (const std::int64_t dim : dims)
    pbf_writer(shape, field::shape_dim).add_int64(field::dim_value, dim);
}

// What a layer is called among ONNX's operators.
const char* operator_of(nn::Kind kind) {
  switch (kind) {
    case nn::Kind::conv:
      return "Conv";
    case nn::Kind::max_pool:
      return "MaxPool";
    case nn::Kind::global_average_pool:
      return "GlobalAveragePool";
    case nn::Kind::flatten:
      return "Flatten";
    case nn::Kind::dense:
      return "Gemm";
    case nn::Kind::relu:
      return "Relu";
  }
  return "";
}

void write_attributes(pbf_writer& node, const nn::Layer& layer) {
  const std::int64_t kernel = layer.kernel, stride = layer.stride, padding = layer.padding;
  if (layer.kind == nn::Kind::conv || layer.kind == nn::Kind::max_pool) {
    write_integers(node, "kernel_shape", {kernel, kernel});
    write_integers(node, "strides", {stride, stride});
    write_integers(node, "pads", {padding, padding, padding, padding});
  }
  if (layer.kind == nn::Kind::conv) write_integer(node, "group", layer.groups);
  if (layer.kind == nn::Kind::flatten) write_integer(node, "axis", 1);
  if (layer.kind == nn::Kind::dense) write_integer(node, "transB", 1);
}

// [outputs, inputs] of a dense layer, [outputs, inputs / groups, kernel, kernel] of a convolution.
Integers kernel_dims(const nn::Layer& layer, const nn::WeightRange& range) {
  const auto inputs = std::int64_t(range.kernel_size / range.bias_size);
  if (layer.kind == nn::Kind::dense) return {layer.outputs, inputs};
  const std::int64_t side = layer.kernel;
  return {layer.outputs, inputs / (side * side), side, side};
}

void write_graph(pbf_writer& out, const nn::Graph& graph, std::span<const float> weights) {
  const std::vector<nn::WeightRange> ranges = nn::weight_ranges(graph);
  std::string value = "ink";
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const nn::Layer& layer = graph.layers[i];
    const std::string name = std::string(nn::name_of(layer.kind)) + std::to_string(i + 1);
    const bool has_weights = ranges[i].kernel_size > 0;
    pbf_writer node(out, field::graph_node);
    node.add_string(field::node_input, value);
    if (has_weights) {
      node.add_string(field::node_input, name + ".weight");
      node.add_string(field::node_input, name + ".bias");
    }
    node.add_string(field::node_output, name);
    node.add_string(field::node_name, name);
    node.add_string(field::node_op_type, operator_of(layer.kind));
    write_attributes(node, layer);
    value = name;
  }
  {
    pbf_writer node(out, field::graph_node);
    node.add_string(field::node_input, value);
    node.add_string(field::node_output, "probabilities");
    node.add_string(field::node_name, "softmax");
    node.add_string(field::node_op_type, "Softmax");
    write_integer(node, "axis", -1);
  }
  out.add_string(field::graph_name, "inkling");
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const nn::WeightRange& range = ranges[i];
    if (range.kernel_size == 0) continue;
    const nn::Layer& layer = graph.layers[i];
    const std::string name = std::string(nn::name_of(layer.kind)) + std::to_string(i + 1);
    write_tensor(out, name + ".weight", kernel_dims(layer, range),
                 weights.subspan(range.kernel_at, range.kernel_size));
    write_tensor(out, name + ".bias", {layer.outputs},
                 weights.subspan(range.bias_at, range.bias_size));
  }
  const nn::Shape& in = graph.input;
  write_value(out, field::graph_input, "ink", {in.channels, in.height, in.width});
  write_value(out, field::graph_output, "probabilities", {nn::classes_of(graph)});
}

}  // namespace

std::string write_model(const nn::Graph& graph, std::span<const float> weights,
                        const model::Card& card) {
  std::string bytes;
  pbf_writer out(bytes);
  out.add_int64(field::model_ir_version, 8);
  out.add_string(field::model_producer_name, "inkling");
  {
    pbf_writer graph_message(out, field::model_graph);
    write_graph(graph_message, graph, weights);
  }
  pbf_writer(out, field::model_opset_import).add_int64(field::opset_version, 13);
  for (const auto& [key, value] : model::to_metadata(card)) {
    pbf_writer entry(out, field::model_metadata);
    entry.add_string(field::entry_key, key);
    entry.add_string(field::entry_value, value);
  }
  return bytes;
}

}  // namespace onnx
