// The subcommands of `inkling`, one file each: each adds itself to the program and returns the
// function that does its work once the command line is read.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

namespace cli {

using Command = std::function<void()>;

Command add_train(CLI::App& program);
Command add_compare(CLI::App& program);
Command add_evaluate(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_data(CLI::App& program);
Command add_zoo(CLI::App& program);

// The folder given with --data, or else $INKLING_DATA. Fails where there is neither.
std::filesystem::path data_folder(const std::string& given);

}  // namespace cli
