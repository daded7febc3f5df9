// What of ImGui is used to show a frame: one draw list, and the fonts. Its windows, input, settings
// and navigation never begin (ImGui::NewFrame is not called), so that they are not even linked:
// some 30 KB, packed, that the page need not load.
#pragma once

#include "wasm/ui/geometry.h"

struct ImDrawData;
struct ImDrawList;

namespace ui {

// ImGui's context, for the fonts and for the OpenGL backend. Before anything else of ImGui.
void open_stage();
// The native window's end; after the backend's.
void close_stage();

// An empty list for the next frame, of `size` CSS pixels; the fonts are baked. It lives until the
// next call.
ImDrawList* empty_stage(Vec size, float pixel_ratio);

// What was drawn since, for the backend. scale: pixels of the framebuffer per CSS pixel, both ways.
ImDrawData* drawn(Vec size, Vec scale);

}  // namespace ui
