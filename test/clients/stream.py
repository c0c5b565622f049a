"""Streams of NDJSON by the clients that Python has: all of them write everything before they read.

Called by stream.sh with the service's address. Exits with 1, and says why, if an answer is not what it should be.
"""

import gzip
import json
import sys
from fractions import Fraction

import httpx
import requests

LINES = 10_000
HEADERS = {"content-type": "application/x-ndjson"}
url = sys.argv[1] + "/v1/losses/cross_entropy"


def request(number, classes=3):
    logits = [((number * 7919 + c * 104729) % 2003) / 97.0 - 10 for c in range(classes)]
    return json.dumps({"id": f"batch-{number}", "logits": [logits], "labels": [number % classes]}) + "\n"


def check(condition, what):
    if not condition:
        sys.exit(f"stream.py: {what}")


def check_lines(text, count=LINES):
    """The order, the callers' ids, and the sums against rational numbers."""
    *answers, summary = [json.loads(line) for line in text.splitlines()]
    check([a["line"] for a in answers] == list(range(1, count + 1)), "the lines are not in order")
    check([a["id"] for a in answers] == [f"batch-{i}" for i in range(count)], "the ids are not those that were sent")
    total = sum((Fraction(loss) for a in answers for loss in a["losses"]), Fraction(0))
    expected = {"done": True, "lines": count, "failed": 0, "loss_sum": float(total), "weight_sum": count, "valid_count": count}
    check(summary == expected, f"the summary is {summary}, not {expected}")


def by_requests(body, query="", **headers):
    reply = requests.post(url + query, data=body, headers=HEADERS | headers, timeout=120)
    check(reply.status_code == 200, f"requests got {reply.status_code}: {reply.text[:300]}")
    return reply.text


def by_httpx(body, query=""):
    reply = httpx.post(url + query, content=body, headers=HEADERS, timeout=120)
    check(reply.status_code == 200, f"httpx got {reply.status_code}: {reply.text[:300]}")
    return reply.text


body = "".join(request(i) for i in range(LINES)).encode()
first = by_requests(body)
check_lines(first)
ways = {
    "requests": lambda: first,
    "requests, by a generator": lambda: by_requests(request(i).encode() for i in range(LINES)),
    "requests, with gzip": lambda: by_requests(gzip.compress(body), **{"content-encoding": "gzip"}),
    "httpx": lambda: by_httpx(body),
    "httpx, by a generator": lambda: by_httpx(request(i).encode() for i in range(LINES)),
}
for name, send in ways.items():
    check(send() == first, f"{name} gets other bytes")
    print(f"{name}: {LINES} lines in order, and their sum")

# Replies that no buffer holds: a client that does not read them is told so, and needs none of them for the sum.
wide = [request(i, 1000).encode() for i in range(1500)]
*answers, last = by_requests(b"".join(wide)).splitlines()
check(json.loads(last).get("code") == "reader_stalled", f"the last line is {last[:300]}")
check(0 < len(answers) < len(wide), "a reader that stalled has all or none of the lines")
print(f"requests, beyond the buffer: {len(answers)} of {len(wide)} lines, then reader_stalled")
(summary,) = [json.loads(line) for line in by_requests(b"".join(wide), "?summary_only=true").splitlines()]
check((summary["done"], summary["lines"], summary["failed"]) == (True, len(wide), 0), f"the summary is {summary}")
print(f"requests, summary_only: {len(wide)} lines")

with httpx.Client(timeout=120) as client, client.stream("POST", url, content=iter(wide), headers=HEADERS) as reply:
    *answers, last = [json.loads(line) for line in reply.iter_lines()]
check(last.get("code") == "reader_stalled", f"the last line is {last}")
check([a["line"] for a in answers] == list(range(1, len(answers) + 1)), "the lines before it are not in order")
check(0 < len(answers) < len(wide), "a reader that stalled has all or none of the lines")
print(f"httpx, beyond the buffer, by a generator: {len(answers)} of {len(wide)} lines, then reader_stalled")
