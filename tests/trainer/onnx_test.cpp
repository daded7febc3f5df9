// Models as files: what is written is read back, and what is no model is refused with a reason.
#include <doctest/doctest.h>

#include <string>

#include "engine/random.h"
#include "trainer/error.h"
#include "trainer/onnx/onnx.h"
#include "trainer/zoo/zoo.h"

namespace {

model::Card card_of(int classes) {
  model::Card card;
  card.name = "test";
  for (int i = 0; i < classes; ++i) card.classes.push_back("class " + std::to_string(i));
  card.thresholds.assign(std::size_t(classes), 0.3f);
  return card;
}

onnx::Model read(const std::string& bytes) {
  return onnx::read_model({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                          "x.onnx");
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
  const nn::Graph graph = zoo::simple_cnn({.classes = 4});
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
