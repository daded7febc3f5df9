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

}  // namespace cli
