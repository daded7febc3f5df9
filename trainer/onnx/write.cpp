#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <variant>

#include "trainer/error.h"
#include "trainer/nn/quantize.h"
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

void write_tensor(pbf_writer& graph, const std::string& name, const Integers& dims, int type,
                  const void* values, std::size_t bytes) {
  pbf_writer tensor(graph, field::graph_initializer);
  for (const std::int64_t dim : dims) tensor.add_int64(field::tensor_dims, dim);
  tensor.add_int32(field::tensor_data_type, type);
  tensor.add_string(field::tensor_name, name);
  tensor.add_bytes(field::tensor_raw_data, static_cast<const char*>(values), bytes);
}

void write_tensor(pbf_writer& graph, const std::string& name, const Integers& dims,
                  std::span<const float> values) {
  write_tensor(graph, name, dims, field::type_float, values.data(), values.size_bytes());
}

void write_float(pbf_writer& node, const char* name, float value) {
  pbf_writer attribute(node, field::node_attribute);
  attribute.add_string(field::attribute_name, name);
  attribute.add_float(field::attribute_f, value);
  attribute.add_enum(field::attribute_type, field::attribute_is_float);
}

// A side of a tensor: a number, or a name for what is open.
using Dim = std::variant<std::int64_t, const char*>;

// An input or output of the graph: float32.
void write_value(pbf_writer& graph, std::uint32_t tag, const std::string& name,
                 const std::vector<Dim>& dims) {
  pbf_writer value(graph, tag);
  value.add_string(field::value_name, name);
  pbf_writer type(value, field::value_type);
  pbf_writer tensor(type, field::type_tensor);
  tensor.add_enum(field::tensor_type_elements, field::type_float);
  pbf_writer shape(tensor, field::tensor_type_shape);
  for (const Dim& dim : dims) {
    pbf_writer message(shape, field::shape_dim);
    if (const auto* open = std::get_if<const char*>(&dim))
      message.add_string(field::dim_param, *open);
    else
      message.add_int64(field::dim_value, std::get<std::int64_t>(dim));
  }
}

// What a layer is called among ONNX's operators.
const char* operator_of(const nn::Layer& layer) {
  switch (layer.kind) {
    case nn::Kind::conv:
      return "Conv";
    case nn::Kind::dense:
      return "Gemm";
    case nn::Kind::max_pool:
      return "MaxPool";
    case nn::Kind::average_pool:
      return "AveragePool";
    case nn::Kind::global_average_pool:
      return "GlobalAveragePool";
    case nn::Kind::flatten:
      return "Flatten";
    case nn::Kind::relu:
      return "Relu";
    case nn::Kind::relu6:
      return "Clip";
    case nn::Kind::leaky_relu:
      return "LeakyRelu";
    case nn::Kind::add:
      return layer.inputs.size() == 2 ? "Add" : "Sum";
    case nn::Kind::concatenate:
      return "Concat";
    case nn::Kind::quantize:    // two operators
    case nn::Kind::batch_norm:  // folded away
    case nn::Kind::dropout:
      break;
  }
  return "";
}

void write_attributes(pbf_writer& node, const nn::Layer& layer) {
  using nn::Kind;
  const bool pool = layer.kind == Kind::max_pool || layer.kind == Kind::average_pool;
  if (layer.kind == Kind::conv || pool) {
    const std::int64_t rows = layer.padding.rows, columns = layer.padding.columns;
    write_integers(node, "kernel_shape", {layer.kernel.rows, layer.kernel.columns});
    write_integers(node, "strides", {layer.stride, layer.stride});
    write_integers(node, "pads", {rows, columns, rows, columns});
  }
  if (layer.kind == Kind::conv) write_integer(node, "group", layer.groups);
  if (layer.kind == Kind::flatten || layer.kind == Kind::concatenate)
    write_integer(node, "axis", 1);
  if (layer.kind == Kind::dense) write_integer(node, "transB", 1);
  if (layer.kind == Kind::leaky_relu) write_float(node, "alpha", layer.value);
}

// [outputs, inputs] of a dense layer, [outputs, inputs / groups, rows, columns] of a convolution.
Integers kernel_dims(const nn::Layer& layer, const nn::WeightRange& range) {
  const auto inputs = std::int64_t(range.kernel_size) / layer.outputs;
  if (layer.kind == nn::Kind::dense) return {layer.outputs, inputs};
  const std::int64_t rows = layer.kernel.rows, columns = layer.kernel.columns;
  return {layer.outputs, inputs / (rows * columns), rows, columns};
}

// Does the network take pictures of any side? Only if it flattens nothing larger than 1x1.
bool takes_any_side(const nn::Graph& graph) {
  for (const nn::Layer& layer : graph.layers) {
    if (layer.kind != nn::Kind::flatten) continue;
    const int from = layer.inputs.front();
    if (from == nn::picture ||
        graph.layers[std::size_t(from)].kind != nn::Kind::global_average_pool)
      return false;
  }
  return true;
}

// "max_pool_3": names must be unique, and tell a reader of the file what they are.
std::vector<std::string> value_names(const nn::Graph& graph) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    std::string name(nn::name_of(graph.layers[i].kind));
    std::replace(name.begin(), name.end(), ' ', '_');
    names.push_back(fmt::format("{}_{}", name, i + 1));
  }
  return names;
}

// A node with its inputs; the caller adds the attributes.
pbf_writer begin_node(pbf_writer& out, const char* op, const std::vector<std::string>& inputs,
                      const std::string& output) {
  pbf_writer node(out, field::graph_node);
  for (const std::string& input : inputs) node.add_string(field::node_input, input);
  node.add_string(field::node_output, output);
  node.add_string(field::node_name, output);
  node.add_string(field::node_op_type, op);
  return node;
}

// A tensor in whole numbers and its scales, and the node that makes floats of them.
template <class Number>
void write_quantized(pbf_writer& out, const std::string& name, const Integers& dims, int type,
                     const std::vector<Number>& values, std::span<const float> scales) {
  write_tensor(out, name + ".q", dims, type, values.data(), values.size() * sizeof(Number));
  write_tensor(out, name + ".s", {std::int64_t(scales.size())}, scales);
  std::vector<std::string> inputs = {name + ".q", name + ".s"};
  if (type == field::type_int8) {
    // Zeros, which could be left out: but ONNX Runtime 1.21 then fuses a dense layer that it
    // refuses to run.
    const std::vector<Number> zeros(scales.size());
    inputs.push_back(name + ".z");
    write_tensor(out, inputs.back(), {std::int64_t(scales.size())}, type, zeros.data(),
                 zeros.size() * sizeof(Number));
  }
  pbf_writer node = begin_node(out, "DequantizeLinear", inputs, name);
  write_integer(node, "axis", 0);
}

class GraphWriter {
 public:
  GraphWriter(pbf_writer& out, const nn::Graph& graph, std::span<const float> weights,
              WeightType type)
      : out_(out),
        graph_(graph),
        weights_(weights),
        type_(type),
        ranges_(nn::weight_ranges(graph)),
        names_(value_names(graph)) {}

  void write() {
    for (std::size_t i = 0; i < graph_.layers.size(); ++i)
      graph_.layers[i].kind == nn::Kind::quantize ? write_quantize(i) : write_layer(i);
    {
      pbf_writer node = begin_node(out_, "Softmax", {names_.back()}, "probabilities");
      write_integer(node, "axis", -1);
    }
    out_.add_string(field::graph_name, "inkling");
    if (clips_) {
      constexpr std::array<float, 2> limits = {0, 6};
      write_tensor(out_, "zero", {}, std::span(limits).first(1));
      write_tensor(out_, "six", {}, std::span(limits).last(1));
    }
    const nn::Shape& in = graph_.input;
    const Dim side = takes_any_side(graph_) ? Dim("side") : Dim(in.height);
    write_value(out_, field::graph_input, "ink", {"N", in.channels, side, side});
    write_value(out_, field::graph_output, "probabilities", {"N", nn::classes_of(graph_)});
  }

 private:
  std::vector<std::string> inputs_of(std::size_t i) const {
    std::vector<std::string> inputs;
    for (const int from : graph_.layers[i].inputs)
      inputs.push_back(from == nn::picture ? "ink" : names_[std::size_t(from)]);
    return inputs;
  }

  void write_quantize(std::size_t i) {
    const nn::Layer& layer = graph_.layers[i];
    const std::string scale = names_[i] + ".s", zero = names_[i] + ".z", q = names_[i] + ".q";
    write_tensor(out_, scale, {}, std::span(&layer.value, 1));
    const auto zero_point = std::uint8_t(layer.zero_point);
    write_tensor(out_, zero, {}, field::type_uint8, &zero_point, 1);
    begin_node(out_, "QuantizeLinear", {inputs_of(i).front(), scale, zero}, q);
    begin_node(out_, "DequantizeLinear", {q, scale, zero}, names_[i]);
  }

  void write_layer(std::size_t i) {
    const nn::Layer& layer = graph_.layers[i];
    std::vector<std::string> inputs = inputs_of(i);
    if (ranges_[i].kernel_size > 0) {
      const std::string kernel = names_[i] + ".weight", bias = names_[i] + ".bias";
      type_ == WeightType::int8 ? write_int8_weights(i, kernel, bias)
                                : write_float_weights(i, kernel, bias);
      inputs.push_back(kernel);
      if (layer.bias) inputs.push_back(bias);
    }
    if (layer.kind == nn::Kind::relu6) {
      clips_ = true;
      inputs.insert(inputs.end(), {"zero", "six"});
    }
    pbf_writer node = begin_node(out_, operator_of(layer), inputs, names_[i]);
    write_attributes(node, layer);
  }

  std::span<const float> kernel_of(std::size_t i) const {
    return weights_.subspan(ranges_[i].kernel_at, ranges_[i].kernel_size);
  }
  std::span<const float> bias_of(std::size_t i) const {
    return weights_.subspan(ranges_[i].bias_at, ranges_[i].bias_size);
  }

  void write_float_weights(std::size_t i, const std::string& kernel, const std::string& bias) {
    write_tensor(out_, kernel, kernel_dims(graph_.layers[i], ranges_[i]), kernel_of(i));
    if (ranges_[i].bias_size > 0)
      write_tensor(out_, bias, {std::int64_t(ranges_[i].bias_size)}, bias_of(i));
  }

  void write_int8_weights(std::size_t i, const std::string& kernel, const std::string& bias) {
    const nn::Layer& layer = graph_.layers[i];
    const auto outputs = std::size_t(layer.outputs);
    const float input_scale = nn::input_scale_of(graph_, i);
    std::vector<float> scales = nn::weight_scales(kernel_of(i), bias_of(i), outputs, input_scale);
    const std::size_t inputs = ranges_[i].kernel_size / outputs;
    std::vector<std::int8_t> numbers;
    numbers.reserve(ranges_[i].kernel_size);
    for (std::size_t k = 0; k < ranges_[i].kernel_size; ++k)
      numbers.push_back(std::int8_t(std::lround(kernel_of(i)[k] / scales[k / inputs])));
    write_quantized(out_, kernel, kernel_dims(layer, ranges_[i]), field::type_int8, numbers,
                    scales);
    if (ranges_[i].bias_size == 0) return;
    if (input_scale == 0) {
      write_tensor(out_, bias, {std::int64_t(outputs)}, bias_of(i));
      return;
    }
    std::vector<std::int32_t> whole;
    whole.reserve(outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
      scales[o] *= input_scale;
      whole.push_back(std::int32_t(std::lround(double(bias_of(i)[o]) / double(scales[o]))));
    }
    write_quantized(out_, bias, {std::int64_t(outputs)}, field::type_int32, whole, scales);
  }

  pbf_writer& out_;
  const nn::Graph& graph_;
  std::span<const float> weights_;
  WeightType type_;
  std::vector<nn::WeightRange> ranges_;
  std::vector<std::string> names_;
  bool clips_ = false;
};

void write_metadata(pbf_writer& model, const model::Metadata& metadata) {
  for (const auto& [key, value] : metadata) {
    pbf_writer entry(model, field::model_metadata);
    entry.add_string(field::entry_key, key);
    entry.add_string(field::entry_value, value);
  }
}

}  // namespace

std::string write_model(const nn::Graph& graph, const std::vector<float>& weights,
                        const model::Card& card, WeightType type) {
  const nn::Folded folded = nn::fold(graph, weights);
  std::string bytes;
  pbf_writer out(bytes);
  out.add_int64(field::model_ir_version, 8);
  out.add_string(field::model_producer_name, "inkling");
  {
    pbf_writer graph_message(out, field::model_graph);
    GraphWriter(graph_message, folded.graph, folded.weights, type).write();
  }
  pbf_writer(out, field::model_opset_import).add_int64(field::opset_version, 13);
  write_metadata(out, model::to_metadata(card));
  return bytes;
}

std::string replace_card(std::span<const std::uint8_t> bytes, const model::Card& card,
                         const std::string& path) {
  const Result<model::Metadata> old = model::read_metadata(bytes);
  if (!old) fail("{}: is not a model (.onnx): {}", path, old.error());
  model::Metadata metadata = model::to_metadata(card);
  for (const auto& entry : *old) {
    const auto is_same = [&](const auto& other) { return other.first == entry.first; };
    if (std::none_of(metadata.begin(), metadata.end(), is_same)) metadata.push_back(entry);
  }
  const auto* const begin = reinterpret_cast<const char*>(bytes.data());
  protozero::pbf_reader model(begin, bytes.size());
  std::string result;
  for (std::size_t at = 0; model.next(); at = bytes.size() - model.length()) {
    const bool is_metadata = model.tag() == field::model_metadata;
    model.skip();
    if (!is_metadata) result.append(begin + at, bytes.size() - model.length() - at);
  }
  pbf_writer out(result);
  write_metadata(out, metadata);
  return result;
}

}  // namespace onnx
