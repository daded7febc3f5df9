// The networks that there are, and what is said of them.
#include "trainer/zoo/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/trainer/program.h"
#include "trainer/error.h"

// tiny.cpp, from docs/adding-a-network.md.
namespace zoo {
Architectures tiny();
}

TEST_CASE("The networks have the parameters of their descriptions, at 100 classes") {
  const std::pair<const char*, std::size_t> expected[] = {
      {"simple-cnn", 110052}, {"simple-k1k3", 106236}, {"simple-gap", 29796}, {"lenet", 203172},
      {"lenet-k1k3", 201993}, {"lenet-gap", 10160},    {"mobile", 108516}};
  for (const auto& [name, parameters] : expected) {
    CAPTURE(name);
    CHECK(nn::parameter_count(zoo::find(name).make({})) == parameters);
  }
}

TEST_CASE("The classics have their published parameters, within 3%") {
  CHECK(zoo::classics().size() == 6);
  for (const zoo::Classic& classic : zoo::classics()) {
    CAPTURE(classic.name);
    const double millions = 1e-6 * double(nn::parameter_count(classic.make()));
    CHECK(millions == doctest::Approx(classic.published_parameters).epsilon(0.03));
  }
}

TEST_CASE("Each network has a name of its own, by which it is found") {
  std::set<std::string_view> names;
  for (const zoo::Architecture& architecture : zoo::architectures()) {
    CAPTURE(architecture.name);
    CHECK(names.insert(architecture.name).second);
    CHECK(&zoo::find(architecture.name) == &architecture);
  }
  CHECK_THROWS_WITH_AS(zoo::find("resnet-9000"), doctest::Contains("known are: compact, deep-cnn"),
                       Error);
}

TEST_CASE("The network of docs/adding-a-network.md is what the page says") {
  const zoo::Architectures networks = zoo::tiny();
  REQUIRE(networks.size() == 1);
  CHECK(networks[0].name == "tiny");
  const nn::Graph graph = networks[0].make({});
  CHECK(nn::classes_of(graph) == 100);
  CHECK(nn::parameter_count(graph) == 6596);
  CHECK(nn::classes_of(networks[0].make({.side = 64, .classes = 5})) == 5);
}

TEST_CASE("inkling zoo: every network and what it costs, for readers and for programs") {
  const Outcome table = inkling("zoo --classes 345"), list = inkling("zoo --classes 345 --json");
  CHECK(table.status == 0);
  REQUIRE(list.status == 0);
  const auto networks = nlohmann::json::parse(list.output);
  REQUIRE(networks.size() == zoo::architectures().size());
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const zoo::Architecture& architecture = zoo::architectures()[i];
    CAPTURE(architecture.name);
    const nn::Graph graph = architecture.make({.classes = 345});
    CHECK(networks[i]["name"] == architecture.name);
    CHECK(networks[i]["parameters"] == nn::parameter_count(graph));
    CHECK(networks[i]["multiply_adds"] == nn::multiply_add_count(graph));
    // Floats and some names.
    const std::size_t weights =
        4 * nn::fold(graph, std::vector<float>(nn::weight_count(graph), 1.0f)).weights.size();
    CHECK(networks[i]["bytes"] > weights);
    CHECK(networks[i]["bytes"] < weights + 8'000);
    CHECK(table.output.find(fmt::format("\n{:<14}{:>12}{:>16}", architecture.name,
                                        nn::parameter_count(graph),
                                        nn::multiply_add_count(graph))) != std::string::npos);
  }
}

TEST_CASE("inkling zoo --classics: the large ones, in megabytes") {
  const Outcome table = inkling("zoo --classics"), list = inkling("zoo --classics --json");
  CHECK(table.status == 0);
  REQUIRE(list.status == 0);
  const auto classics = nlohmann::json::parse(list.output);
  REQUIRE(classics.size() == zoo::classics().size());
  for (std::size_t i = 0; i < classics.size(); ++i) {
    const zoo::Classic& classic = zoo::classics()[i];
    CAPTURE(classic.name);
    CHECK(classics[i]["name"] == classic.name);
    CHECK(classics[i]["megabytes"].get<double>() ==
          doctest::Approx(4 * classic.published_parameters).epsilon(0.03));
    CHECK(table.output.find(classic.name) != std::string::npos);
  }
}
