#include <cstring>
#include <map>
#include <protozero/pbf_reader.hpp>

#include "trainer/error.h"
#include "trainer/onnx/onnx.h"

namespace onnx {
namespace {

using protozero::pbf_reader;
using Integers = std::vector<std::int64_t>;

struct Tensor {
  Integers dims;
  std::vector<float> values;
};

struct Node {
  std::string op;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, Integers> attributes;
};

struct Contents {
  std::vector<Node> nodes;
  std::map<std::string, Tensor> tensors;
  std::map<std::string, Integers> inputs;  // dims by name; -1 where there is no number
};

// Repeated integers come one by one or packed, at the writer's choice.
void read_integers(pbf_reader& message, Integers& values) {
  if (message.wire_type() == protozero::pbf_wire_type::length_delimited)
    for (const std::int64_t value : message.get_packed_int64()) values.push_back(value);
  else
    values.push_back(message.get_int64());
}

void read_attribute(pbf_reader message, Node& node) {
  std::string name;
  Integers values;
  while (message.next()) {
    switch (message.tag()) {
      case field::attribute_name:
        name = message.get_string();
        break;
      case field::attribute_i:
        values.push_back(message.get_int64());
        break;
      case field::attribute_ints:
        read_integers(message, values);
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
    switch (message.tag()) {
      case field::node_input:
        node.inputs.push_back(message.get_string());
        break;
      case field::node_output:
        node.outputs.push_back(message.get_string());
        break;
      case field::node_op_type:
        node.op = message.get_string();
        break;
      case field::node_attribute:
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
  while (message.next()) {
    switch (message.tag()) {
      case field::tensor_dims:
        read_integers(message, tensor.dims);
        break;
      case field::tensor_data_type:
        type = message.get_int32();
        break;
      case field::tensor_name:
        name = message.get_string();
        break;
      case field::tensor_float_data:
        for (const float value : message.get_packed_float()) tensor.values.push_back(value);
        break;
      case field::tensor_raw_data: {
        const protozero::data_view raw = message.get_view();
        tensor.values.resize(raw.size() / sizeof(float));
        std::memcpy(tensor.values.data(), raw.data(), tensor.values.size() * sizeof(float));
        break;
      }
      default:
        message.skip();
    }
  }
  if (type == field::type_float) contents.tensors[name] = std::move(tensor);
}

Integers read_shape(pbf_reader value_type) {
  Integers dims;
  if (!value_type.next(field::type_tensor)) return dims;
  pbf_reader tensor = value_type.get_message();
  if (!tensor.next(field::tensor_type_shape)) return dims;
  pbf_reader shape = tensor.get_message();
  while (shape.next(field::shape_dim)) {
    pbf_reader dim = shape.get_message();
    dims.push_back(dim.next(field::dim_value) ? dim.get_int64() : -1);
  }
  return dims;
}

void read_input(pbf_reader message, Contents& contents) {
  std::string name;
  Integers dims;
  while (message.next()) {
    switch (message.tag()) {
      case field::value_name:
        name = message.get_string();
        break;
      case field::value_type:
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
  while (model.next(field::model_graph)) {
    pbf_reader graph = model.get_message();
    while (graph.next()) {
      switch (graph.tag()) {
        case field::graph_node:
          contents.nodes.push_back(read_node(graph.get_message()));
          break;
        case field::graph_initializer:
          read_tensor(graph.get_message(), contents);
          break;
        case field::graph_input:
          read_input(graph.get_message(), contents);
          break;
        default:
          graph.skip();
      }
    }
  }
  return contents;
}

// An attribute as one number: that of all its entries, which must agree; `otherwise` where it is
// missing.
int number(const Node& node, const std::string& name, int otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end() || found->second.empty()) return otherwise;
  const std::int64_t value = found->second.front();
  for (const std::int64_t other : found->second)
    if (other != value) fail("{} with uneven {}", node.op, name);
  if (value < -1 || value > 4096) fail("{} with {} {}", node.op, name, value);
  return int(value);
}

void expect(const Node& node, const std::string& name, int value, int otherwise) {
  if (const int found = number(node, name, otherwise); found != value)
    fail("{} with {} {} where {} is needed", node.op, name, found, value);
}

const Tensor& tensor_of(const Contents& contents, const Node& node, std::size_t input) {
  const auto found = node.inputs.size() > input ? contents.tensors.find(node.inputs[input])
                                                : contents.tensors.end();
  if (found == contents.tensors.end()) fail("{} without its weights", node.op);
  return found->second;
}

// The layer that a node stands for.
nn::Layer layer_of(const Contents& contents, const Node& node) {
  if (node.op == "Relu") return nn::relu();
  if (node.op == "GlobalAveragePool") return nn::global_average_pool();
  if (node.op == "Flatten") {
    expect(node, "axis", 1, 1);
    return nn::flatten();
  }
  if (node.op == "Gemm") {
    expect(node, "transB", 1, 0);
    expect(node, "transA", 0, 0);
    return nn::dense(int(tensor_of(contents, node, 2).values.size()));
  }
  if (node.op == "MaxPool") {
    const int kernel = number(node, "kernel_shape", 0);
    expect(node, "strides", kernel, 1);
    expect(node, "pads", 0, 0);
    expect(node, "ceil_mode", 0, 0);
    return nn::max_pool(kernel);
  }
  if (node.op == "Conv") {
    expect(node, "dilations", 1, 1);
    return nn::conv(int(tensor_of(contents, node, 2).values.size()),
                    number(node, "kernel_shape", 0),
                    {.stride = number(node, "strides", 1),
                     .padding = number(node, "pads", 0),
                     .groups = number(node, "group", 1)});
  }
  fail("the operator {}, which this trainer does not have", node.op);
}

// Follows the chain from the input to the softmax.
void rebuild(const Contents& contents, Model& model) {
  std::string value;
  for (const auto& [name, dims] : contents.inputs) {
    if (contents.tensors.contains(name)) continue;
    if (dims.size() != 4 || dims[1] != 1 || dims[2] != dims[3] || dims[2] < 1 ||
        dims[2] > ink::max_side)
      fail("an input that is not [N, 1, side, side]");
    const int side = int(dims[2]);
    model.graph.input = {1, side, side};
    value = name;
  }
  if (value.empty()) fail("no input");
  for (const Node& node : contents.nodes) {
    if (node.inputs.empty() || node.outputs.size() != 1 || node.inputs[0] != value)
      fail("branches; only chains of layers are known");
    value = node.outputs[0];
    if (node.op == "Softmax") break;
    model.graph.layers.push_back(layer_of(contents, node));
    if (node.op != "Conv" && node.op != "Gemm") continue;
    for (const std::size_t input : {std::size_t{1}, std::size_t{2}}) {
      const Tensor& tensor = tensor_of(contents, node, input);
      model.weights.insert(model.weights.end(), tensor.values.begin(), tensor.values.end());
    }
  }
  if (model.graph.layers.empty()) fail("no layers");
  if (model.weights.size() != nn::parameter_count(model.graph))
    fail("{} weights where its layers need {}", model.weights.size(),
         nn::parameter_count(model.graph));
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
    const Contents contents = read_contents(bytes);
    if (contents.nodes.empty()) fail("no layers");
    const Result<model::Card> card = model::from_metadata(*metadata);
    if (!card) fail("no card ({}); write it with 'inkling train', which adds one", card.error());
    model.card = *card;
    rebuild(contents, model);
  } catch (const protozero::exception&) {
    fail("{}: is not a model (.onnx), or is cut short", path);
  } catch (const Error& error) {
    fail("{}: the model has {}", path, error.what());
  }
  return model;
}

}  // namespace onnx
