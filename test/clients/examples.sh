#!/usr/bin/env bash
# The examples that speak HTTP, each against services of its own: the answer is the service's, an infinite loss included;
# a 413 ends it, after a 429 it waits as it is told. Needs a build (dist/), and for each example its tool and the tool's
# package index. Says what it ran; what could not run is named loudly, and fails with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-examples.XXXXXX")
readonly work
# The pinned Node: it runs TypeScript as it is.
readonly node=node_modules/.bin/node
ran=0

main() {
  trap 'rm -rf "$work"' EXIT
  [ -d dist ] || fail "there is no dist/: run npm ci and npm run build first"
  example curl examples/curl/losses.sh -- curl jq
  example python python3 examples/python/losses.py -- python3
  example python-binary python3 examples/python/binary.py -- python3
  example typescript "$node" examples/typescript/losses.ts --
  example typescript-binary "$node" examples/typescript/binary.ts --
  example go "$work/losses" -- go
  example go-binary "$work/binary" -- go
  example java mvn --quiet --batch-mode --file "$work/java" exec:java -- mvn java
  example rust "$work/rust/debug/losses" -- cargo
  echo "$ran of 9 examples ran"
}

fail() { printf 'test/clients/examples.sh: %s\n' "$*" >&2; exit 1; }

# example NAME COMMAND… -- TOOL…
example() {
  local name=$1 command=() tool
  shift
  while [ "$1" != -- ]; do command+=("$1"); shift; done
  shift
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { skip "$name" "$tool"; return; }
  done
  if declare -F "build_$name" >/dev/null; then "build_$name"; fi
  "$node" test/clients/check_client.ts "$name" answers,too_large,busy,overloaded "${command[@]}"
  ran=$((ran + 1))
}

skip() {
  printf '\n!!! NOT RUN: the example %s. There is no %s here.\n\n' "$1" "$2" >&2
  [ "${CI:-}" != true ] || fail "with CI=true every example has to run"
}

build_go() { (cd examples/go && go vet ./... && go build -o "$work" ./...); }

build_java() {
  cp -r examples/java "$work/java"
  mvn --quiet --batch-mode --file "$work/java" compile
}

build_rust() { cargo build --quiet --locked --manifest-path examples/rust/Cargo.toml --target-dir "$work/rust"; }

main
