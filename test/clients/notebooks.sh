#!/usr/bin/env bash
# The starters of Otter-Grader and nbgrader, graded by the tools themselves: a right submission gets its points, and one
# with a mistake does not. Run by hand: installing both takes minutes. NOTEBOOKS=FOLDER names a venv that has them.
# Needs a build (dist/), Python 3 with venv, and its package index.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly root=$PWD course=$PWD/examples/course/python
export LOSSD="$(realpath node_modules/.bin/node) $root/dist/main.js" PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-notebooks.XXXXXX")
readonly work
venv=${NOTEBOOKS:-$work/venv}

main() {
  trap 'rm -rf "$work"' EXIT
  [ -f dist/main.js ] || fail "there is no dist/: run npm ci and npm run build first"
  if [ -z "${NOTEBOOKS:-}" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q otter-grader==7.0.0 nbgrader==0.9.6 || fail "the tools cannot be installed"
  fi
  export PATH=$venv/bin:$PATH
  check_otter
  check_nbgrader
}

fail() { printf 'test/clients/notebooks.sh: %s\n' "$*" >&2; exit 1; }

check_otter() {
  $LOSSD init --loss cross_entropy --for otter "$work/otter" >/dev/null
  cd "$work/otter/autograder"
  cp "$course/right.py" compute.py
  otter check compute.py -t tests >"$work/words" 2>&1
  grep -q "All tests passed" "$work/words" || { cat "$work/words" >&2; fail "otter: the right submission fails"; }
  cp "$course/one_mistake.py" compute.py
  otter check compute.py -t tests >"$work/words" 2>&1 || true
  grep -q "divide it by the number of examples" "$work/words" || { cat "$work/words" >&2; fail "otter: no mistake is named"; }
  echo "otter: a right submission passes, and a mistake is named"
}

check_nbgrader() {
  $LOSSD init --loss cross_entropy --for nbgrader "$work/nbgrader" >/dev/null
  cd "$work/nbgrader"
  echo "get_config().CourseDirectory.course_id = 'course'" >nbgrader_config.py
  nbgrader generate_assignment loss >"$work/words" 2>&1 || { cat "$work/words" >&2; fail "nbgrader: no assignment"; }
  ! grep -q '"hidden\\",\|HIDDEN TESTS' release/loss/compute.ipynb || fail "nbgrader: students get the hidden cases"
  submit ada right
  submit bob one_mistake
  nbgrader autograde loss >"$work/words" 2>&1 || { cat "$work/words" >&2; fail "nbgrader: nothing is graded"; }
  nbgrader export >/dev/null 2>&1
  cut -d, -f4,10 grades.csv
  [ "$(cut -d, -f4,10 grades.csv | tail -n +2 | paste -sd' ')" = "ada,10.0 bob,0.0" ] || fail "nbgrader: other points"
}

# submit STUDENT SUBMISSION: the released notebook with its cell filled in.
submit() {
  mkdir -p "submitted/$1/loss"
  python3 - "$course/$2.py" "submitted/$1/loss/compute.ipynb" <<'FILL'
import json, sys
notebook = json.load(open("release/loss/compute.ipynb"))
for cell in notebook["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "compute":
        cell["source"] = open(sys.argv[1]).read()
json.dump(notebook, open(sys.argv[2], "w"))
FILL
}

main
