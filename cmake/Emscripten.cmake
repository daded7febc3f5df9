# Finds Emscripten's own toolchain file: beside the `emcc` on PATH (emsdk, or tools/setup's prefix).
find_program(EMCC emcc REQUIRED)
get_filename_component(_emcc "${EMCC}" REALPATH)
get_filename_component(_emscripten "${_emcc}" DIRECTORY)
include("${_emscripten}/cmake/Modules/Platform/Emscripten.cmake")
