# What others wrote. Debian's packages, or the sources that tools/setup unpacked (INKLING_SOURCES), or fetched at
# the same versions.
include(FetchContent)

# Where tools/setup put its sources on Debian.
if(DEFINED ENV{INKLING_TOOLCHAIN})
  set(_toolchain "$ENV{INKLING_TOOLCHAIN}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(_toolchain "$ENV{XDG_CACHE_HOME}/inkling/toolchain")
else()
  set(_toolchain "$ENV{HOME}/.cache/inkling/toolchain")
endif()
set(INKLING_SOURCES "${_toolchain}/src" CACHE PATH "Unpacked sources of SDL2, Dear ImGui and doctest")

# Fetches or finds the sources of a dependency without building them. SOURCE_SUBDIR names a folder that does not
# exist, so that MakeAvailable only populates.
function(inkling_sources name repository tag)
  string(TOUPPER ${name} upper)
  if(EXISTS "${INKLING_SOURCES}/${name}")
    set(FETCHCONTENT_SOURCE_DIR_${upper} "${INKLING_SOURCES}/${name}" CACHE PATH "" FORCE)
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

# Dear ImGui and SDL2: the game. Natively it is for debugging, and left out where SDL2 or OpenGL is missing.
if(EMSCRIPTEN)
  inkling_sources(sdl2 https://github.com/libsdl-org/SDL.git 2359383fc187386204c3bb22de89655a494cd128)
  include(cmake/SDL2Emscripten.cmake)
else()
  find_package(SDL2 QUIET)
  find_package(OpenGL QUIET)
endif()
if(EMSCRIPTEN OR (SDL2_FOUND AND OPENGL_FOUND))
  inkling_sources(imgui https://github.com/ocornut/imgui.git d6cb3c923d28dcebb2d8d9605ccc7229ccef19eb)
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
else()
  message(STATUS "SDL2 or OpenGL not found: the game in a window is left out")
endif()

# The trainer: oneDNN for its arithmetic (2.6: later versions have another interface), protozero for .onnx files,
# fmt, CLI11, nlohmann-json and simdjson (for drawings as text) at its edges.
if(NOT EMSCRIPTEN)
  find_package(fmt QUIET)
  if(NOT fmt_FOUND)
    FetchContent_Declare(fmt GIT_REPOSITORY https://github.com/fmtlib/fmt.git GIT_TAG 9.1.0)
    FetchContent_MakeAvailable(fmt)
  endif()

  find_package(CLI11 QUIET)
  if(NOT CLI11_FOUND)
    FetchContent_Declare(cli11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git GIT_TAG v2.3.2)
    FetchContent_MakeAvailable(cli11)
  endif()

  find_package(nlohmann_json QUIET)
  if(NOT nlohmann_json_FOUND)
    FetchContent_Declare(nlohmann_json GIT_REPOSITORY https://github.com/nlohmann/json.git GIT_TAG v3.11.2)
    FetchContent_MakeAvailable(nlohmann_json)
  endif()

  find_package(simdjson QUIET)
  if(NOT simdjson_FOUND)
    FetchContent_Declare(simdjson GIT_REPOSITORY https://github.com/simdjson/simdjson.git GIT_TAG v3.0.1)
    FetchContent_MakeAvailable(simdjson)
  endif()

  find_path(PROTOZERO_INCLUDE_DIR protozero/pbf_reader.hpp)
  if(NOT PROTOZERO_INCLUDE_DIR)
    inkling_sources(protozero https://github.com/mapbox/protozero.git v1.7.1)
    set(PROTOZERO_INCLUDE_DIR ${protozero_SOURCE_DIR}/include)
  endif()
  add_library(protozero INTERFACE)
  target_include_directories(protozero SYSTEM INTERFACE ${PROTOZERO_INCLUDE_DIR})

  # Eigen: singular values.
  find_path(EIGEN_INCLUDE_DIR Eigen/SVD PATH_SUFFIXES eigen3)
  if(NOT EIGEN_INCLUDE_DIR)
    inkling_sources(eigen https://gitlab.com/libeigen/eigen.git 3.4.0)
    set(EIGEN_INCLUDE_DIR ${eigen_SOURCE_DIR})
  endif()
  add_library(eigen INTERFACE)
  target_include_directories(eigen SYSTEM INTERFACE ${EIGEN_INCLUDE_DIR})

  # stb: PNG files and the letters in them.
  find_path(STB_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb)
  if(NOT STB_INCLUDE_DIR)
    inkling_sources(stb https://github.com/nothings/stb.git 5736b15f7ea0ffb08dd38af21067c314d6a3aae9)
    set(STB_INCLUDE_DIR ${stb_SOURCE_DIR})
  endif()
  add_library(stb INTERFACE)
  target_include_directories(stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})

  # Not find_package: Debian's package configuration of oneDNN asks for OpenCL, which nothing here needs.
  find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl_version.h)
  find_library(DNNL_LIBRARY dnnl)
  if(DNNL_INCLUDE_DIR AND DNNL_LIBRARY)
    file(STRINGS ${DNNL_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h DNNL_MAJOR REGEX "DNNL_VERSION_MAJOR 2$")
  endif()
  if(DNNL_MAJOR)
    add_library(onednn INTERFACE)
    target_include_directories(onednn SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
    target_link_libraries(onednn INTERFACE ${DNNL_LIBRARY})
  else()
    set(DNNL_CPU_RUNTIME SEQ CACHE STRING "")
    set(DNNL_BUILD_EXAMPLES OFF CACHE BOOL "")
    set(DNNL_BUILD_TESTS OFF CACHE BOOL "")
    set(DNNL_LIBRARY_TYPE STATIC CACHE STRING "")
    FetchContent_Declare(onednn GIT_REPOSITORY https://github.com/oneapi-src/oneDNN.git GIT_TAG v2.6.3)
    FetchContent_MakeAvailable(onednn)
    add_library(onednn INTERFACE)
    target_link_libraries(onednn INTERFACE dnnl)
  endif()
endif()
