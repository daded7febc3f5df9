// Layers, networks and workers: their gradients against finite differences and a plain reference,
// their steps against themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/random.h"
#include "tests/trainer/reference.h"
#include "trainer/error.h"
#include "trainer/nn/loss.h"
#include "trainer/nn/net.h"
#include "trainer/nn/workers.h"
#include "trainer/zoo/zoo.h"

namespace {

using nn::Graph;
using nn::Net;

std::vector<float> normals(std::size_t size, std::uint64_t seed) {
  Random random{seed};
  std::vector<float> values(size);
  for (float& value : values) value = float(random.normal());
  return values;
}

void copy(std::span<const float> from, std::span<float> to) {
  REQUIRE(from.size() == to.size());
  std::copy(from.begin(), from.end(), to.begin());
}

struct LayerCase {
  std::string name;
  Graph graph;
};

// Each kind of layer, behind a convolution whose gradient has to pass through it.
std::vector<LayerCase> layer_cases() {
  using namespace nn;
  const Layer before = conv(4, 3);
  return {
      {"conv 3x3, the first layer", {{1, 6, 6}, {conv(3, 3)}}},
      {"conv 5x5, valid", {{1, 9, 9}, {before, conv(3, 5, {.padding = 0})}}},
      {"conv 3x3, same", {{2, 6, 6}, {before, conv(5, 3)}}},
      {"conv 3x3, stride 2", {{1, 8, 8}, {before, conv(3, 3, {.stride = 2})}}},
      {"conv 1x1", {{1, 5, 5}, {before, conv(6, 1)}}},
      {"conv in groups", {{1, 6, 6}, {before, conv(8, 3, {.groups = 2})}}},
      {"conv by channel", {{1, 6, 6}, {before, conv(4, 3, {.groups = 4})}}},
      {"max pool", {{1, 6, 6}, {before, max_pool(2)}}},
      {"max pool, odd side", {{1, 7, 7}, {before, max_pool(2)}}},
      {"global average pool", {{1, 6, 6}, {before, global_average_pool()}}},
      {"dense", {{1, 4, 4}, {before, flatten(), dense(7)}}},
      {"dense, the first layer", {{9, 1, 1}, {flatten(), dense(7)}}},
      {"dense after dense", {{1, 4, 4}, {flatten(), dense(6), dense(5)}}},
      {"relu after conv", {{1, 6, 6}, {before, relu()}}},
      {"relu between conv and pool", {{1, 6, 6}, {before, relu(), max_pool(2)}}},
      {"relu after dense", {{1, 4, 4}, {flatten(), dense(8), relu(), dense(3)}}},
      {"relu after pool", {{1, 6, 6}, {before, max_pool(2), relu()}}},
  };
}

// The gradient of sum(output * coefficients), as the net computes it, and that sum.
struct Outcome {
  double value;
  std::vector<float> gradient;
};
Outcome run_net(Net& net, std::span<const float> weights, std::span<const float> coefficients) {
  Outcome outcome{0, std::vector<float>(weights.size())};
  net.load(weights);
  net.forward();
  REQUIRE(net.logits().size() == coefficients.size());
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    outcome.value += double(net.logits()[i]) * double(coefficients[i]);
  copy(coefficients, net.logit_gradient());
  net.backward(outcome.gradient);
  return outcome;
}

std::vector<float> scaled(std::vector<float> values, float factor) {
  for (float& value : values) value *= factor;
  return values;
}

// The largest difference, as a share of the largest value.
double difference(std::span<const float> a, std::span<const double> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(b[i]));
    worst = std::max(worst, std::abs(double(a[i]) - b[i]));
  }
  return worst / std::max(largest, 1e-12);
}

// Pictures of noise with random labels.
struct Noise {
  std::vector<float> pictures;
  int classes;
  nn::Source source() const {
    return [this](std::size_t row, std::span<float> picture) {
      copy(std::span(pictures).subspan(row * picture.size(), picture.size()), picture);
      return int(mix_bits(row + 1) % std::uint64_t(classes));
    };
  }
};

std::vector<float> train_on_noise(int threads, int steps) {
  const Graph graph = zoo::simple_cnn(28, 10);
  const Noise noise{scaled(normals(100 * 784, 3), 0.3f), 10};
  nn::Workers workers(graph, nn::he_weights(graph, 5), {.batch = 100, .threads = threads});
  for (int i = 0; i < steps; ++i) workers.step(100, 1e-3f, noise.source());
  return {workers.weights().begin(), workers.weights().end()};
}

}  // namespace

TEST_CASE("Each layer's gradient agrees with finite differences") {
  constexpr int batch = 3;
  for (const LayerCase& c : layer_cases()) {
    CAPTURE(c.name);
    Net net(c.graph, batch, Net::Mode::training);
    std::vector<float> weights = scaled(normals(nn::parameter_count(c.graph), 1), 0.3f);
    copy(normals(net.input().size(), 2), net.input());
    const std::vector<float> coefficients = normals(net.logits().size(), 3);
    const std::vector<float> gradient = run_net(net, weights, coefficients).gradient;

    constexpr float step = 2e-4f;
    std::vector<double> differences(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float before = weights[i];
      weights[i] = before + step;
      const double above = run_net(net, weights, coefficients).value;
      weights[i] = before - step;
      differences[i] = (above - run_net(net, weights, coefficients).value) / (2 * double(step));
      weights[i] = before;
    }
    CHECK(difference(gradient, differences) < 0.01);
  }
}

TEST_CASE("Each layer's output and gradient agree with the plain reference") {
  constexpr int batch = 3;
  for (const LayerCase& c : layer_cases()) {
    CAPTURE(c.name);
    Net net(c.graph, batch, Net::Mode::training);
    const std::vector<float> weights = scaled(normals(nn::parameter_count(c.graph), 1), 0.3f);
    copy(normals(net.input().size(), 2), net.input());
    const std::vector<float> coefficients = normals(net.logits().size(), 3);
    const std::vector<float> gradient = run_net(net, weights, coefficients).gradient;

    const auto values = reference::forward(c.graph, weights, net.input(), batch);
    CHECK(difference(net.logits(), values.back()) < 1e-5);
    CHECK(difference(gradient, reference::backward(c.graph, weights, values, coefficients, batch)) <
          1e-5);
  }
}

TEST_CASE("The whole network's gradient agrees with the plain reference") {
  constexpr int classes = 10, batch = 6;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    const Graph graph = architecture.make(28, classes);
    const std::vector<float> weights = nn::he_weights(graph, 5);
    const Noise noise{scaled(normals(batch * 784, 7), 0.5f), classes};
    nn::Workers workers(graph, weights, {.batch = batch, .threads = 2});
    const std::span<const float> gradient = workers.gradient(batch, noise.source());

    const auto values = reference::forward(graph, weights, noise.pictures, batch);
    const std::vector<float> logits(values.back().begin(), values.back().end());
    std::vector<int> labels;
    std::vector<float> picture(784), logit_gradient(logits.size());
    for (std::size_t row = 0; row < batch; ++row) labels.push_back(noise.source()(row, picture));
    nn::softmax_cross_entropy(logits, labels, 0, 1.0f / batch, logit_gradient);
    CHECK(difference(gradient, reference::backward(graph, weights, values, logit_gradient, batch)) <
          2e-5);
  }
}

TEST_CASE("The loss's gradient agrees with finite differences, and left-out rows do not count") {
  for (const float smoothing : {0.0f, 0.1f}) {
    std::vector<float> logits = normals(3 * 5, 4);
    const std::vector<int> labels = {1, -1, 4};
    std::vector<float> gradient(logits.size()), unused(logits.size());
    nn::softmax_cross_entropy(logits, labels, smoothing, 0.5f, gradient);
    std::vector<double> differences(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const float before = logits[i], step = 1e-2f;
      logits[i] = before + step;
      const double above = nn::softmax_cross_entropy(logits, labels, smoothing, 0.5f, unused);
      logits[i] = before - step;
      differences[i] =
          0.5 * (above - nn::softmax_cross_entropy(logits, labels, smoothing, 0.5f, unused)) /
          (2 * double(step));
      logits[i] = before;
    }
    CHECK(difference(gradient, differences) < 1e-3);
    for (std::size_t c = 5; c < 10; ++c) CHECK(gradient[c] == 0);
  }
}

TEST_CASE("The same seed, data and threads give the same weights, bit for bit") {
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    CHECK(train_on_noise(threads, 3) == train_on_noise(threads, 3));
  }
}

TEST_CASE("The number of threads changes a gradient by rounding alone") {
  constexpr int rows = 130;  // neither a whole number of pieces nor of shares
  const Graph graph = zoo::simple_cnn(28, 10);
  const Noise noise{scaled(normals(rows * 784, 3), 0.3f), 10};
  const auto gradient = [&](int threads) {
    nn::Workers workers(graph, nn::he_weights(graph, 5), {.batch = rows, .threads = threads});
    const auto g = workers.gradient(rows, noise.source());
    return std::vector<float>(g.begin(), g.end());
  };
  const std::vector<float> one = gradient(1), three = gradient(3);
  CHECK(difference(three, std::vector<double>(one.begin(), one.end())) < 1e-5);
}

// A change to what training computes changes these numbers; the commit that does so says why. They
// are sums, to four digits, since other processors round otherwise.
TEST_CASE("The signature of five steps") {
  const std::vector<float> weights = train_on_noise(1, 5);
  double sum = 0, magnitudes = 0, squares = 0;
  for (const float weight : weights) {
    sum += double(weight);
    magnitudes += std::abs(double(weight));
    squares += double(weight) * double(weight);
  }
  CHECK(sum == doctest::Approx(-33.7293).epsilon(1e-3));
  CHECK(magnitudes == doctest::Approx(5293.05).epsilon(1e-4));
  CHECK(squares == doctest::Approx(496.981).epsilon(1e-4));
}

TEST_CASE("Adam's first step moves each weight by the learning rate, against the gradient") {
  nn::Adam adam(2, {});
  adam.steps = 1;
  std::vector<float> weights = {1, 1};
  nn::adam_update(adam, weights, 0, std::vector<float>{0.5f, -3.0f}, 0.1f);
  CHECK(weights[0] == doctest::Approx(0.9));
  CHECK(weights[1] == doctest::Approx(1.1));
}

TEST_CASE("The learning rate climbs, then falls to a hundredth") {
  CHECK(nn::cosine_learning_rate(1, 0, 100, 10) == doctest::Approx(0.1));
  CHECK(nn::cosine_learning_rate(1, 9, 100, 10) == doctest::Approx(1));
  CHECK(nn::cosine_learning_rate(1, 55, 100, 10) == doctest::Approx(0.505));
  CHECK(nn::cosine_learning_rate(1, 100, 100, 10) == doctest::Approx(0.01));
}

TEST_CASE("simple-cnn has the parameters of its description") {
  CHECK(nn::parameter_count(zoo::simple_cnn(28, 100)) == 110052);
}

TEST_CASE("Errors name what does not fit") {
  CHECK_THROWS_WITH_AS(nn::shapes_of({{1, 4, 4}, {nn::conv(8, 3), nn::max_pool(5)}}),
                       "layer 2 (max pool) does not fit on 8x4x4", Error);
  CHECK_THROWS_WITH_AS(nn::shapes_of({{1, 4, 4}, {nn::dense(5)}}),
                       "layer 1 (dense) does not fit on 1x4x4", Error);
  CHECK_THROWS_AS(zoo::find("resnet-9000"), Error);
}

TEST_CASE("An error while a picture is fetched ends the step, and the workers go on") {
  const Graph graph = zoo::simple_cnn(28, 10);
  const Noise noise{scaled(normals(8 * 784, 3), 0.3f), 10};
  nn::Workers workers(graph, nn::he_weights(graph, 5), {.batch = 8, .threads = 2});
  const nn::Source broken = [](std::size_t, std::span<float>) -> int { fail("no such picture"); };
  CHECK_THROWS_WITH_AS(workers.step(8, 1e-3f, broken), "no such picture", Error);
  CHECK(std::isfinite(workers.step(8, 1e-3f, noise.source())));
}
