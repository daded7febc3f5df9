// The colours can be told apart: contrast ratios of WCAG 2.2, of every pair that the screens lay on
// each other. Of `line` nothing is asked by default: what it shows is said in words beside it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "wasm/ui/theme.h"

namespace {

// Relative luminance, 0..1 (WCAG 2.2, "relative luminance").
double luminance(ui::Color color) {
  const auto linear = [&](int shift) {
    const double share = static_cast<double>(color >> shift & 0xff) / 255;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(0) + 0.7152 * linear(8) + 0.0722 * linear(16);
}

// 1..21 (WCAG 2.2, "contrast ratio").
double contrast(ui::Color a, ui::Color b) {
  const double one = luminance(a), other = luminance(b);
  return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

}  // namespace

TEST_CASE("contrast ratios are those of WCAG's own examples") {
  CHECK(contrast(ui::rgb(0x000000), ui::rgb(0xFFFFFF)) == doctest::Approx(21));
  CHECK(contrast(ui::rgb(0x777777), ui::rgb(0xFFFFFF)) == doctest::Approx(4.48).epsilon(0.001));
  CHECK(contrast(ui::rgb(0xFF0000), ui::rgb(0xFFFFFF)) == doctest::Approx(4.0).epsilon(0.001));
}

TEST_CASE("every theme can be read") {
  for (const bool strong : {false, true}) {
    for (const bool dark : {false, true}) {
      const ui::Theme& theme = ui::theme(dark, strong);
      CAPTURE(dark);
      CAPTURE(strong);
      CHECK(theme.dark == dark);
      CHECK(theme.strong == strong);
      const double text = strong ? 7 : 4.5;  // AAA, AA
      for (const ui::Color ground : {theme.paper, theme.sheet}) {
        CHECK(contrast(theme.ink, ground) >= std::max(text, 7.0));
        CHECK(contrast(theme.soft, ground) >= text);
        CHECK(contrast(theme.red, ground) >= text);
        CHECK(contrast(theme.green, ground) >= text);
        if (strong) CHECK(contrast(theme.line, ground) >= 7);
      }
      CHECK(contrast(theme.on_marker, theme.marker) >= 7);
      // By day the marker is careless, and what is written on it stands on the bare paper too.
      if (!dark) CHECK(contrast(theme.on_marker, theme.sheet) >= 7);
      // The tick on the dot of a word that was won.
      CHECK(contrast(dark ? theme.on_marker : theme.sheet, theme.green) >= 3);
    }
  }
}
