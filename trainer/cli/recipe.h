// The options of the command line that make up a recipe (train/recipe.h), for every command that
// trains.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "trainer/train/recipe.h"

namespace cli {

// --recipe and --config fill the whole recipe, wherever they stand; the other options then change
// single entries of it.
void add_recipe_options(CLI::App& command, train::Recipe& recipe, std::string& classes_file);

// Fails, naming the entries, where the options given to a command (of add_recipe_options) would
// make another recipe of the one that a run in `out` began with.
void expect_no_other(const CLI::App& command, const std::string& classes_file,
                     const train::Recipe& begun, const std::string& out);

}  // namespace cli
