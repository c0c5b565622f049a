"""PyTorch and NumPy beside the engine's kernels: a case a line in (JSON), its nanoseconds of CPU an element out.

Started by kernels.mjs, on one thread. Forward and backward as people run them; NumPy as one writes it by hand.
"""

import json
import platform
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

ROUND_SECONDS = 0.03
GAMMA, ALPHA = 2.0, 0.25

torch.set_num_threads(1)


def batch(case):
    random = np.random.default_rng(1)
    kind = np.float32 if case["float32"] else np.float64
    rows, classes = case["rows"], case["classes"]
    if case["loss"] == "cross_entropy":
        return (3 * random.standard_normal((rows, classes))).astype(kind), random.integers(0, classes, rows)
    return (3 * random.standard_normal(rows)).astype(kind), random.integers(0, 2, rows).astype(kind)


def with_torch(case):
    z, y = map(torch.from_numpy, batch(case))
    z.requires_grad_()
    losses = {
        "cross_entropy": lambda: F.cross_entropy(z, y),
        "binary_cross_entropy": lambda: F.binary_cross_entropy_with_logits(z, y),
        "focal": lambda: sigmoid_focal_loss(z, y, alpha=ALPHA, gamma=GAMMA, reduction="mean"),
    }
    loss = losses[case["loss"]]

    def run():
        z.grad = None
        loss().backward()

    return run


def with_numpy(case):
    z, y = batch(case)
    n = len(z)

    def cross_entropy():
        top = z.max(axis=1, keepdims=True)
        e = np.exp(z - top)
        total = e.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) + top[:, 0] - z[np.arange(n), y]).mean()
        gradient = e / total
        gradient[np.arange(n), y] -= 1
        return loss, gradient / n

    def binary_cross_entropy():
        return (np.logaddexp(0, z) - z * y).mean(), (1 / (1 + np.exp(-z)) - y) / n

    def focal():
        p = 1 / (1 + np.exp(-z))
        q = np.where(y > 0, 1 - p, p)
        surprise = np.logaddexp(0, np.where(y > 0, -z, z))
        weight = np.where(y > 0, ALPHA, 1 - ALPHA) * q**GAMMA
        slope = weight * (GAMMA * (1 - q) * surprise + q)
        return (weight * surprise).mean(), np.where(y > 0, -slope, slope) / n

    return {"cross_entropy": cross_entropy, "binary_cross_entropy": binary_cross_entropy, "focal": focal}[case["loss"]]


prepared = {}


def measure(name, make, case):
    """One round: nanoseconds of CPU an element."""
    key = (name, json.dumps(case))
    if key not in prepared:
        run = make(case)
        for _ in range(3):
            run()
        start = time.process_time()
        run()
        prepared[key] = run, max(1, round(ROUND_SECONDS / max(time.process_time() - start, 1e-6)))
    run, turns = prepared[key]
    start = time.process_time()
    for _ in range(turns):
        run()
    return (time.process_time() - start) * 1e9 / (turns * case["rows"] * case["classes"])


def main():
    versions = {"PyTorch": torch.__version__, "NumPy": np.__version__, "Python": platform.python_version()}
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps([measure("torch", with_torch, case), measure("numpy", with_numpy, case)]), flush=True)


main()
