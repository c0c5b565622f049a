#!/usr/bin/env bash
# What an assignment is made of: lossd_check.py by command and by HTTP, and the worked course, whose submissions get the
# reports of its README in Python and JavaScript.
# Needs a build (dist/) and Python 3.9; what could not run is named loudly, and fails with CI=true.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The pinned Node, also for the submissions: a student's program gets a clean environment.
node=$(realpath node_modules/.bin/node)
readonly node course=examples/course
export LOSSD="$node $PWD/dist/main.js" PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-course.XXXXXX")
readonly work

main() {
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  trap 'rm -rf "$work"' EXIT
  open_course
  for submission in right one_mistake two_mistakes; do
    report "$submission" "$work/node" "$work/javascript/$submission.mjs"
  done
  command -v python3 >/dev/null || { skip "python3"; return; }
  for submission in right one_mistake two_mistakes; do
    report "$submission" python3 "$work/python/$submission.py"
  done
  python3 test/clients/lossd_check.py
  python3 -c 'import pytest' 2>/dev/null || { skip "pytest"; return; }
  check_starter
}

# The starter's tests pass on the right submission, and on one mistake fail by its sentence.
check_starter() {
  local student=$work/starter/student
  $LOSSD init --loss cross_entropy --for pytest --secret 000102030405060708090a0b0c0d0e0f "$work/starter" >/dev/null
  cp "$course/python/right.py" "$student/compute.py"
  (cd "$student" && python3 -m pytest -q -p no:cacheprovider) || fail "the starter's tests fail on the right submission"
  cp "$course/python/one_mistake.py" "$student/compute.py"
  if (cd "$student" && python3 -m pytest -q -p no:cacheprovider) >"$work/words" 2>&1; then
    fail "the starter's tests pass on a mistake"
  fi
  grep -q "1 failed" "$work/words" && grep -q "divide it by the number of examples" "$work/words" ||
    { cat "$work/words" >&2; fail "the starter's tests do not name the mistake"; }
  echo "pytest: the starter's tests pass, and name a mistake"
  check_model
}

# A model's starter passes its own tests, and gets full marks from its own task.
check_model() {
  local folder=$work/model
  $LOSSD init --loss cross_entropy --features 4 --for pytest "$folder" >/dev/null
  cp "$course/python/right_model.py" "$folder/student/compute.py"
  (cd "$folder/student" && python3 -m pytest -q -p no:cacheprovider) || fail "a model's tests fail on the right submission"
  chmod 755 "$folder" "$folder/student"
  $LOSSD run --task "$folder/teacher/task.json" --reachable --quiet --fail-under 10 \
    -- python3 "$folder/student/program.py" || fail "a right model does not get 10 points"
  echo "a model: its starter's tests pass, and it gets full marks"
}

# Where the program's user, who may be nobody, can read them.
open_course() {
  cp -r "$course/python" "$course/javascript" "$work"
  cp "$node" "$work/node"
  chmod -R a+rX "$work"
}

# The report of a submission is the one that the README shows.
report() {
  local submission=$1
  shift
  $LOSSD run --task $course/task.json --id "$submission" --reachable --quiet --markdown "$work/report" -- "$@" ||
    fail "$* is not graded"
  sed -n "/<!-- $submission -->/,/<!-- \/$submission -->/p" $course/README.md |
    sed -e '/^<!--/d' -e '/^```/d' >"$work/promised"
  [ -s "$work/promised" ] || fail "the course's README has nothing between <!-- $submission --> and its end"
  # The README shows what a run with root says: this one needs none, and then every report has this sentence more.
  grep -q "This run was unprotected\." "$work/report" || fail "$* is graded as if it had been kept from the answers"
  sed -i 's/ This run was unprotected\.//' "$work/report"
  diff "$work/promised" "$work/report" || fail "$* gets another report than the README shows"
  echo "$(basename "$1") on $submission: the report that the README shows"
}

fail() { printf 'test/clients/course.sh: %s\n' "$*" >&2; exit 1; }

skip() {
  printf '\n!!! NOT RUN: the course in Python. There is no %s here.\n\n' "$1" >&2
  [ "${CI:-}" != true ] || fail "with CI=true it has to run"
}

main
