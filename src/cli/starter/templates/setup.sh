#!/usr/bin/env bash
# Runs once, when Gradescope makes the image: what compute.py may use goes here. lossd itself needs nothing.
set -euo pipefail
command -v python3 >/dev/null || { apt-get update && apt-get install -y python3; }
cd /autograder/source
[ -f lossd ] || { echo "the zip has no lossd: put the executable beside setup.sh and zip again" >&2; exit 1; }
chmod 755 lossd
