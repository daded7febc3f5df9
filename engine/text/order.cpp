#include "engine/text/order.h"

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

namespace text {

std::vector<Place> in_order(const Catalogue& catalogue, const std::vector<std::string>& keys) {
  std::multimap<std::string, Place> names;  // of the same names, the first stays the first
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto sorted_as = catalogue.entries.find("sort:" + keys[i]);
    std::string name(sorted_as != catalogue.entries.end() ? std::string_view(sorted_as->second)
                                                          : lookup(catalogue, keys[i]));
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    const char first = name.empty() ? '\0' : name[0];
    const char letter = first >= 'a' && first <= 'z' ? static_cast<char>(first - 32) : '\0';
    names.emplace(std::move(name), Place{static_cast<int>(i), letter});
  }
  std::vector<Place> places;
  places.reserve(names.size());
  for (const auto& [name, place] : names) places.push_back(place);
  return places;
}

}  // namespace text
