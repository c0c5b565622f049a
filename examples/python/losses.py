"""The losses of a batch, by Python's standard library alone: python examples/python/losses.py"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ.get("LOSSD_URL", "http://127.0.0.1:8080")
ATTEMPTS = 4


def compute(loss, **batch):
    """The reply to a batch, a dictionary. Raises an HTTPError."""
    request = urllib.request.Request(
        f"{URL}/v1/losses/{loss}",
        # json.dumps would write -Infinity without quotes, which is not JSON: an error tells, where it was forgotten.
        json.dumps(batch, allow_nan=False).encode(),
        {"content-type": "application/json"},
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            # The queue is full, or the service is starting or stopping: it says when to ask again.
            if error.code not in (429, 503) or attempt == ATTEMPTS:
                raise
            error.close()
            time.sleep(float(error.headers.get("retry-after", 1)))


def main():
    try:
        reply = compute(
            "cross_entropy",
            logits=[[2.0, 1.0, 0.1], [0.5, "-Infinity", -1.0]],
            labels=[1, 1],
            outputs=["losses"],
        )
    except urllib.error.HTTPError as error:
        # Also 413 (too large) and 422 (not allowed): the detail names the field, its value and the bound.
        problem = json.load(error)
        sys.exit(f"{problem['status']} {problem['code']}: {problem['detail']}")
    # An infinite loss is the string "Infinity": float reads it, like any number.
    for row, loss in enumerate(reply["losses"]):
        print(f"row {row}: {float(loss)}")
    print(f"mean: {float(reply['loss'])}")


main()
