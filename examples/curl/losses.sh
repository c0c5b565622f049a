#!/usr/bin/env bash
# The losses of a batch, by curl (7.76 or later) and jq: examples/curl/losses.sh
set -euo pipefail

reply=$(mktemp)
trap 'rm -f "$reply"' EXIT

# JSON has no infinite numbers: they are strings, both ways. After a 429 (the queue is full) or a 503 (starting, stopping)
# --retry waits for as long as Retry-After says; a 413 (too large) or a 422 (not allowed) ends it at once.
curl --silent --show-error --fail-with-body --retry 3 --max-time 60 --output "$reply" \
  --header 'content-type: application/json' "${LOSSD_URL:-http://127.0.0.1:8080}/v1/losses/cross_entropy" --data-binary '{
    "logits": [[2.0, 1.0, 0.1], [0.5, "-Infinity", -1.0]],
    "labels": [1, 1],
    "outputs": ["losses"]
  }' || {
  # The detail names the field, its value and the bound.
  [ ! -s "$reply" ] || jq --raw-output '"\(.status) \(.code): \(.detail)"' "$reply" >&2
  exit 1
}

jq --raw-output '(.losses | to_entries[] | "row \(.key): \(.value)"), "mean: \(.loss)"' "$reply"
