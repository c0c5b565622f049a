"""One batch, what v1 answers to it, and the comparison that every client here ends in."""

import json
import urllib.request

import numpy as np

ROWS, CLASSES = 64, 17
checks = 0


def batch(dtype):
    """Logits and labels of a fixed seed; the last row's class does not exist, so that its loss is infinite."""
    random = np.random.default_rng(7)
    logits = random.normal(0, 4, (ROWS, CLASSES)).astype(dtype)
    labels = random.integers(0, CLASSES, ROWS).astype(np.int64)
    logits[-1, labels[-1]] = -np.inf
    return logits, labels


def finite(logits, labels):
    """The rows of the batch whose losses are finite."""
    return logits[:-1], labels[:-1]


def expected(url, logits, labels, **options):
    """The answer of v1, in the datatype of the logits: float32 results are rounded once."""
    nested = [[x if np.isfinite(x) else str(x).replace("inf", "Infinity") for x in row] for row in logits.tolist()]
    body = json.dumps({"logits": nested, "labels": labels.tolist(), **options}).encode()
    request = urllib.request.Request(f"{url}/v1/losses/cross_entropy", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        answer = json.load(reply)
    names = ("loss", "losses", "gradients")
    return {name: np.atleast_1d(np.array(answer[name], np.float64)).astype(logits.dtype) for name in names}


def holds(what, truth):
    global checks
    if not truth:
        raise SystemExit(f"NOT SO: {what}")
    checks += 1


def same(what, got, want):
    """The same bits, datatype and shape."""
    is_same = got.dtype == want.dtype and got.shape == want.shape and got.tobytes() == want.tobytes()
    holds(f"{what}: {got!r} is {want!r}", is_same)
