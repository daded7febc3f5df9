# Sourced by tools/setup and tools/build-ort: packages of Debian, and of another Debian than this one.

is_debian() { [ -r /etc/os-release ] && . /etc/os-release && [ "${ID:-}" = debian ] && command -v apt-get >/dev/null; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  command -v sudo >/dev/null || fail "this needs root: run as root, or install sudo, or run yourself: $*"
  sudo "$@"
}

# Installs the Debian packages that are not there yet, and says which.
debian_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  step "apt-get install ${missing[*]}"
  quietly build/setup.log as_root apt-get update -qq
  quietly build/setup.log as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}"
}

# trixie FOLDER: from here on apt-get fetches from Debian trixie, at the mirror that this machine has, and keeps what it
# knows in the folder; the system's own apt stays as it is.
trixie() {
  local sources=/etc/apt/sources.list.d/debian.sources uri key
  if [ -r "$sources" ]; then
    uri=$(sed -n 's/^URIs: *//p' "$sources" | head -n 1)
    key=$(sed -n 's/^Signed-By: *//p' "$sources" | head -n 1)
  else
    uri=$(sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' /etc/apt/sources.list | head -n 1)
  fi
  [ -n "$uri" ] || fail "no Debian mirror found in $sources or /etc/apt/sources.list"
  key=${key:-/usr/share/keyrings/debian-archive-keyring.gpg}
  mkdir -p "$1"/{lists/partial,cache/archives/partial}
  printf 'Types: deb deb-src\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' "$uri" "$key" \
    >"$1/trixie.sources"
  cat >"$1/apt.conf" <<CONF
Dir::Etc::sourcelist "$1/trixie.sources";
Dir::Etc::sourceparts "-";
Dir::State::lists "$1/lists";
Dir::Cache "$1/cache";
Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
CONF
  export APT_CONFIG="$1/apt.conf"
  apt-get update -qq
}
