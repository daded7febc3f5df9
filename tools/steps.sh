# Sourced by ./play, ./check and tools/setup: steps printed with the seconds since the start.
INKLING_STARTED=${INKLING_STARTED:-$(date +%s)}
export INKLING_STARTED
step() { printf '[%4ds] %s\n' $(($(date +%s) - INKLING_STARTED)) "$*"; }
fail() { printf 'inkling: %s\n' "$*" >&2; exit 2; }
