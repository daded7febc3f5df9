// Models as files: what is written is read back, and what is no model is refused with a reason.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "engine/random.h"
#include "tests/trainer/models.h"
#include "trainer/error.h"
#include "trainer/onnx/onnx.h"
#include "trainer/zoo/zoo.h"

namespace {

using models::card_of, models::read;

// Protocol buffers by hand, for files that write_model would never write.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += char(value | 0x80);
  return bytes + char(value);
}
std::string part(std::uint64_t field, const std::string& payload) {
  return varint(field << 3 | 2) + varint(payload.size()) + payload;
}
std::string numbers(std::uint64_t field, std::initializer_list<std::uint64_t> values) {
  std::string bytes;
  for (const std::uint64_t value : values) bytes += varint(field << 3) + varint(value);
  return bytes;
}
std::string attribute(const std::string& name, std::initializer_list<std::uint64_t> values) {
  return part(onnx::field::node_attribute, part(onnx::field::attribute_name, name) +
                                               numbers(onnx::field::attribute_ints, values));
}
std::string node(const std::string& op, std::initializer_list<const char*> inputs,
                 const std::string& output, const std::string& more = "") {
  std::string bytes = part(onnx::field::node_op_type, op);
  for (const char* input : inputs) bytes += part(onnx::field::node_input, input);
  return part(onnx::field::graph_node, bytes + part(onnx::field::node_output, output) + more);
}
std::string tensor(const std::string& name, std::initializer_list<std::uint64_t> dims, int type,
                   const std::string& raw) {
  return part(onnx::field::graph_initializer,
              numbers(onnx::field::tensor_dims, dims) +
                  numbers(onnx::field::tensor_data_type, {std::uint64_t(type)}) +
                  part(onnx::field::tensor_name, name) + part(onnx::field::tensor_raw_data, raw));
}
std::string raw(float value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
// A network of these nodes over "ink", 8x8, of two classes.
std::string model_of(const std::string& nodes) {
  std::string shape;
  for (const std::uint64_t dim : {1, 1, 8, 8})
    shape += part(onnx::field::shape_dim, numbers(onnx::field::dim_value, {dim}));
  const std::string type =
      part(onnx::field::type_tensor, part(onnx::field::tensor_type_shape, shape));
  const std::string input = part(onnx::field::graph_input, part(onnx::field::value_name, "ink") +
                                                               part(onnx::field::value_type, type));
  std::string bytes = part(onnx::field::model_graph, input + nodes);
  for (const auto& [key, value] : model::to_metadata(card_of(2)))
    bytes += part(onnx::field::model_metadata,
                  part(onnx::field::entry_key, key) + part(onnx::field::entry_value, value));
  return bytes;
}

}  // namespace

TEST_CASE("Every layer survives the way through a file") {
  using namespace nn;
  const Graph graph{{1, 28, 28},
                    {conv(8, 5, {.padding = 0}), relu(), max_pool(2), conv(8, 3, {.groups = 8}),
                     conv(12, 1), conv(12, 3, {.stride = 2}), relu(), global_average_pool(),
                     flatten(), dense(9), relu(), dense(4)}};
  const std::vector<float> weights = he_weights(graph, 1);
  const onnx::Model model = read(onnx::write_model(graph, weights, card_of(4)));
  CHECK(model.graph.input == graph.input);
  CHECK(model.graph.layers == graph.layers);
  CHECK(model.weights == weights);
  CHECK(model.card.classes == card_of(4).classes);
  CHECK(model.card.thresholds == card_of(4).thresholds);
}

TEST_CASE("A file that is cut anywhere is refused, or says what is missing") {
  const nn::Graph graph = zoo::find("simple-cnn").make({.classes = 4});
  const std::string bytes = onnx::write_model(graph, nn::he_weights(graph, 1), card_of(4));
  for (std::size_t size = 0; size < bytes.size(); size += size < 400 ? 1 : 997)
    CHECK_THROWS_AS(read(bytes.substr(0, size)), Error);
  CHECK_THROWS_AS(read("this is no model at all"), Error);
}

TEST_CASE("Bytes changed at random never do worse than an error") {
  const nn::Graph graph{{1, 8, 8}, {nn::conv(2, 3), nn::relu(), nn::flatten(), nn::dense(3)}};
  const std::string bytes = onnx::write_model(graph, nn::he_weights(graph, 1), card_of(3));
  Random random{1};
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string broken = bytes;
    for (int k = 0; k < 3; ++k) broken[random.below(broken.size())] = char(random.bits());
    try {
      read(broken);
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 500);
}

TEST_CASE("Small files that ask for much, or overflow what is counted, are refused") {
  using namespace onnx;
  const std::string square = tensor("w", {64, 64}, field::type_float, std::string(64 * 64 * 4, 0));
  std::string shared = square + node("Flatten", {"ink"}, "0");
  for (int i = 0; i < 1000; ++i)
    shared += node("Gemm", {std::to_string(i).c_str(), "w"}, std::to_string(i + 1),
                   attribute("transB", {1}));
  std::string multiplied = tensor("q", {64, 64}, field::type_int8, std::string(64 * 64, 1)) +
                           tensor("scale", {}, field::type_float, raw(1));
  for (int i = 0; i < 1000; ++i)
    multiplied += node("DequantizeLinear", {"q", "scale"}, std::to_string(i));
  std::string many;
  for (int i = 0; i < 70000; ++i) many += node("Relu", {"ink"}, "a");
  const std::string one = tensor("w", {1, 1, 1, 1}, field::type_float, raw(1));
  const std::string wide =
      tensor("w", {1 << 20, 1, 1, 1}, field::type_float, std::string(4 << 20, 0));
  const std::pair<std::string, const char*> files[] = {
      {shared, "layers that share their weights"},
      {multiplied, "DequantizeLinear that reads nothing"},
      {many, "more than 65536 nodes"},
      // A picture of 131,080 x 131,080, and a million of smaller ones.
      {one + node("Conv", {"ink", "w"}, "a",
                  attribute("kernel_shape", {1, 1}) +
                      attribute("pads", {65536, 65536, 65536, 65536})),
       "too large"},
      {wide +
           node("Conv", {"ink", "w"}, "a",
                attribute("kernel_shape", {1, 1}) + attribute("pads", {500, 500, 500, 500})) +
           node("Flatten", {"a"}, "b"),
       "too large"},
      // Each layer is small enough, all together are not.
      {one +
           node("Conv", {"ink", "w"}, "a",
                attribute("kernel_shape", {1, 1}) + attribute("pads", {4000, 4000, 4000, 4000})) +
           node("Relu", {"a"}, "b") + node("Flatten", {"b"}, "c"),
       "numbers of one picture"},
      // A kernel whose sides' product is 0 in 32 bits.
      {one + node("Conv", {"ink", "w"}, "a",
                  attribute("kernel_shape", {65536, 65536}) +
                      attribute("pads", {65536, 65536, 65536, 65536}) +
                      attribute("strides", {65536, 65536})),
       "too many weights"},
      {tensor("s", {}, field::type_float, raw(1)) + tensor("z", {}, field::type_float, raw(1e30f)) +
           node("QuantizeLinear", {"ink", "s", "z"}, "a"),
       "zero point"},
      {tensor("s", {}, field::type_float, raw(HUGE_VALF)) +
           tensor("z", {}, field::type_uint8, std::string(1, 0)) +
           node("QuantizeLinear", {"ink", "s", "z"}, "a"),
       "one scale"},
      {tensor("c", {1}, field::type_float, raw(1)) + node("Add", {"ink", "c"}, "a"),
       "Add of something that is not computed"},
      // A name that is a number, which is no name.
      {part(field::graph_node, numbers(field::node_op_type, {1000}) +
                                   part(field::node_input, "ink") + part(field::node_output, "a")),
       "the operator ,"}};
  for (const auto& [nodes, complaint] : files) {
    CAPTURE(complaint);
    CHECK_THROWS_WITH_AS(read(model_of(nodes)), doctest::Contains(complaint), Error);
  }
}
