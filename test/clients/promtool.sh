#!/usr/bin/env bash
# Prometheus's own tool reads /metrics of a service that has answered, refused and failed to understand requests.
# Needs a build (dist/), curl and promtool, which it installs from Debian's packages where it may. What could not run is
# said loudly, and fails with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-promtool.XXXXXX")
readonly work
service=

main() {
  trap finish EXIT
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  command -v promtool >/dev/null || install
  if command -v promtool >/dev/null; then
    check
  else
    printf '\n!!! NOT RUN: promtool on /metrics. There is no promtool here.\n\n' >&2
    [ "${CI:-}" != true ] || fail "with CI=true promtool has to run"
  fi
}

fail() { printf 'test/clients/promtool.sh: %s\n' "$*" >&2; exit 1; }

finish() {
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  rm -rf "$work"
}

install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  echo "installing promtool"
  apt-get update -qq || return 0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus >/dev/null || return 0
}

check() {
  local address series
  PORT=0 node_modules/.bin/node dist/main.js serve >"$work/log" &
  service=$!
  address=$(grep -o -m 1 -E 'ready at http://[0-9.]+:[0-9]+' < <(timeout 30 tail --pid="$service" -n +1 -f "$work/log")) ||
    fail "the service has not started"
  address=${address#ready at }
  curl -sf -o "$work/reply" "$address/v1/losses/mse" -H 'content-type: application/json' -d '{"logits":[1],"labels":[3]}'
  curl -s -o "$work/reply" "$address/v1/losses/mse" -d '{"logits":'
  curl -s -o "$work/reply" -X PATCH "$address/nothing"
  # Twice: some numbers are there only after the first reading.
  curl -sf -o "$work/metrics" "$address/metrics"
  curl -sf -o "$work/metrics" "$address/metrics"
  promtool check metrics <"$work/metrics"
  series=$(grep -c '^[a-z]' "$work/metrics")
  ((series < 300)) || fail "there are $series series"
  echo "promtool has no complaint; $series series"
}

main
