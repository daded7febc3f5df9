// .onnx as the trainer reads it: the whole network, which then classifies a picture where it is
// small enough to do so quickly.
#include <cmath>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/protobuf.h"
#include "trainer/nn/net.h"
#include "trainer/onnx/onnx.h"

namespace {

bool is_small(const nn::Graph& graph) {
  constexpr std::int64_t much = 1 << 20;
  std::int64_t work = std::int64_t(graph.input.size());
  for (const nn::Shape& shape : nn::shapes_of(graph)) work += std::int64_t(shape.size());
  work += nn::multiply_add_count(graph);
  return graph.layers.size() <= 12 && work < much;
}

void classify(const onnx::Model& model) {
  nn::Net net(model.graph, 1, {.mode = nn::Net::Mode::inference});
  net.load(model.weights);
  for (float& v : net.input()) v = 0.5f;
  net.forward();
  fuzz::expect(net.logits().size() == model.card.classes.size(), "a score for each class");
}

}  // namespace

void fuzz::run(Bytes bytes) {
  attempt([&] {
    const onnx::Model model = onnx::read_model(bytes, "model.onnx");
    expect(model.weights.size() == nn::weight_count(model.graph), "the weights fit the graph");
    expect(model.weights.size() <= bytes.size(), "every weight stands in the file");
    if (is_small(model.graph)) classify(model);
    onnx::write_model(model.graph, model.weights, model.card, model.type);
  });
  attempt([&] {
    model::Card card;
    card.classes = {"a", "b"};
    card.thresholds = {0.5f, 0.5f};
    onnx::replace_card(bytes, card, "model.onnx");
  });
}
