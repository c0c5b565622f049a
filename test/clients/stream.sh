#!/usr/bin/env bash
# Streams of NDJSON by clients in Python, which write everything before they read, and by curl: 10,000 lines, their order and
# their sum, against a service of this build.
# Needs a build (dist/), curl, Python 3 with venv, and its package index. What could not run is said loudly, and fails with
# CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-stream.XXXXXX")
readonly work
service='' url=''

main() {
  trap finish EXIT
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  serve
  if command -v curl >/dev/null; then by_curl; else skip "curl" "it is not here"; fi
  if install >"$work/installed" 2>&1; then
    "$work/venv/bin/python" test/clients/stream.py "$url" || fail "stream.py does not get on with the service"
  else
    cat "$work/installed" >&2
    skip "requests and httpx" "they could not be installed"
  fi
}

fail() { printf 'test/clients/stream.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT RUN: %s: %s.\n\n' "$1" "$2" >&2
  [ "${CI:-}" != true ] || fail "with CI=true every client has to run"
}

install() {
  python3 -m venv "$work/venv" &&
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r test/clients/stream_requirements.txt
}

# Starts the service on a free port, and waits for the line that says where it is.
serve() {
  PORT=0 WORKERS=2 IDLE_TIMEOUT_MS=3000 node_modules/.bin/node dist/main.js serve >"$work/log" 2>&1 &
  service=$!
  local ready
  ready=$(timeout 60 tail --pid="$service" -n +1 -f "$work/log" | grep -m 1 ' is ready at ') || true
  [[ $ready =~ http://127\.0\.0\.1:[0-9]+ ]] && url=${BASH_REMATCH[0]}
  [ -n "$url" ] || { cat "$work/log" >&2; fail "the service did not start"; }
}

# The lines that curl sends while they are made, and reads at once, are those of the command line, to the byte.
by_curl() {
  seq 10000 | sed 's/.*/{"id":&,"logits":[&.5],"labels":[0]}/' >"$work/lines"
  curl -sSN -X POST -T - "$url/v1/losses/mse" -H 'content-type: application/x-ndjson' <"$work/lines" >"$work/streamed"
  node_modules/.bin/node dist/main.js compute mse <"$work/lines" >"$work/computed"
  cmp "$work/streamed" "$work/computed" || fail "curl -N gets other bytes than lossd compute"
  [ "$(wc -l <"$work/streamed")" = 10001 ] || fail "curl -N gets other than 10,001 lines"
  echo "curl -N: $(tail -1 "$work/streamed")"
}

finish() {
  [ -z "$service" ] || { kill "$service" 2>/dev/null && wait "$service"; } || true
  rm -rf "$work"
}

main
