// .onnx and .ort as the game reads them: their metadata and their card.
#include "engine/model/card.h"

#include <cmath>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/protobuf.h"

void fuzz::run(Bytes bytes) {
  const Result<model::Card> card = model::read_card(bytes);
  if (!card) return expect_one_line(card.error());
  expect(!card->classes.empty(), "a card has classes");
  expect(card->thresholds.size() == card->classes.size(), "each class has a threshold");
  expect(card->temperature > 0 && std::isfinite(card->temperature), "temperature is positive");
  expect(card->raster.side >= 1 && card->raster.side <= ink::max_side, "side is in range");
  const Result<model::Card> again = model::from_metadata(model::to_metadata(*card));
  expect(bool(again), "a card that was read can be written and read again");
  expect(again->classes == card->classes, "its classes stay");
}
