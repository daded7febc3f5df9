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
};

}  // namespace

const Theme& theme(bool dark) {
  return dark ? dark_theme : light_theme;
}

}  // namespace ui
