# Sourced by ./play, ./check and tools/setup: steps printed with the seconds since the start.
INKLING_STARTED=${INKLING_STARTED:-$(date +%s)}
export INKLING_STARTED
step() { printf '[%4ds] %s\n' $(($(date +%s) - INKLING_STARTED)) "$*"; }
fail() { printf 'inkling: %s\n' "$*" >&2; exit 2; }

# quietly LOG COMMAND...: the command's output goes to the log; where it fails, it is shown.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || { cat "$log" >&2; fail "'$*' failed; its output stands in $log"; }
}
