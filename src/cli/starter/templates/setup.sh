#!/usr/bin/env bash
# Runs once, when Gradescope makes the image: what compute.py may use goes here, NumPy to begin with. lossd itself needs
# nothing.
set -euo pipefail
command -v python3 >/dev/null || { apt-get update && apt-get install -y python3; }
python3 -c "import numpy" 2>/dev/null || { apt-get update && apt-get install -y python3-numpy; }
cd /autograder/source
[ -f lossd ] || { echo "the zip has no lossd: put the executable beside setup.sh and zip again" >&2; exit 1; }
chmod 755 lossd
