// The subcommands of `inkling`, one file each: each adds itself to the program and returns the
// function that does its work once the command line is read.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cli {

using Command = std::function<void()>;

Command add_train(CLI::App& program);
Command add_compare(CLI::App& program);
Command add_compress(CLI::App& program);
Command add_evaluate(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_data(CLI::App& program);
Command add_simulate(CLI::App& program);
Command add_calibrate(CLI::App& program);
Command add_report(CLI::App& program);
Command add_zoo(CLI::App& program);

// --data, for commands that read drawings; may be given several times.
void add_data_option(CLI::App& command, std::vector<std::string>& folders);

// The folders given with --data, or else $INKLING_DATA. Fails where there is neither.
std::vector<std::filesystem::path> data_folders(const std::vector<std::string>& given);

}  // namespace cli
