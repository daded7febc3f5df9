#include "wasm/ui/theme.h"

namespace ui {

namespace {

constexpr Theme light_theme = {
    .paper = rgb(0xFAF6EC),
    .sheet = rgb(0xFFFDF7),
    .ink = rgb(0x20242E),
    .soft = rgb(0x6F6A5E),
    .line = rgb(0xD9D2C0),
    .shadow = rgb(0xECE6D8),
    .marker = rgb(0xFFD23F),
    .on_marker = rgb(0x20242E),
    .red = rgb(0xC9431B),  // darker than the look's token, for 4.5:1 on the sheet
    .green = rgb(0x1F7F56),
    .dark = false,
    .strong = false,
};

constexpr Theme dark_theme = {
    .paper = rgb(0x1B1D22),
    .sheet = rgb(0x24272E),
    .ink = rgb(0xF4EFE3),
    .soft = rgb(0xA8A497),
    .line = rgb(0x3A3E47),
    .shadow = rgb(0x141519),
    .marker = rgb(0xF2C230),
    .on_marker = rgb(0x20242E),
    .red = rgb(0xFF7A55),
    .green = rgb(0x4CC38A),
    .dark = true,
    .strong = false,
};

constexpr Theme strong_light_theme = {
    .paper = rgb(0xFFFFFF),
    .sheet = rgb(0xFFFFFF),
    .ink = rgb(0x000000),
    .soft = rgb(0x000000),
    .line = rgb(0x595959),
    .shadow = rgb(0xFFFFFF),  // none
    .marker = rgb(0xFFD23F),
    .on_marker = rgb(0x000000),
    .red = rgb(0x9C2B0A),
    .green = rgb(0x0B5A39),
    .dark = false,
    .strong = true,
};

constexpr Theme strong_dark_theme = {
    .paper = rgb(0x000000),
    .sheet = rgb(0x000000),
    .ink = rgb(0xFFFFFF),
    .soft = rgb(0xFFFFFF),
    .line = rgb(0xA8A8A8),
    .shadow = rgb(0x000000),
    .marker = rgb(0xFFD23F),
    .on_marker = rgb(0x000000),
    .red = rgb(0xFF8F70),
    .green = rgb(0x58D69B),
    .dark = true,
    .strong = true,
};

}  // namespace

const Theme& theme(bool dark, bool strong) {
  if (strong) return dark ? strong_dark_theme : strong_light_theme;
  return dark ? dark_theme : light_theme;
}

}  // namespace ui
