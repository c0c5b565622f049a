#!/usr/bin/env bash
# Clients that generators make of the committed OpenAPI documents: they compile, and get the service's answer, an infinite
# loss included, and its problems. Needs a build (dist/), and for each its tool and the tool's package index. Says what it
# ran; what could not run is named loudly, and fails with CI=true. The generated code goes with the temporary folder.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-generated.XXXXXX")
readonly work
# The pinned Node: it runs TypeScript as it is.
node=$PWD/node_modules/.bin/node
readonly node
ran=0

main() {
  trap 'rm -rf "$work"' EXIT
  [ -d dist ] || fail "there is no dist/: run npm ci and npm run build first"
  cp -r test/clients/generated/. openapi/openapi.json openapi/openapi-3.0.json "$work"
  client typescript npm "$node" "$work/typescript/main.ts"
  client go go "$work/go/client"
  client rust cargo "$work/rust/target/debug/generated"
  echo "$ran of 3 generated clients ran"
}

fail() { printf 'test/clients/generated.sh: %s\n' "$*" >&2; exit 1; }

# client NAME TOOL COMMAND…
client() {
  local name=$1 tool=$2
  shift 2
  if command -v "$tool" >/dev/null; then
    (cd "$work/$name" && "generate_$name")
    "$node" test/clients/check_client.ts "$name" answers,too_large "$@"
    ran=$((ran + 1))
  else
    printf '\n!!! NOT RUN: the generated client in %s. There is no %s here.\n\n' "$name" "$tool" >&2
    [ "${CI:-}" != true ] || fail "with CI=true every client has to run"
  fi
}

# Without the option a field with a default would be required.
generate_typescript() {
  npm ci --silent
  npx openapi-typescript ../openapi.json --default-non-nullable false --output lossd.d.ts
  npx tsc --project .
}

generate_go() {
  go tool oapi-codegen -generate types,client -package main -o lossd.go ../openapi-3.0.json
  go vet .
  go build -o client .
}

# progenitor generates while it compiles.
generate_rust() {
  "$node" v1_json.ts ../openapi-3.0.json >openapi-3.0.json
  cargo build --quiet --locked
}

main
