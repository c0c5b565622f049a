#!/usr/bin/env bash
# The Open Inference Protocol's own clients for Python against a service of this build: tritonclient.http, synchronous and
# on asyncio, and the KServe SDK, each in the version of python_requirements.txt.
# Needs a build (dist/), Python 3 with venv, and its package index. What could not run is said loudly, and fails with
# CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-clients.XXXXXX")
readonly work
service=''

main() {
  trap finish EXIT
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  install >"$work/installed" 2>&1 || { cat "$work/installed" >&2; skip; return; }
  serve
  for client in v2_triton v2_kserve; do
    "$work/venv/bin/python" "test/clients/$client.py" "$url" || fail "$client.py does not get on with the service"
  done
}

fail() { printf 'test/clients/python.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT RUN: the Python clients of the Open Inference Protocol could not be installed here.\n\n' >&2
  [ "${CI:-}" != true ] || fail "with CI=true every client has to run"
}

install() {
  python3 -m venv "$work/venv" &&
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r test/clients/python_requirements.txt
}

# Starts the service on a free port, and waits for the line that says where it is.
serve() {
  PORT=0 WORKERS=2 node_modules/.bin/node dist/main.js serve >"$work/log" 2>&1 &
  service=$!
  local ready
  ready=$(timeout 60 tail --pid="$service" -n +1 -f "$work/log" | grep -m 1 ' is ready at ') || true
  [[ $ready =~ http://127\.0\.0\.1:[0-9]+ ]] && url=${BASH_REMATCH[0]}
  [ -n "${url:-}" ] || { cat "$work/log" >&2; fail "the service did not start"; }
}

finish() {
  [ -z "$service" ] || { kill "$service" 2>/dev/null && wait "$service"; } || true
  rm -rf "$work"
}

main
