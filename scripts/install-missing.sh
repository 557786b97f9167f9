# Sourced by scripts/test and scripts/demo, from the project's top folder: install_missing installs what they need.

oldest_node=20.19

# Everything that the project needs on this machine, and the programs that are named; says what is missing where it cannot install it.
install_missing() {
  install_programs "$@" && node_is_new_enough && install_packages
}

install_programs() {
  local missing=() program
  for program in git node npm tmux "$@"; do
    command -v "$program" >/dev/null || missing+=("$(debian_package "$program")")
  done
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  install_by_apt "${missing[@]}" && return 0
  echo "missing: ${missing[*]}. Install them with your system's package manager, then run this again." >&2
  # Only tests need the others: they will fail, and say so.
  for program in git node npm; do command -v "$program" >/dev/null || return 1; done
}

debian_package() {
  if [ "$1" = node ]; then echo nodejs; else echo "$1"; fi
}

install_by_apt() {
  local as_root=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || return 1
    as_root=(sudo)
  fi
  echo "installing: $*" >&2
  "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

node_is_new_enough() {
  local version
  version=$(node -p 'process.versions.node') || return 1
  if [ "$(printf '%s\n' "$oldest_node" "$version" | sort -V | head -n 1)" = "$oldest_node" ]; then return 0; fi
  echo "Node $version is too old: install Node $oldest_node or newer (Debian 12's own is 18), then run this again." >&2
  return 1
}

install_packages() {
  local installed=node_modules/.package-lock.json
  if [ -e "$installed" ] && ! [ package-lock.json -nt "$installed" ]; then return 0; fi
  echo 'installing: the packages in package-lock.json' >&2
  npm ci --no-audit --no-fund </dev/null
}
