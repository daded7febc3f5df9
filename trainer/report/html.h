// Reports for people: one self-contained HTML page about runs, light and dark, whose plots are
// inline SVG; and those plots as files of their own.
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

// An SVG file, light and dark, that stands on nothing else.
struct Plot {
  std::string name;
  std::string svg;
};

// Of what is known of the runs: "bytes", accuracy against bytes with the Pareto front; "ink",
// accuracy against the share of ink; "reliability"; and for each examined run "NAME-words", its
// hardest and easiest ones.
std::vector<Plot> plots(const std::vector<RunResult>& runs);

// Curves of all runs over each other, accuracy against bytes with the Pareto front, accuracy
// against the share of ink, reliability; for each run its hardest and easiest words, its worst
// confusions, and all of its classes.
std::string html_report(const std::vector<RunResult>& runs);

}  // namespace report
