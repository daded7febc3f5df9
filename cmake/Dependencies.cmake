# What others wrote. Debian's packages, or the sources that tools/setup unpacked ($INKLING_SOURCES), or fetched at
# the same versions.
include(FetchContent)

# Fetches or finds the sources of a dependency without building them. SOURCE_SUBDIR names a folder that does not
# exist, so that MakeAvailable only populates.
function(inkling_sources name repository tag)
  string(TOUPPER ${name} upper)
  if(DEFINED ENV{INKLING_SOURCES} AND EXISTS "$ENV{INKLING_SOURCES}/${name}")
    set(FETCHCONTENT_SOURCE_DIR_${upper} "$ENV{INKLING_SOURCES}/${name}" CACHE PATH "" FORCE)
  endif()
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(${name})
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

# doctest: the tests, native and wasm.
if(NOT EMSCRIPTEN)
  find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h)
endif()
if(NOT DOCTEST_INCLUDE_DIR)
  inkling_sources(doctest https://github.com/doctest/doctest.git v2.4.11)
  set(DOCTEST_INCLUDE_DIR ${doctest_SOURCE_DIR})
endif()
add_library(doctest INTERFACE)
target_include_directories(doctest SYSTEM INTERFACE ${DOCTEST_INCLUDE_DIR})

# Dear ImGui and SDL2: the game.
inkling_sources(imgui https://github.com/ocornut/imgui.git d6cb3c923d28dcebb2d8d9605ccc7229ccef19eb)
if(EMSCRIPTEN)
  inkling_sources(sdl2 https://github.com/libsdl-org/SDL.git 2359383fc187386204c3bb22de89655a494cd128)
  include(cmake/SDL2Emscripten.cmake)
else()
  find_package(SDL2 REQUIRED)
  find_package(OpenGL REQUIRED)
endif()
add_library(imgui STATIC ${imgui_SOURCE_DIR}/imgui.cpp ${imgui_SOURCE_DIR}/imgui_draw.cpp
  ${imgui_SOURCE_DIR}/imgui_tables.cpp ${imgui_SOURCE_DIR}/imgui_widgets.cpp
  ${imgui_SOURCE_DIR}/backends/imgui_impl_sdl2.cpp ${imgui_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${imgui_SOURCE_DIR} ${imgui_SOURCE_DIR}/backends)
target_compile_definitions(imgui PUBLIC IMGUI_DISABLE_OBSOLETE_FUNCTIONS IMGUI_DISABLE_DEMO_WINDOWS
                                        IMGUI_DISABLE_DEBUG_TOOLS)
target_link_libraries(imgui PUBLIC SDL2::SDL2)
if(EMSCRIPTEN)
  target_compile_definitions(imgui PUBLIC IMGUI_IMPL_OPENGL_ES3 IMGUI_DISABLE_FILE_FUNCTIONS)
  target_compile_options(imgui PRIVATE -fno-exceptions -fno-rtti)
else()
  target_link_libraries(imgui PUBLIC OpenGL::GL ${CMAKE_DL_LIBS})
endif()
