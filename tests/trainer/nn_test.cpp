// Layers, networks and workers: their gradients against finite differences and a plain reference,
// their steps against themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "engine/random.h"
#include "tests/trainer/models.h"
#include "tests/trainer/reference.h"
#include "trainer/error.h"
#include "trainer/nn/answers.h"
#include "trainer/nn/kernels.h"
#include "trainer/nn/loss.h"
#include "trainer/nn/net.h"
#include "trainer/nn/workers.h"
#include "trainer/zoo/zoo.h"

namespace {

using models::normals;

using nn::Graph;
using nn::Net;

void copy(std::span<const float> from, std::span<float> to) {
  REQUIRE(from.size() == to.size());
  std::copy(from.begin(), from.end(), to.begin());
}

struct LayerCase {
  std::string name;
  Graph graph;
};

Graph residual() {
  using namespace nn;
  Graph graph({1, 6, 6}, {conv(16, 3)});
  const int before = graph.last();
  const int left = graph.add({conv(16, 3), relu()}, before);
  graph.join(add(), {left, before});
  graph.add({relu(), conv(5, 1)});
  return graph;
}

Graph pool_and_another() {
  using namespace nn;
  Graph graph({1, 6, 6}, {conv(16, 3)});
  const int before = graph.last();
  const int left = graph.add({relu(), max_pool(2)}, before);
  const int right = graph.add({conv(16, 3, {.stride = 2})}, before);
  graph.join(add(), {left, right});
  graph.add({conv(5, 1)});
  return graph;
}

Graph normalised_branches() {
  using namespace nn;
  Graph graph({1, 28, 28}, {conv(20, 3), batch_norm(), relu(), max_pool(2), conv(16, 3),
                            batch_norm(), leaky_relu(0.1f)});
  const int before = graph.last();
  const int left = graph.add({conv(16, 3, {.groups = 16}), batch_norm(), relu(), conv(16, 1)}),
            right = graph.add({conv(16, 1, {.bias = false}), batch_norm()}, before);
  const int after = graph.add({batch_norm()}, left);
  graph.join(add(), {after, right, before});
  const int sum = graph.add({relu(), max_pool(3, {.stride = 1, .padding = 1})});
  const int one = graph.add({conv(16, 1), batch_norm(), relu()}, sum),
            other = graph.add({conv(16, 3), batch_norm(), relu6()}, sum);
  graph.join(concatenate(), {one, other});
  graph.add({batch_norm(), global_average_pool(), flatten(), dense(3)});
  return graph;
}

Graph joined_dense() {
  using namespace nn;
  Graph graph({1, 28, 28}, {conv(16, 3), relu(), max_pool(4), flatten()});
  const int before = graph.last();
  const int left = graph.add({dense(16)}, before), right = graph.add({dense(16)}, before);
  graph.join(concatenate(), {left, right});
  graph.add({batch_norm(), dense(3)});
  return graph;
}

// Two branches of that many channels.
Graph branches(int channels) {
  using namespace nn;
  Graph graph({1, 6, 6}, {conv(16, 3), relu()});
  const int before = graph.last();
  const int left = graph.add({conv(channels, 1), relu()}, before);
  const int right = graph.add({conv(channels, 3)}, before);
  graph.join(concatenate(), {left, right});
  graph.add({conv(5, 1), max_pool(2)});
  return graph;
}

// Each kind of layer, behind a convolution whose gradient has to pass through it; with 16 channels
// where another path is taken then.
std::vector<LayerCase> layer_cases() {
  using namespace nn;
  const Layer before = conv(4, 3), wide = conv(16, 3);
  return {
      {"conv 3x3, the first layer", {{1, 6, 6}, {conv(3, 3)}}},
      {"conv 5x5, the first layer, valid", {{1, 8, 8}, {conv(3, 5, {.padding = 0})}}},
      {"conv 3x3 of two channels, the first layer", {{2, 6, 6}, {conv(20, 3)}}},
      {"conv 3x3, relu, pool, the first layers", {{1, 7, 6}, {conv(20, 3), relu(), max_pool(2)}}},
      {"conv 5x5, relu, pool, the first layers", {{2, 8, 8}, {conv(6, 5), relu(), max_pool(2)}}},
      {"conv 3x3, relu6, pool, the first layers", {{1, 6, 6}, {conv(4, 3), relu6(), max_pool(2)}}},
      {"conv 3x3, stride 2, the first layer", {{1, 8, 8}, {conv(4, 3, {.stride = 2})}}},
      {"conv 5x5, valid", {{1, 9, 9}, {before, conv(3, 5, {.padding = 0})}}},
      {"conv 3x3, same", {{2, 6, 6}, {before, conv(5, 3)}}},
      {"conv 3x3 of 16 channels", {{2, 6, 6}, {wide, conv(32, 3)}}},
      {"conv 1x3", {{1, 6, 6}, {before, conv(5, {1, 3})}}},
      {"conv 3x3, stride 2", {{1, 8, 8}, {before, conv(3, 3, {.stride = 2})}}},
      {"conv 1x1", {{1, 5, 5}, {before, conv(6, 1)}}},
      {"conv without bias", {{1, 5, 5}, {before, conv(6, 3, {.bias = false})}}},
      {"conv in groups", {{1, 6, 6}, {before, conv(8, 3, {.groups = 2})}}},
      {"conv by channel", {{1, 6, 6}, {before, conv(4, 3, {.groups = 4})}}},
      {"conv by 16 channels", {{1, 6, 6}, {wide, conv(16, 3, {.groups = 16})}}},
      {"max pool", {{1, 6, 6}, {before, max_pool(2)}}},
      {"max pool, odd side", {{1, 7, 7}, {before, max_pool(2)}}},
      {"max pool 3, stride 2, padded",
       {{1, 7, 7}, {before, max_pool(3, {.stride = 2, .padding = 1})}}},
      {"average pool 3, stride 1, padded",
       {{1, 5, 5}, {before, average_pool(3, {.stride = 1, .padding = 1})}}},
      {"global average pool", {{1, 6, 6}, {before, global_average_pool()}}},
      {"global average pool, dense",
       {{1, 6, 6}, {before, global_average_pool(), flatten(), dense(3)}}},
      {"dense", {{1, 4, 4}, {before, flatten(), dense(7)}}},
      {"dense, the first layer", {{9, 1, 1}, {flatten(), dense(7)}}},
      {"dense after dense", {{1, 4, 4}, {flatten(), dense(6), dense(5)}}},
      {"relu after conv", {{1, 6, 6}, {before, relu()}}},
      {"relu between conv and pool", {{1, 6, 6}, {before, conv(4, 3), relu(), max_pool(2)}}},
      {"relu after dense", {{1, 4, 4}, {flatten(), dense(8), relu(), dense(3)}}},
      {"relu after pool", {{1, 6, 6}, {before, max_pool(2), relu()}}},
      {"relu after average pool", {{1, 6, 6}, {before, average_pool(2), relu()}}},
      {"relu6 after conv", {{1, 6, 6}, {before, conv(4, 3), relu6()}}},
      {"leaky relu after conv", {{1, 6, 6}, {before, conv(4, 3), leaky_relu(0.2f)}}},
      {"leaky relu between conv and pool",
       {{1, 6, 6}, {before, conv(4, 3), leaky_relu(0.2f), max_pool(2)}}},
      {"relu after flatten", {{1, 4, 4}, {before, flatten(), relu(), dense(3)}}},
      {"batch norm", {{1, 6, 6}, {before, batch_norm(), conv(3, 1)}}},
      {"batch norm, relu", {{1, 6, 6}, {wide, batch_norm(), relu(), conv(3, 1)}}},
      {"batch norm, relu6", {{1, 6, 6}, {before, batch_norm(), relu6(), conv(3, 1)}}},
      {"batch norm, relu, pool", {{1, 6, 6}, {before, batch_norm(), relu(), max_pool(2)}}},
      {"batch norm, relu, pool, odd side", {{1, 7, 5}, {wide, batch_norm(), relu(), max_pool(2)}}},
      {"add of one", {{1, 6, 6}, {before, add(), relu()}}},
      {"conv read by a pool and another", pool_and_another()},
      {"residual", residual()},
      {"branches of whole blocks", branches(16)},
      {"branches of other widths", branches(6)},
  };
}

// The reference has no dropout.
Graph without_dropout(Graph graph) {
  for (nn::Layer& layer : graph.layers)
    if (layer.kind == nn::Kind::dropout) layer.value = 0;
  return graph;
}

// The graph with each batch norm as a convolution of 1x1 by channel, from its statistics, for
// comparison with fold().
void spell_out(const Graph& graph, const std::vector<float>& weights, Graph& result,
               std::vector<float>& result_weights) {
  const auto ranges = nn::weight_ranges(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const nn::Layer& layer = graph.layers[i];
    const nn::WeightRange& r = ranges[i];
    if (layer.kind != nn::Kind::batch_norm) {
      result.join(layer, layer.inputs);
      for (std::size_t k = 0; k < r.kernel_size + r.bias_size; ++k)
        result_weights.push_back(weights[r.kernel_at + k]);
      continue;
    }
    const auto channels = int(r.kernel_size);
    result.join(nn::conv(channels, 1, {.groups = channels}), layer.inputs);
    std::vector<float> scale(r.kernel_size);
    for (std::size_t c = 0; c < r.kernel_size; ++c) {
      const float variance = weights[r.statistics_at + r.kernel_size + c];
      scale[c] = weights[r.kernel_at + c] / std::sqrt(variance + nn::batch_norm_epsilon);
      result_weights.push_back(scale[c]);
    }
    for (std::size_t c = 0; c < r.kernel_size; ++c)
      result_weights.push_back(weights[r.bias_at + c] - scale[c] * weights[r.statistics_at + c]);
  }
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
  net.backward();
  net.store(outcome.gradient);
  return outcome;
}

std::vector<float> scaled(std::vector<float> values, float factor) {
  for (float& value : values) value *= factor;
  return values;
}

std::vector<double> doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
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

// Of two gradients.
double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
double cosine(std::span<const double> a, std::span<const double> b) {
  return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
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

nn::TrainingState initial_state(const Graph& graph) {
  return nn::TrainingState(graph, nn::he_weights(graph, 5));
}

std::vector<float> train_on_noise(int threads, int steps) {
  const Graph graph = zoo::find("simple-cnn").make({.classes = 10});
  const Noise noise{scaled(normals(100 * 784, 3), 0.3f), 10};
  nn::Workers workers(graph, initial_state(graph), {.batch = 100, .threads = threads});
  for (int i = 0; i < steps; ++i) workers.step(100, 1e-3f, noise.source());
  return workers.state().weights;
}

}  // namespace

// The finite differences are the reference's, in double: in float they would say little.
TEST_CASE("Each layer agrees with the plain reference, and its gradient with finite differences") {
  constexpr int batch = 3;
  for (const LayerCase& c : layer_cases()) {
    INFO(c.name);
    Net net(c.graph, batch, {});
    const std::vector<float> weights = scaled(normals(nn::weight_count(c.graph), 1), 0.3f);
    copy(normals(net.input().size(), 2), net.input());
    const std::vector<float> coefficients = normals(net.logits().size(), 3);
    const std::vector<float> gradient = run_net(net, weights, coefficients).gradient;
    // In memory that the pass before has written.
    CHECK(run_net(net, weights, coefficients).gradient == gradient);

    std::vector<double> exact = doubles(weights);
    const auto values = reference::forward(c.graph, exact, net.input(), batch);
    CHECK(difference(net.logits(), values.back()) < 1e-5);
    CHECK(difference(gradient, reference::backward(c.graph, exact, values, coefficients, batch)) <
          1e-5);

    const auto value = [&] {
      const std::vector<double> y = reference::forward(c.graph, exact, net.input(), batch).back();
      double sum = 0;
      for (std::size_t i = 0; i < y.size(); ++i) sum += y[i] * double(coefficients[i]);
      return sum;
    };
    // A hundred of the weights, evenly spread.
    constexpr double step = 1e-6;
    const std::size_t parameters = nn::parameter_count(c.graph),
                      n = std::min<std::size_t>(100, parameters);
    std::vector<float> some;
    std::vector<double> differences;
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t i = k * parameters / n;
      const double before = std::exchange(exact[i], exact[i] + step);
      const double above = value();
      exact[i] = before - step;
      some.push_back(gradient[i]);
      differences.push_back((above - value()) / (2 * step));
      exact[i] = before;
    }
    CHECK(difference(some, differences) < 1e-5);
  }
}

// Maps of this size are computed in portions of the pass, where only maps are normalised.
TEST_CASE("A batch norm is over all pictures of a pass, however many are computed at once") {
  constexpr int batch = 40;
  for (const Graph& graph : {normalised_branches(), joined_dense()}) {
    CAPTURE(graph.layers.size());
    Net net(graph, batch, {});
    const std::vector<float> weights = scaled(normals(nn::weight_count(graph), 1), 0.3f);
    copy(normals(net.input().size(), 2), net.input());
    const std::vector<float> coefficients = normals(net.logits().size(), 3);
    const std::vector<float> gradient = run_net(net, weights, coefficients).gradient;
    CHECK(run_net(net, weights, coefficients).gradient == gradient);
    const auto values = reference::forward(graph, doubles(weights), net.input(), batch);
    CHECK(difference(net.logits(), values.back()) < 1e-4);
    const std::vector<double> expected =
        reference::backward(graph, doubles(weights), values, coefficients, batch);
    // Of so many numbers, one may be so near 0 that float's ReLU decides otherwise.
    const auto parameters = std::ptrdiff_t(nn::parameter_count(graph));
    const std::vector<double> found(gradient.begin(), gradient.begin() + parameters);
    CHECK(1 - cosine(found, std::span(expected).first(found.size())) < 1e-6);
    const std::vector<float> statistics(gradient.begin() + parameters, gradient.end());
    CHECK(difference(statistics, {expected.begin() + parameters, expected.end()}) < 1e-5);
  }
}

TEST_CASE("The whole network's gradient agrees with the plain reference") {
  constexpr int classes = 10, batch = 6;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    const Graph graph = without_dropout(architecture.make({.classes = classes}));
    const std::vector<float> weights = nn::he_weights(graph, 5);
    // Of six seeds, each of two networks has one where a maximum so near a tie that float takes the
    // other one moves a gradient by a thousandth. With this seed none does.
    const Noise noise{scaled(normals(batch * 784, 8), 0.5f), classes};
    nn::Workers workers(graph, nn::TrainingState(graph, weights), {.batch = batch, .threads = 1});
    const std::span<const float> gradient = workers.gradient(batch, noise.source());

    const auto values = reference::forward(graph, doubles(weights), noise.pictures, batch);
    const std::vector<float> logits(values.back().begin(), values.back().end());
    std::vector<int> labels;
    std::vector<float> picture(784), logit_gradient(logits.size());
    for (std::size_t row = 0; row < batch; ++row)
      labels.push_back(noise.source()(row, picture).label);
    nn::softmax_cross_entropy(logits, labels, {}, {}, 1.0f / batch, logit_gradient);
    std::vector<double> expected =
        reference::backward(graph, doubles(weights), values, logit_gradient, batch);
    expected.resize(nn::parameter_count(graph));
    CHECK(difference(gradient, expected) < 1e-4);
  }
}

TEST_CASE("The loss's gradient agrees with finite differences, and left-out rows do not count") {
  const std::vector<float> class_weights = {1, 0.5f, 2, 1, 3};
  const std::vector<float> teacher = normals(3 * 5, 8);
  const nn::LossOptions cases[] = {
      {},
      {.smoothing = 0.1f},
      {.class_weights = class_weights},
      {.smoothing = 0.1f, .teacher_share = 0.7f, .teacher_temperature = 3}};
  for (const nn::LossOptions& options : cases) {
    CAPTURE(options.teacher_share);
    std::vector<float> logits = normals(3 * 5, 4);
    const std::vector<int> labels = {1, -1, 4};
    std::vector<float> gradient(logits.size()), unused(logits.size());
    const auto loss = [&](std::span<float> into) {
      return nn::softmax_cross_entropy(logits, labels, teacher, options, 0.5f, into);
    };
    loss(gradient);
    std::vector<double> differences(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const float before = logits[i], step = 1e-2f;
      logits[i] = before + step;
      const double above = loss(unused);
      logits[i] = before - step;
      differences[i] = 0.5 * (above - loss(unused)) / (2 * double(step));
      logits[i] = before;
    }
    CHECK(difference(gradient, differences) < 1e-3);
    for (std::size_t c = 5; c < 10; ++c) CHECK(gradient[c] == 0);
  }
}

TEST_CASE("What a teacher thinks of a picture that comes again is kept, to half a step") {
  constexpr int classes = 345, pictures = 3;
  nn::Answers answers(pictures, classes);
  for (int i = 0; i < pictures; ++i) {
    CHECK_FALSE(answers.has(std::size_t(i)));
    // The last one is not sure of anything.
    const std::vector<float> logits = scaled(normals(classes, 20 + i), i == 2 ? 0.0f : 5.0f);
    answers.keep(std::size_t(i), logits);
    CHECK(answers.has(std::size_t(i)));
    std::vector<float> recalled(classes);
    answers.recall(std::size_t(i), recalled);
    const auto [lowest, highest] = std::minmax_element(logits.begin(), logits.end());
    const float half_step = (*highest - *lowest) / 255 / 2;
    for (std::size_t c = 0; c < classes; ++c)
      CHECK(std::abs(recalled[c] - (logits[c] - *highest)) <= half_step * 1.001f);
  }
}

TEST_CASE("A teacher is asked of a picture that comes again once") {
  constexpr int rows = 40, classes = 10;
  const Graph graph = zoo::find("simple-cnn").make({.classes = classes});
  const nn::Folded folded = nn::fold(graph, scaled(nn::he_weights(graph, 6), 2));
  const nn::Teacher teacher{folded.graph, folded.weights};
  const Noise some{scaled(normals(rows * 784, 7), 0.5f), classes},
      others{scaled(normals(rows * 784, 8), 0.5f), classes};
  nn::Answers answers(rows, classes);
  const auto workers = [&](nn::Answers* kept) {
    return nn::Workers(
        graph, initial_state(graph),
        {.batch = rows, .threads = 2, .teacher = &teacher, .teacher_share = 1, .answers = kept});
  };
  const auto numbered = [](const Noise& noise) -> nn::Source {
    return [source = noise.source()](std::size_t row, std::span<float> picture) {
      return nn::Lesson(source(row, picture).label, row);
    };
  };
  const auto gradient = [](nn::Workers& of, const nn::Source& source) {
    const auto g = of.gradient(rows, source);
    return std::vector<double>(g.begin(), g.end());
  };
  nn::Workers keeps = workers(&answers), asks = workers(nullptr);
  const std::vector<double> asked = gradient(asks, some.source()),
                            kept = gradient(keeps, numbered(some));
  CHECK(cosine(asked, kept) > 0.9999);
  CHECK((gradient(keeps, numbered(some)) == kept));
  // Other pictures under the numbers of the first: the teacher does not see them.
  CHECK(cosine(gradient(asks, others.source()), gradient(keeps, numbered(others))) < 0.99);
}

TEST_CASE("The same seed, data and threads give the same weights, bit for bit") {
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    CHECK(train_on_noise(threads, 3) == train_on_noise(threads, 3));
  }
}

TEST_CASE("The number of threads changes a gradient by rounding alone") {
  constexpr int rows = 130;  // neither a whole number of pieces nor of shares
  const Graph graph = zoo::find("simple-cnn").make({.classes = 10});
  const Noise noise{scaled(normals(rows * 784, 3), 0.3f), 10};
  const auto gradient = [&](int threads) {
    nn::Workers workers(graph, initial_state(graph), {.batch = rows, .threads = threads});
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
  nn::Adam adam(2);
  adam.steps = 1;
  std::vector<float> weights = {1, 1};
  nn::adam_update(adam, {}, weights, 0, std::vector<float>{0.5f, -3.0f}, 0.1f);
  CHECK(weights[0] == doctest::Approx(0.9));
  CHECK(weights[1] == doctest::Approx(1.1));
}

TEST_CASE("Many steps of AdamW are those of its paper, in double precision") {
  constexpr std::size_t n = 37;
  constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, rate = 0.01, decay = 0.1;
  nn::Adam adam(n);
  std::vector<float> weights = normals(n, 1);
  const std::vector<float> gradients = normals(n * 30, 2);
  std::vector<double> w(weights.begin(), weights.end()), m(n), v(n);
  for (int t = 1; t <= 30; ++t) {
    const auto gradient = std::span(gradients).subspan(std::size_t(t - 1) * n, n);
    adam.steps = t;
    nn::adam_update(adam, {.weight_decay = float(decay)}, weights, 0, gradient, float(rate));
    for (std::size_t i = 0; i < n; ++i) {
      const double g = double(gradient[i]);
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      const double mean = m[i] / (1 - std::pow(beta1, t)),
                   variance = v[i] / (1 - std::pow(beta2, t));
      w[i] -= rate * (mean / (std::sqrt(variance) + epsilon) + decay * w[i]);
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    CHECK(double(weights[i]) == doctest::Approx(w[i]).epsilon(1e-5));
}

TEST_CASE("The moving average is that of the weights after each step, slowest in the end") {
  const Graph graph({1, 4, 4}, {nn::flatten(), nn::dense(3)});
  const Noise noise{normals(8 * 16, 4), 3};
  constexpr double decay = 0.8;
  nn::Workers workers(graph, initial_state(graph),
                      {.batch = 8, .threads = 1, .average_decay = float(decay)});
  const std::vector<float> first = initial_state(graph).weights;
  std::vector<double> expected(first.begin(), first.end());
  for (int step = 1; step <= 60; ++step) {
    workers.step(8, 0.01f, noise.source());
    // As TensorFlow's ExponentialMovingAverage with num_updates: it begins with the last weights.
    const double stays = std::min(decay, (1.0 + step) / (10.0 + step));
    const std::vector<float>& now = workers.state().weights;
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] = stays * expected[i] + (1 - stays) * double(now[i]);
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(double(workers.state().averaged[i]) == doctest::Approx(expected[i]).epsilon(1e-4));
}

TEST_CASE("The learning rate's courses") {
  using nn::learning_rate_at;
  using nn::Schedule;
  CHECK(learning_rate_at(Schedule::cosine, 1, 0, 100, 10) == doctest::Approx(0.1));
  CHECK(learning_rate_at(Schedule::cosine, 1, 9, 100, 10) == doctest::Approx(1));
  CHECK(learning_rate_at(Schedule::cosine, 1, 55, 100, 10) == doctest::Approx(0.505));
  CHECK(learning_rate_at(Schedule::cosine, 1, 100, 100, 10) == doctest::Approx(0.01));
  CHECK(learning_rate_at(Schedule::constant, 1, 4, 100, 10) == doctest::Approx(0.5));
  CHECK(learning_rate_at(Schedule::constant, 1, 90, 100, 10) == doctest::Approx(1));
  CHECK(learning_rate_at(Schedule::one_cycle, 1, 0, 100, 0) == doctest::Approx(0.04));
  CHECK(learning_rate_at(Schedule::one_cycle, 1, 30, 100, 0) == doctest::Approx(1));
  CHECK(learning_rate_at(Schedule::one_cycle, 1, 100, 100, 0) == doctest::Approx(1e-4));
}

TEST_CASE("A folded network computes what the trained one does") {
  Graph graph = zoo::find("mobile").make({.classes = 10});
  graph.add({nn::batch_norm()});  // behind a dense layer
  Graph scaling({1, 5, 5}, {nn::batch_norm(), nn::relu(), nn::batch_norm(), nn::conv(3, 3)});
  for (const Graph& trained : {graph, scaling}) {
    std::vector<float> weights = scaled(normals(nn::weight_count(trained), 1), 0.2f);
    for (float& weight : std::span(weights).subspan(nn::parameter_count(trained)))
      weight = 0.5f + std::abs(weight);
    const nn::Folded folded = nn::fold(trained, weights);
    for (const nn::Layer& layer : folded.graph.layers) CHECK(layer.kind != nn::Kind::batch_norm);
    // Batch norms with given statistics are convolutions of 1x1 by channel.
    Graph spelled_out(trained.input);
    std::vector<float> spelled_weights;
    spell_out(trained, weights, spelled_out, spelled_weights);
    constexpr int batch = 2;
    const std::vector<float> input = normals(batch * trained.input.size(), 2);
    const auto expected =
        reference::forward(spelled_out, doubles(spelled_weights), input, batch).back();
    Net net(folded.graph, batch, {.mode = Net::Mode::inference});
    net.load(folded.weights);
    copy(input, net.input());
    net.forward();
    CHECK(difference(net.logits(), expected) < 1e-4);
  }
}

// A network of many batch norms turns its gradient far for a little: what bf16's rounding may do to
// it is what moving float's weights by as much does.
TEST_CASE("bf16 agrees with float to the rounding of its numbers") {
  if (!nn::multiplies_bf16()) {
    MESSAGE("SKIPPED: this processor does not multiply bf16");
    return;
  }
  constexpr int classes = 10, batch = 32;
  constexpr float half_ulp = 0x1p-9f;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    const Graph graph = without_dropout(architecture.make({.classes = classes}));
    const Noise noise{scaled(normals(batch * 784, 7), 0.5f), classes};
    const auto gradient = [&](nn::Precision precision, nn::TrainingState state) {
      nn::Workers workers(graph, std::move(state),
                          {.batch = batch, .threads = 1, .precision = precision});
      const auto g = workers.gradient(batch, noise.source());
      return std::vector<double>(g.begin(), g.end());
    };
    const std::vector<double> full = gradient(nn::Precision::f32, initial_state(graph)),
                              half = gradient(nn::Precision::bf16, initial_state(graph));
    constexpr int times = 5;
    double turned = 0;
    for (int i = 0; i < times; ++i) {
      nn::TrainingState moved = initial_state(graph);
      const std::vector<float> moves = scaled(normals(moved.weights.size(), 30 + i), half_ulp);
      for (std::size_t k = 0; k < moves.size(); ++k) moved.weights[k] *= 1 + moves[k];
      turned += (1 - cosine(full, gradient(nn::Precision::f32, std::move(moved)))) / times;
    }
    CHECK(1 - cosine(full, half) < 3 * turned);
    CHECK(dot(half, half) == doctest::Approx(dot(full, full)).epsilon(0.1));
  }
}

TEST_CASE("Weight gradients in bf16: pairs of pictures, and the one that is left over") {
  if (!nn::multiplies_bf16()) {
    MESSAGE("SKIPPED: this processor does not multiply bf16");
    return;
  }
  using namespace nn;
  // No ReLU: rounding would stop other numbers.
  const Graph graphs[] = {
      {{1, 9, 7}, {conv(16, 3), conv(48, 3)}},                  // two blocks of outputs and one
      {{1, 9, 7}, {conv(20, 3), conv(10, 3, {.padding = 0})}},  // padded channels, no border
      {{1, 11, 8}, {conv(32, 3), conv(32, 5), conv(16, 5, {.padding = 0})}},
      {{1, 6, 6}, {conv(16, 3), conv(16, 3, {.padding = 2})}}};
  for (std::size_t i = 0; i < std::size(graphs); ++i) {
    CAPTURE(i);
    const std::vector<float> weights = he_weights(graphs[i], 3);
    for (const int batch : {1, 2, 5}) {
      CAPTURE(batch);
      const auto gradient = [&](Precision precision) {
        Net net(graphs[i], batch, {.precision = precision});
        copy(normals(net.input().size(), 2), net.input());
        return run_net(net, weights, normals(net.logits().size(), 4)).gradient;
      };
      CHECK(difference(gradient(Precision::bf16), doubles(gradient(Precision::f32))) < 0.02);
    }
  }
}

TEST_CASE("Softmax in vectors is that of the standard library") {
  for (const std::size_t n : {2, 16, 100, 345}) {
    const std::vector<float> logits = scaled(normals(n, n), 8);
    for (const float temperature : {1.0f, 2.5f}) {
      std::vector<float> found(n);
      const float log_sum = nn::kernels().softmax(n, logits.data(), temperature, found.data());
      double sum = 0;
      for (const float z : logits) sum += std::exp(double(z / temperature));
      CHECK(double(log_sum) == doctest::Approx(std::log(sum)).epsilon(1e-6));
      for (std::size_t i = 0; i < n; ++i)
        CHECK(double(found[i]) ==
              doctest::Approx(std::exp(double(logits[i] / temperature)) / sum).epsilon(1e-5));
    }
  }
  // Far below: nothing, and no NaN.
  const std::vector<float> logits = {0, -200, -1e30f};
  std::vector<float> found(3);
  nn::kernels().softmax(3, logits.data(), 1, found.data());
  CHECK(found[0] == doctest::Approx(1));
  CHECK(found[1] < 1e-30f);
  CHECK(found[2] < 1e-30f);
}

TEST_CASE("Dropout drops its share, scales the rest, and lets the gradient through likewise") {
  const Graph graph({1, 20, 20}, {nn::dropout(0.25f), nn::conv(1, 1)});
  Net net(graph, 2, {});
  const std::vector<float> weights = {1, 0};
  net.load(weights);
  std::fill(net.input().begin(), net.input().end(), 3.0f);
  net.forward(1);
  const std::vector<float> first(net.logits().begin(), net.logits().end());
  for (const float y : first) CHECK((y == 0 || y == doctest::Approx(4)));
  CHECK(double(std::count(first.begin(), first.end(), 0.0f)) / 800 ==
        doctest::Approx(0.25).epsilon(0.2));
  net.forward(1);
  CHECK(std::equal(first.begin(), first.end(), net.logits().begin()));
  net.forward(2);
  CHECK_FALSE(std::equal(first.begin(), first.end(), net.logits().begin()));

  const Graph behind({1, 4, 4}, {nn::conv(1, 1), nn::dropout(0.5f)});
  Net second(behind, 1, {});
  second.load(weights);
  std::fill(second.input().begin(), second.input().end(), 1.0f);
  second.forward(3);
  std::fill(second.logit_gradient().begin(), second.logit_gradient().end(), 1.0f);
  std::vector<float> gradient(2);
  second.backward();
  second.store(gradient);
  double sum = 0;
  for (const float y : second.logits()) sum += double(y);
  CHECK(double(gradient[0]) == doctest::Approx(sum));
}

TEST_CASE("Running statistics follow the batches, and the average follows the weights") {
  const Graph graph({1, 4, 4}, {nn::batch_norm(), nn::flatten(), nn::dense(2)});
  std::vector<float> pictures = normals(4 * 16, 9);
  for (float& value : pictures) value = 5 + 2 * value;
  const Noise noise{pictures, 2};
  nn::Workers workers(graph, nn::TrainingState(graph, nn::he_weights(graph, 1)),
                      {.batch = 4, .threads = 2, .average_decay = 0.999f});
  for (int i = 0; i < 200; ++i) workers.step(4, 1e-3f, noise.source());
  const std::size_t at = nn::parameter_count(graph);
  // Each worker's batch norm sees its two pictures: the mean of their means is the mean.
  double mean = 0;
  for (const float value : pictures) mean += double(value) / double(pictures.size());
  CHECK(double(workers.state().weights[at]) == doctest::Approx(mean).epsilon(1e-3));
  CHECK(double(workers.state().weights[at + 1]) == doctest::Approx(4).epsilon(0.3));
  CHECK(workers.state().averaged.size() == workers.state().weights.size());
  CHECK(workers.weights().data() == workers.state().averaged.data());
  CHECK(workers.state().averaged != workers.state().weights);
}

TEST_CASE("Networks with global pooling classify pictures of any side with the same weights") {
  std::set<std::string_view> seen;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    const Graph trained = architecture.make({.classes = 5});
    if (std::none_of(trained.layers.begin(), trained.layers.end(), [](const nn::Layer& layer) {
          return layer.kind == nn::Kind::global_average_pool;
        }))
      continue;
    seen.insert(architecture.name);
    const std::vector<float> weights = nn::he_weights(trained, 2);
    for (const int side : {28, 40, 64, 128}) {
      CAPTURE(side);
      const Graph graph = architecture.make({.side = side, .classes = 5});
      const nn::Folded folded = nn::fold(graph, weights);
      const std::vector<float> input = scaled(normals(graph.input.size(), 3), 0.3f);
      Net net(folded.graph, 1, {.mode = Net::Mode::inference});
      net.load(folded.weights);
      copy(input, net.input());
      net.forward();
      CHECK(difference(net.logits(),
                       reference::forward(folded.graph, doubles(folded.weights), input, 1).back()) <
            1e-4);
    }
  }
  for (const char* name : {"simple-gap", "lenet-gap", "nin", "squeeze", "mobile"})
    CHECK(seen.count(name) == 1);
}

TEST_CASE("Every window of a pool is over some pixels, or the network is refused") {
  using namespace nn;
  int refused = 0;
  for (const int kernel : {1, 2, 3, 5, 12})
    for (const int stride : {1, 2, 7})
      for (const int padding : {0, 1, 2, 4, 12})
        for (const Kind kind : {Kind::max_pool, Kind::average_pool}) {
          const PoolOptions options{.stride = stride, .padding = padding};
          const Layer pool =
              kind == Kind::max_pool ? max_pool(kernel, options) : average_pool(kernel, options);
          const Graph graph{{1, 8, 8}, {pool, flatten(), dense(2)}};
          CAPTURE(kernel);
          CAPTURE(stride);
          CAPTURE(padding);
          if (padding >= kernel || 8 + 2 * padding < kernel) {
            CHECK_THROWS_WITH_AS(shapes_of(graph), doctest::Contains("does not fit"), Error);
            ++refused;
            continue;
          }
          Net net(graph, 1, {.mode = Net::Mode::inference});
          net.load(he_weights(graph, 1));
          copy(normals(64, 2), net.input());
          net.forward();
          for (const float logit : net.logits()) CHECK(std::isfinite(logit));
        }
  CHECK(refused == 78);
}

TEST_CASE("Errors name what does not fit") {
  CHECK_THROWS_WITH_AS(nn::shapes_of({{1, 4, 4}, {nn::conv(8, 3), nn::max_pool(5)}}),
                       "layer 2 (max pool) does not fit on 8x4x4", Error);
  CHECK_THROWS_WITH_AS(nn::shapes_of({{1, 4, 4}, {nn::dense(5)}}),
                       "layer 1 (dense) does not fit on 1x4x4", Error);
}

TEST_CASE("An error while a picture is fetched ends the step, and the workers go on") {
  const Graph graph = zoo::find("simple-cnn").make({.classes = 10});
  const Noise noise{scaled(normals(8 * 784, 3), 0.3f), 10};
  nn::Workers workers(graph, initial_state(graph), {.batch = 8, .threads = 2});
  const nn::Source broken = [](std::size_t, std::span<float>) -> int { fail("no such picture"); };
  CHECK_THROWS_WITH_AS(workers.step(8, 1e-3f, broken), "no such picture", Error);
  CHECK(std::isfinite(workers.step(8, 1e-3f, noise.source()).loss));
}
