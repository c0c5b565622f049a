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
  check_classroom50
  python3 -c 'import pytest' 2>/dev/null || { skip "pytest"; return; }
  check_starter
}

# The autograder writes a result as Classroom 50 documents it: whole points that add up, and what students read.
check_classroom50() {
  local bundle=$work/classroom50/autograder checkout=$work/checkout
  $LOSSD init --loss cross_entropy --for classroom50 "$work/classroom50" >/dev/null
  mkdir "$checkout"
  cp "$course/python/one_mistake.py" "$checkout/compute.py"
  # This lossd may be readable by everybody, which a runner's is not.
  printf '#!/bin/sh\nshift\nexec %s run --reachable "$@"\n' "$LOSSD" >"$work/lossd"
  chmod 755 "$work/lossd"
  (cd "$checkout" && env LOSSD="$work/lossd" CLASSROOM=cs ASSIGNMENT=hw1 OWNER=ada SUBMISSION_TAG=submit/1 \
    COMMIT_URL=https://example.org/c RELEASE_URL=https://example.org/r python3 "$bundle/autograder.py") >"$work/words" 2>&1 ||
    { cat "$work/words" >&2; fail "the autograder of Classroom 50 fails"; }
  python3 - "$checkout/result.json" <<'CHECK' || fail "result.json is not as Classroom 50 documents it"
import json, re, sys
result = json.load(open(sys.argv[1]))
texts = ("classroom", "assignment", "owner", "submission", "commit", "release", "review")
assert result["schema"] == "classroom50/result/v1" and result["assignment_type"] == "individual"
assert all(isinstance(result[name], str) and result[name] for name in texts)
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
tests = result["tests"]
for name in ("score", "max-score"):
    assert type(result[name]) is int and result[name] == sum(test[name] for test in tests), name
    assert all(type(test[name]) is int for test in tests)
assert (result["score"], result["max-score"], len(tests)) == (50, 100, 4), result
assert any("divide it by the number of examples" in test["output"] for test in tests)
assert set(result) == {"schema", "assignment_type", "datetime", "score", "max-score", "tests", *texts}
CHECK
  echo "Classroom 50: its result has whole points, and names the mistake"
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
