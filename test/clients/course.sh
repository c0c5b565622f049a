#!/usr/bin/env bash
# What an assignment in Python is made of: lossd_check.py by command and by HTTP.
# Needs a build (dist/) and Python 3.9; what could not run is named loudly, and fails with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export LOSSD="$PWD/node_modules/.bin/node $PWD/dist/main.js" PYTHONDONTWRITEBYTECODE=1

main() {
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  command -v python3 >/dev/null || { skip "python3"; return; }
  python3 test/clients/lossd_check.py
}

fail() { printf 'test/clients/course.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT RUN: the course in Python. There is no %s here.\n\n' "$1" >&2
  [ "${CI:-}" != true ] || fail "with CI=true it has to run"
}

main
