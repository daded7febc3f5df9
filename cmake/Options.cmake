# What every target of ours is compiled with: inkling_options (link it PRIVATE). Third-party code does not.
add_library(inkling_options INTERFACE)
target_include_directories(inkling_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(inkling_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping memory inside of std::string's own operator+ (its bug 105651).
  target_compile_options(inkling_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang AND NOT EMSCRIPTEN)
  # Clang sees GCC 12's own std::stable_sort use what that library calls deprecated.
  target_compile_options(inkling_options INTERFACE -Wno-deprecated-declarations)
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
if(INKLING_FUZZ)
  # The fuzzer watches every part; assertions, the standard library's too, are findings.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

# The parts that must stay small and run without exceptions: engine/ and wasm/.
add_library(inkling_small INTERFACE)
target_compile_options(inkling_small INTERFACE -fno-exceptions -fno-rtti)
