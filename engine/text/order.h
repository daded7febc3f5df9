// The words of a list in the order in which people look for them.
#pragma once

#include <string>
#include <vector>

#include "engine/text/catalogue.h"

namespace text {

struct Place {
  int index;    // of the key
  char letter;  // 'A' to 'Z', under which it is looked for; 0: under none

  bool operator==(const Place&) const = default;
};

// The keys by their names in the language, whatever their capitals. A name that its script does not
// put in order, or one with an article, is looked for under what the entry `sort:KEY` says (mao for
// 猫).
std::vector<Place> in_order(const Catalogue& catalogue, const std::vector<std::string>& keys);

}  // namespace text
