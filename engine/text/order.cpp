#include "engine/text/order.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace text {

std::vector<Place> in_order(const Catalogue& catalogue, const std::vector<std::string>& keys) {
  std::vector<std::pair<std::string, Place>> names;
  names.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto sorted_as = catalogue.entries.find("sort:" + keys[i]);
    std::string name(sorted_as != catalogue.entries.end() ? std::string_view(sorted_as->second)
                                                          : lookup(catalogue, keys[i]));
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    const char first = name.empty() ? '\0' : name[0];
    const char letter = first >= 'a' && first <= 'z' ? static_cast<char>(first - 32) : '\0';
    names.emplace_back(std::move(name), Place{static_cast<int>(i), letter});
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Place> places;
  places.reserve(names.size());
  for (const auto& [name, place] : names) places.push_back(place);
  return places;
}

}  // namespace text
