#!/usr/bin/env bash
# Builds the executable and runs it: the package's answers, and the starters of Gradescope and PrairieLearn as their hosts
# run them, with the course's submissions. Needs npm ci; the starters need root and Python 3, without which they are left
# out, loudly, and fail with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-executable.XXXXXX")
readonly work lossd=$PWD/executable/lossd node=node_modules/.bin/node

main() {
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  npm run --silent executable 2>/dev/null
  same_as_package "a batch" '{"logits":[[2.0,1.0,0.1]],"labels":[1]}' compute cross_entropy
  same_as_package "a claim" '{"logits":[[2.0,1.0,0.1]],"labels":[1],"claim":{"loss":1.4}}' check cross_entropy
  same_as_package "a grade" '{"claims":[{"case":"lecture-3","loss":0.5}]}' grade examples/course/task.json -
  same_as_package "cases" '' cases examples/course/task.json
  same_as_package "the losses" '' losses --json
  same_as_package "the mistakes" '' explain
  refuses_serve
  if [ "$(id -u)" != 0 ]; then skip root; return; fi
  command -v python3 >/dev/null || { skip python3; return; }
  grades gradescope autograder source submission 10 5 run_autograder
  grades prairielearn tests tests student 1 0.5 grade.sh
}

fail() { printf 'test/executable.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT RUN: the starters of Gradescope and PrairieLearn. There is no %s here.\n\n' "$1" >&2
  [ "${CI:-}" != true ] || fail "with CI=true they have to run"
}

# same_as_package WHAT INPUT ARGUMENT…: output and exit code, alone in a folder, without Node on the path.
same_as_package() {
  local what=$1 input=$2 code=0 promised=0
  shift 2
  "$node" dist/main.js "$@" <<<"$input" >"$work/promised" 2>"$work/words" || promised=$?
  env -i "$lossd" "$@" <<<"$input" >"$work/printed" 2>"$work/words" || code=$?
  [ "$code" = "$promised" ] || { cat "$work/words" >&2; fail "$what: exit code $code, but the package's is $promised"; }
  cmp "$work/printed" "$work/promised" || fail "$what: other bytes than the package's"
  echo "$what: the package's bytes, and its exit code $code"
}

refuses_serve() {
  local code=0
  "$lossd" serve 2>"$work/words" || code=$?
  [ "$code" = 2 ] && grep -q "needs lossd as a package" "$work/words" || fail "serve: exit code $code"
  echo "serve: says what it needs"
}

# grades HOST FOLDER SOURCE SUBMISSION FULL ONE_MISTAKE SCRIPT: the host's folders, and its script for two submissions.
grades() {
  local host=$1 folder=$2 root=$work/$1 submission expected score
  "$lossd" init --loss cross_entropy --for "$host" "$work/starter-$host" >/dev/null
  for submission in right one_mistake; do
    rm -rf "$root"
    mkdir -p "$root/$3" "$root/$4"
    cp -r "$work/starter-$host/$folder/." "$root/$3"
    cp "examples/course/python/$submission.py" "$root/$4/compute.py"
    AUTOGRADER=$root GRADE=$root "$root/$3/$7" || fail "$host: the script fails"
    score=$("$node" -p "JSON.parse(require('fs').readFileSync('$root/results/results.json')).score")
    if [ "$submission" = right ]; then expected=$5; else expected=$6; fi
    [ "$score" = "$expected" ] || { cat "$root/results/results.json" >&2; fail "$host: $submission has $score, not $expected"; }
    echo "$host, $submission: $score"
  done
}

main
