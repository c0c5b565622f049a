#!/usr/bin/env bash
# Schemathesis, with all its checks, against a service: test/clients/schemathesis.sh [EXAMPLES]
# EXAMPLES is how many random requests each operation gets beside those that its schemas' edges make: 50 by default, and
# 1000 before a release. Needs a build (dist/), python3 and its package index; without them it says so loudly, and fails
# with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly examples=${1:-50} hooks=$PWD/test/clients configuration=$PWD/test/clients/schemathesis.toml
work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-schemathesis.XXXXXX")
readonly work
service=''

main() {
  trap finish EXIT
  [ -d dist ] || fail "there is no dist/: run npm ci and npm run build first"
  install || { skip; return; }
  serve
  # It leaves what it found in the folder where it runs. One thread: Python's own parser, which Hypothesis calls, counts
  # its depth wrongly in two.
  (cd "$work" && SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH=$hooks PYTHONDONTWRITEBYTECODE=1 venv/bin/schemathesis --config-file "$configuration" run "$(<url)/openapi.json" \
    --max-examples "$examples" --workers 1 --seed 1 --no-color)
}

fail() { printf 'test/clients/schemathesis.sh: %s\n' "$*" >&2; exit 1; }

finish() {
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  rm -rf "$work"
}

skip() {
  printf '\n!!! NOT RUN: schemathesis. There is no python3 here, or its package index cannot be reached.\n\n' >&2
  [ "${CI:-}" != true ] || fail "with CI=true it has to run"
}

install() {
  command -v python3 >/dev/null && python3 -m venv "$work/venv" &&
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r test/clients/schemathesis_requirements.txt
}

serve() {
  PORT=0 LOG_LEVEL=info node_modules/.bin/node dist/main.js serve >"$work/log" &
  service=$!
  # Tail ends with the service, so one that dies at its start is seen at once.
  grep -m 1 -oE 'ready at http://[^ "]+' < <(timeout 60 tail --pid="$service" -n +1 -f "$work/log") >"$work/ready" ||
    fail "the service did not start"
  sed 's/ready at //' "$work/ready" >"$work/url"
}

main
