// Drawings as text, one JSON object a line (.ndjson), in the data set's two forms:
//
//   {"word": "cat", "countrycode": "US", "timestamp": "2017-03-01 21:12:07.26604 UTC",
//    "recognized": true, "key_id": "5891796615823360", "drawing": [[[x, ...], [y, ...]], ...]}
//
// Simplified drawings have whole numbers in 0..255; raw ones have any numbers, and a third list of
// times in milliseconds for each stroke. Only "drawing" is needed.
#pragma once

#include <string>
#include <string_view>

#include "engine/ink/record.h"
#include "engine/result.h"

namespace data {

// The drawing of a line, without its line end; a raw one is simplified as the game does it (engine/
// ink/simplify.h). A drawing without a key gets a hash of its points. Fails with what is wrong: no
// JSON or UTF-8, no strokes, lists of different lengths, numbers that are not finite or beyond a
// million, times that are negative or fall, strokes of more than 65,535 points, raw ink of more
// than 300 times the drawing's size.
Result<ink::Record> read_ndjson(std::string_view line);

// The word of a line that read_ndjson reads, where it can name a file: no path, nothing hidden.
// Fails with what is wrong.
Result<std::string> read_word(std::string_view line);

// The line of a simplified drawing, with its line end.
std::string write_ndjson(const ink::Record& record, std::string_view word);

}  // namespace data
