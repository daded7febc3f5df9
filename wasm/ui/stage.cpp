#include "wasm/ui/stage.h"

#include <imgui.h>
#include <imgui_internal.h>

namespace ui {

namespace {

struct Stage {
  ImDrawListSharedData shared;
  ImDrawList list{&shared};
  ImDrawData data;
};

Stage* stage = nullptr;

}  // namespace

void open_stage() {
  // Not ImGui::CreateContext, which also prepares windows and their settings.
  ImGui::SetCurrentContext(IM_NEW(ImGuiContext)(nullptr));
  stage = new Stage;
  const ImGuiStyle& style = ImGui::GetStyle();
  stage->shared.CurveTessellationTol = style.CurveTessellationTol;
  stage->shared.SetCircleTessellationMaxError(style.CircleTessellationMaxError);
  stage->shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedFill;
}

void close_stage() {
  delete stage;
  stage = nullptr;
  ImGui::DestroyContext();
}

ImDrawList* empty_stage(Vec size, float pixel_ratio) {
  const ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  stage->shared.TexUvWhitePixel = atlas.TexUvWhitePixel;
  stage->shared.ClipRectFullscreen = {0, 0, size.x, size.y};
  ImDrawList& list = stage->list;
  list._ResetForNewFrame();
  list.PushTextureID(atlas.TexID);
  list.PushClipRectFullScreen();
  list._FringeScale = 1 / pixel_ratio;
  return &list;
}

ImDrawData* drawn(Vec size, Vec scale) {
  ImDrawData& data = stage->data;
  data.Clear();
  data.DisplaySize = {size.x, size.y};
  data.FramebufferScale = {scale.x, scale.y};
  data.Valid = true;
  data.AddDrawList(&stage->list);
  return &data;
}

}  // namespace ui
