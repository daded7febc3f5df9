// The options of compression, for every command that compresses.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "trainer/compress/compress.h"
#include "trainer/report/html.h"

namespace cli {

void add_compression_options(CLI::App& command, compression::Options& options);

// A bar while it is fine-tuned, which Ctrl-C ends.
void show_tuning(compression::TuneOptions& tune);

// For a report, of a comparison's compressed.json: what was compressed, not the originals among it.
std::vector<report::RunResult> compressed_results(const nlohmann::json& models);

}  // namespace cli
