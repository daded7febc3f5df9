// A report for people: one self-contained HTML page about runs, light and dark, whose plots are
// inline SVG.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace report {

struct RunResult {
  std::string name;   // of this run alone: its folder
  std::string group;  // runs of one group have one colour: the network, where seeds differ
  // As metrics.json holds it (train/run.h). Of an unfinished run "recipe" and "history" alone.
  nlohmann::json metrics;
};

// Curves of all runs over each other, accuracy against bytes with the Pareto front, accuracy
// against the share of ink, reliability; for each run its classes and its worst confusions.
std::string html_report(const std::vector<RunResult>& runs);

}  // namespace report
