// config.json: recipes.
#include "trainer/train/recipe.h"

#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"

void fuzz::run(Bytes bytes) {
  attempt([&] {
    const train::Recipe recipe = train::read_recipe(std::string(as_text(bytes)), "config.json");
    expect(recipe.epochs >= 1 && recipe.batch >= 1 && recipe.side >= 8, "numbers are in range");
    const std::string text = train::to_json(recipe).dump();
    const train::Recipe again = train::read_recipe(text, "config.json");
    expect(train::to_json(again).dump() == text, "a recipe that was read is written as it was");
  });
}
