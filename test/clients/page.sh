#!/usr/bin/env bash
# The page at / in a real headless Chromium: its numbers, its controls, its colours, its accessibility.
# Needs a build (dist/) and Chromium, which it installs from Debian's packages where it may. What could not run is said
# loudly, and fails with CI=true. PICTURES=folder keeps a picture of each page, in both colours and two widths.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

main() {
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  command -v chromium >/dev/null || install
  if command -v chromium >/dev/null; then
    node_modules/.bin/node test/clients/page.ts "$(command -v chromium)"
  else
    printf '\n!!! NOT RUN: the page in a browser. There is no chromium here.\n\n' >&2
    [ "${CI:-}" != true ] || fail "with CI=true the browser has to run"
  fi
}

fail() { printf 'test/clients/page.sh: %s\n' "$*" >&2; exit 1; }

install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  echo "installing chromium"
  apt-get update -qq || return 0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null || return 0
}

main
