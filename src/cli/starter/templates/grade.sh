#!/usr/bin/env bash
# PrairieLearn runs this for each submission, as root: of it compute.py alone is taken, and runs as a user that can read
# neither the task nor lossd.
set -euo pipefail
root=${GRADE:-/grade}
chmod 700 "$root/tests"
mkdir -p "$root/results"
chmod 700 "$root/results"
lossd=$root/tests/lossd
# Compressed, for sites that refuse files above 100 MB. Isolated: no gzip.py of a student is taken.
[ -f "$lossd" ] || { python3 -I -m gzip -d "$lossd.gz" && rm "$lossd.gz"; }
chmod 700 "$lossd"
# The results file says so where the program fails or takes too long: the exit code is for the log.
"$lossd" run --task "$root/tests/task.json" --submission "$root/student" --program "$root/tests/program.py" \
  --prairielearn "$root/results/results.json" --timeout 20 --quiet -- python3 program.py || echo "lossd run ended with exit code $?"
