#include <cmath>
#include <cstring>
#include <map>
#include <protozero/pbf_reader.hpp>
#include <string_view>
#include <utility>

#include "trainer/error.h"
#include "trainer/onnx/onnx.h"

namespace onnx {
namespace {

using protozero::pbf_reader;
using Integers = std::vector<std::int64_t>;

struct Tensor {
  Integers dims;
  std::vector<float> values;  // whole numbers too
  bool is_int8 = false;
};

struct Node {
  std::string op;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, Integers> attributes;
  std::map<std::string, float> numbers;
};

struct Contents {
  std::vector<Node> nodes;
  std::map<std::string, Tensor> tensors;
  std::map<std::string, Integers> inputs;  // dims by name; -1 where there is no number
};

// What a real model is far below; a file that is a few bytes for each could ask for any memory.
constexpr std::size_t most_nodes = 1 << 16;
constexpr double most_numbers = 1 << 26;  // of all layers together, for one picture

// A field with its wire type; another one of that number is skipped, as one that is not known.
constexpr std::uint32_t varint(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
constexpr std::uint32_t fixed32(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}
constexpr std::uint32_t bytes_of(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}
bool find(pbf_reader& message, std::uint32_t field) {
  return message.next(field, protozero::pbf_wire_type::length_delimited);
}

void read_packed(pbf_reader& message, Integers& values) {
  for (const std::int64_t value : message.get_packed_int64()) values.push_back(value);
}

void read_attribute(pbf_reader message, Node& node) {
  std::string name;
  Integers values;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_of(field::attribute_name):
        name = message.get_string();
        break;
      case fixed32(field::attribute_f):
        node.numbers[name] = message.get_float();
        break;
      case varint(field::attribute_i):
      case varint(field::attribute_ints):
        values.push_back(message.get_int64());
        break;
      case bytes_of(field::attribute_ints):
        read_packed(message, values);
        break;
      default:
        message.skip();
    }
  }
  node.attributes[name] = std::move(values);
}

Node read_node(pbf_reader message) {
  Node node;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_of(field::node_input):
        node.inputs.push_back(message.get_string());
        break;
      case bytes_of(field::node_output):
        node.outputs.push_back(message.get_string());
        break;
      case bytes_of(field::node_op_type):
        node.op = message.get_string();
        break;
      case bytes_of(field::node_attribute):
        read_attribute(message.get_message(), node);
        break;
      default:
        message.skip();
    }
  }
  return node;
}

void read_tensor(pbf_reader message, Contents& contents) {
  Tensor tensor;
  std::string name;
  int type = 0;
  std::string_view raw;
  while (message.next()) {
    switch (message.tag_and_type()) {
      // Repeated numbers come one by one or packed, at the writer's choice.
      case varint(field::tensor_dims):
        tensor.dims.push_back(message.get_int64());
        break;
      case bytes_of(field::tensor_dims):
        read_packed(message, tensor.dims);
        break;
      case varint(field::tensor_data_type):
        type = message.get_int32();
        break;
      case bytes_of(field::tensor_name):
        name = message.get_string();
        break;
      case fixed32(field::tensor_float_data):
        tensor.values.push_back(message.get_float());
        break;
      case bytes_of(field::tensor_float_data):
        for (const float value : message.get_packed_float()) tensor.values.push_back(value);
        break;
      case bytes_of(field::tensor_raw_data): {
        const protozero::data_view view = message.get_view();
        raw = {view.data(), view.size()};
        break;
      }
      default:
        message.skip();
    }
  }
  const auto widen = [&](auto number) {
    std::vector<float> values;
    for (std::size_t at = 0; at + sizeof number <= raw.size(); at += sizeof number) {
      std::memcpy(&number, raw.data() + at, sizeof number);
      values.push_back(float(number));
    }
    if (!values.empty()) tensor.values = std::move(values);
  };
  switch (type) {
    case field::type_float:
      widen(float{});
      break;
    case field::type_int8:
      widen(std::int8_t{});
      break;
    case field::type_uint8:
      widen(std::uint8_t{});
      break;
    case field::type_int32:
      widen(std::int32_t{});
      break;
    default:
      return;
  }
  tensor.is_int8 = type == field::type_int8;
  contents.tensors[name] = std::move(tensor);
}

Integers read_shape(pbf_reader value_type) {
  Integers dims;
  if (!find(value_type, field::type_tensor)) return dims;
  pbf_reader tensor = value_type.get_message();
  if (!find(tensor, field::tensor_type_shape)) return dims;
  pbf_reader shape = tensor.get_message();
  while (find(shape, field::shape_dim)) {
    pbf_reader dim = shape.get_message();
    const bool has_value = dim.next(field::dim_value, protozero::pbf_wire_type::varint);
    dims.push_back(has_value ? dim.get_int64() : -1);
  }
  return dims;
}

void read_input(pbf_reader message, Contents& contents) {
  std::string name;
  Integers dims;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_of(field::value_name):
        name = message.get_string();
        break;
      case bytes_of(field::value_type):
        dims = read_shape(message.get_message());
        break;
      default:
        message.skip();
    }
  }
  contents.inputs[name] = std::move(dims);
}

Contents read_contents(std::span<const std::uint8_t> bytes) {
  Contents contents;
  pbf_reader model(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (find(model, field::model_graph)) {
    pbf_reader graph = model.get_message();
    while (graph.next()) {
      switch (graph.tag_and_type()) {
        case bytes_of(field::graph_node):
          if (contents.nodes.size() == most_nodes) fail("more than {} nodes", most_nodes);
          contents.nodes.push_back(read_node(graph.get_message()));
          break;
        case bytes_of(field::graph_initializer):
          read_tensor(graph.get_message(), contents);
          break;
        case bytes_of(field::graph_input):
          read_input(graph.get_message(), contents);
          break;
        default:
          graph.skip();
      }
    }
  }
  return contents;
}

Integers attribute(const Node& node, const std::string& name, const Integers& otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end() || found->second.empty()) return otherwise;
  for (const std::int64_t value : found->second)
    if (value < -1 || value > 65536) fail("{} with {} {}", node.op, name, value);
  return found->second;
}

// An attribute as one number in least..65536: that of all its entries, which must agree.
int number(const Node& node, const std::string& name, int otherwise, int least) {
  const Integers values = attribute(node, name, {otherwise});
  for (const std::int64_t other : values)
    if (other != values.front()) fail("{} with uneven {}", node.op, name);
  if (values.front() < least) fail("{} with {} {}", node.op, name, values.front());
  return int(values.front());
}

nn::Size kernel_size(const Node& node) {
  const Integers values = attribute(node, "kernel_shape", {});
  if (values.size() != 2 || values[0] < 1 || values[1] < 1)
    fail("{} with a kernel that is not of two sides", node.op);
  return {int(values[0]), int(values[1])};
}

// What stands before and after must be the same.
nn::Size padding_size(const Node& node) {
  const Integers values = attribute(node, "pads", {0, 0, 0, 0});
  if (values.size() != 4 || values[0] != values[2] || values[1] != values[3] || values[0] < 0 ||
      values[1] < 0)
    fail("{} with uneven pads", node.op);
  return {int(values[0]), int(values[1])};
}

void expect(const Node& node, const std::string& name, int value, int otherwise) {
  if (const int found = number(node, name, otherwise, -1); found != value)
    fail("{} with {} {} where {} is needed", node.op, name, found, value);
}

const Tensor& tensor_of(const Contents& contents, const Node& node, std::size_t input) {
  const auto found = node.inputs.size() > input ? contents.tensors.find(node.inputs[input])
                                                : contents.tensors.end();
  if (found == contents.tensors.end()) fail("{} without its weights", node.op);
  return found->second;
}

int outputs_of(const Contents& contents, const Node& node) {
  const Tensor& kernel = tensor_of(contents, node, 1);
  if (kernel.dims.empty() || kernel.dims[0] < 1 || kernel.dims[0] > 1 << 20)
    fail("{} with a weight of no outputs", node.op);
  return int(kernel.dims[0]);
}

// Makes floats of a tensor in whole numbers, with one scale or one for each of its outputs. The
// tensor is used up, so that a file cannot have it multiply.
void dequantize(Contents& contents, const Node& node) {
  const Tensor scales = tensor_of(contents, node, 1);
  if (node.inputs.size() > 2)
    for (const float zero : tensor_of(contents, node, 2).values)
      if (zero != 0) fail("DequantizeLinear of weights with a zero point");
  Tensor tensor = std::move(contents.tensors[node.inputs[0]]);
  contents.tensors.erase(node.inputs[0]);
  if (scales.values.empty() || tensor.values.size() % scales.values.size() != 0)
    fail("DequantizeLinear with {} scales for {} weights", scales.values.size(),
         tensor.values.size());
  if (scales.values.size() > 1) expect(node, "axis", 0, 1);
  const std::size_t inputs = tensor.values.size() / scales.values.size();
  for (std::size_t i = 0; i < tensor.values.size(); ++i)
    tensor.values[i] *= scales.values[i / inputs];
  contents.tensors[node.outputs[0]] = std::move(tensor);
}

// A QuantizeLinear of something computed, which a DequantizeLinear must follow.
nn::Layer quantize_of(const Contents& contents, const Node& node) {
  const Tensor &scale = tensor_of(contents, node, 1), &zero = tensor_of(contents, node, 2);
  if (scale.values.size() != 1 || zero.values.size() != 1 || zero.is_int8 ||
      !(scale.values[0] > 0 && std::isfinite(scale.values[0])) ||
      !(zero.values[0] >= 0 && zero.values[0] <= 255))
    fail("{} with other than one scale and one zero point, uint8", node.op);
  return nn::quantize(scale.values[0], int(zero.values[0]));
}

// The layer that a node stands for.
nn::Layer layer_of(const Contents& contents, const Node& node) {
  if (node.op == "Relu") return nn::relu();
  if (node.op == "LeakyRelu") {
    const auto alpha = node.numbers.find("alpha");
    return nn::leaky_relu(alpha == node.numbers.end() ? 0.01f : alpha->second);
  }
  if (node.op == "Clip") {
    const Tensor &low = tensor_of(contents, node, 1), &high = tensor_of(contents, node, 2);
    if (low.values != std::vector<float>{0} || high.values != std::vector<float>{6})
      fail("Clip to other limits than 0 and 6");
    return nn::relu6();
  }
  if (node.op == "QuantizeLinear") return quantize_of(contents, node);
  if (node.op == "GlobalAveragePool") return nn::global_average_pool();
  if (node.op == "Flatten") {
    expect(node, "axis", 1, 1);
    return nn::flatten();
  }
  if (node.op == "Add" || node.op == "Sum") return nn::add();
  if (node.op == "Concat") {
    expect(node, "axis", 1, 1);
    return nn::concatenate();
  }
  if (node.op == "Gemm") {
    expect(node, "transB", 1, 0);
    expect(node, "transA", 0, 0);
    nn::Layer layer = nn::dense(outputs_of(contents, node));
    layer.bias = node.inputs.size() > 2;
    return layer;
  }
  if (node.op == "MaxPool" || node.op == "AveragePool") {
    expect(node, "ceil_mode", 0, 0);
    expect(node, "count_include_pad", 0, 0);
    const nn::Size kernel = kernel_size(node), padding = padding_size(node);
    if (kernel.rows != kernel.columns || padding.rows != padding.columns)
      fail("{} with a window that is no square", node.op);
    const nn::PoolOptions options{.stride = number(node, "strides", 1, 1), .padding = padding.rows};
    return node.op == "MaxPool" ? nn::max_pool(kernel.rows, options)
                                : nn::average_pool(kernel.rows, options);
  }
  if (node.op == "Conv") {
    expect(node, "dilations", 1, 1);
    return nn::conv(outputs_of(contents, node), kernel_size(node),
                    {.stride = number(node, "strides", 1, 1),
                     .padding = padding_size(node),
                     .groups = number(node, "group", 1, 1),
                     .bias = node.inputs.size() > 2});
  }
  fail("the operator {}, which this trainer does not have", node.op);
}

// The name of the picture's value; its shape goes into the graph.
std::string read_picture(const Contents& contents, Model& model) {
  for (const auto& [name, dims] : contents.inputs) {
    if (contents.tensors.contains(name)) continue;
    if (dims.size() != 4 || dims[1] < 1 || dims[1] > 16 || dims[2] != dims[3] ||
        dims[2] > ink::max_side || dims[2] == 0)
      fail("an input that is not [N, channels, side, side]");
    const int side = dims[2] < 0 ? model.card.raster.side : int(dims[2]);
    model.graph.input = {int(dims[1]), side, side};
    return name;
  }
  fail("no input");
}

// Follows the nodes, which stand in the order of their execution, to the softmax. Of weights there
// are at most as many as the file has bytes.
void rebuild(Contents& contents, std::size_t most_weights, Model& model) {
  std::map<std::string, int> layer_of_value = {{read_picture(contents, model), nn::picture}};
  for (const Node& node : contents.nodes) {
    if (node.inputs.empty() || node.outputs.size() != 1)
      fail("{} without input or output", node.op);
    if (node.op == "DequantizeLinear" && contents.tensors.contains(node.inputs[0])) {
      dequantize(contents, node);
      continue;
    }
    std::vector<int> inputs;
    for (const std::string& name : node.inputs) {
      const auto found = layer_of_value.find(name);
      if (found != layer_of_value.end()) inputs.push_back(found->second);
    }
    if (inputs.empty()) fail("{} that reads nothing computed before it", node.op);
    const bool joins = node.op == "Add" || node.op == "Sum" || node.op == "Concat";
    if (joins && inputs.size() != node.inputs.size())
      fail("{} of something that is not computed before it", node.op);
    if (node.op == "Softmax") {
      if (inputs.front() != model.graph.last()) fail("a Softmax that is not at its end");
      break;
    }
    if (node.op == "DequantizeLinear") {
      const int from = inputs.front();
      nn::Layer undone = quantize_of(contents, node);
      if (from != nn::picture) undone.inputs = model.graph.layers[std::size_t(from)].inputs;
      if (from == nn::picture || model.graph.layers[std::size_t(from)] != undone)
        fail("a DequantizeLinear that undoes no QuantizeLinear");
      layer_of_value[node.outputs[0]] = from;
      continue;
    }
    layer_of_value[node.outputs[0]] = model.graph.join(layer_of(contents, node), inputs);
    if (node.op != "Conv" && node.op != "Gemm") continue;
    for (std::size_t input = 1; input < node.inputs.size(); ++input) {
      const Tensor& tensor = tensor_of(contents, node, input);
      if (tensor.is_int8) model.type = WeightType::int8;
      if (tensor.values.size() > most_weights - model.weights.size())
        fail("layers that share their weights");
      model.weights.insert(model.weights.end(), tensor.values.begin(), tensor.values.end());
    }
  }
  if (model.graph.layers.empty()) fail("no layers");
  double numbers = 0;
  for (const nn::Shape& shape : nn::shapes_of(model.graph)) numbers += double(shape.size());
  if (numbers > most_numbers) fail("layers that make {:.0f} numbers of one picture", numbers);
  if (model.weights.size() != nn::weight_count(model.graph))
    fail("{} weights where its layers need {}", model.weights.size(),
         nn::weight_count(model.graph));
  if (std::size_t(nn::classes_of(model.graph)) != model.card.classes.size())
    fail("{} outputs where its card names {} classes", nn::classes_of(model.graph),
         model.card.classes.size());
}

}  // namespace

Model read_model(std::span<const std::uint8_t> bytes, const std::string& path) {
  const Result<model::Metadata> metadata = model::read_metadata(bytes);
  if (!metadata) fail("{}: is not a model (.onnx): {}", path, metadata.error());
  Model model;
  try {
    Contents contents = read_contents(bytes);
    if (contents.nodes.empty()) fail("no layers");
    const Result<model::Card> card = model::from_metadata(*metadata);
    if (!card) fail("no card ({}); write it with 'inkling train', which adds one", card.error());
    model.card = *card;
    rebuild(contents, bytes.size(), model);
  } catch (const protozero::exception&) {
    fail("{}: is not a model (.onnx), or is cut short", path);
  } catch (const Error& error) {
    fail("{}: the model has {}", path, error.what());
  }
  return model;
}

}  // namespace onnx
