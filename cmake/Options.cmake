# What every target of ours is compiled with: inkling_options (link it PRIVATE). Third-party code does not.
add_library(inkling_options INTERFACE)
target_include_directories(inkling_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(inkling_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping memory inside of std::string's own operator+ (its bug 105651).
  target_compile_options(inkling_options INTERFACE -Wno-restrict)
endif()
if(EMSCRIPTEN)
  # EM_JS is built of the extensions that these would warn of.
  target_compile_options(inkling_options INTERFACE -Wno-dollar-in-identifier-extension
                                                   -Wno-gnu-zero-variadic-macro-arguments)
endif()
if(INKLING_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# The parts that must stay small and run without exceptions: engine/ and wasm/.
add_library(inkling_small INTERFACE)
target_compile_options(inkling_small INTERFACE -fno-exceptions -fno-rtti)
