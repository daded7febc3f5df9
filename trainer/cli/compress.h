// The options of compression, for every command that compresses.
#pragma once

#include <CLI/CLI.hpp>

#include "trainer/compress/compress.h"

namespace cli {

void add_compression_options(CLI::App& command, compression::Options& options);

// A bar while it is fine-tuned, which Ctrl-C ends.
void show_tuning(compression::TuneOptions& tune);

}  // namespace cli
