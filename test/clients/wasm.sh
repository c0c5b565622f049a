#!/usr/bin/env bash
# The examples that call the engine in a process of their own, against a running service: the same bytes.
# Needs a build (dist/), and for each example its tool and the tool's package index. Says what it compared; what could not
# run is named loudly, and fails with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly rows=500 classes=37
work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-wasm.XXXXXX")
readonly work
engine=$PWD/dist/engine.wasm
readonly engine
# The pinned Node: it runs TypeScript as it is.
readonly node=node_modules/.bin/node
compared=0

main() {
  # Go's module cache is read-only; ours is in the folder that goes.
  trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
  [ -f "$engine" ] || fail "there is no dist/: run npm ci and npm run build first"
  "$node" test/clients/wasm_answers.ts "$work" $rows $classes
  if command -v go >/dev/null; then compare_go; else skip "examples/wasm-go" "go"; fi
  if command -v python3 >/dev/null; then compare_python; else skip "examples/wasm-python" "python3"; fi
  echo "$compared of 2 examples compared with the service"
}

fail() { printf 'test/clients/wasm.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT COMPARED: %s. There is no %s here.\n\n' "$1" "$2" >&2
  [ "${CI:-}" != true ] || fail "with CI=true every example has to be compared"
}

compare_go() {
  (cd examples/wasm-go && go vet . && go build -o "$work/wasm-go" .)
  compare "wazero, $(go env GOVERSION)" "$work/wasm-go"
}

compare_python() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r examples/wasm-python/requirements.txt
  compare "wasmtime, $(python3 -V)" "$work/venv/bin/python" examples/wasm-python/cross_entropy.py
}

compare() {
  local name=$1
  shift
  "$@" "$engine" "$work/batch" $rows $classes >"$work/printed"
  cmp "$work/printed" "$work/expected" || fail "$name gives other bytes than the service"
  echo "$name: $(wc -l <"$work/printed") doubles, the same bits as the service's"
  compared=$((compared + 1))
}

main
