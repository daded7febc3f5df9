# Sourced where Emscripten is needed: puts tools/setup's own on PATH, unless one is there already.
_prefix=${INKLING_TOOLCHAIN:-${XDG_CACHE_HOME:-$HOME/.cache}/inkling/toolchain}
if [ -f "$_prefix/env.sh" ]; then . "$_prefix/env.sh"; fi
