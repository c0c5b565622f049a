"""Crammer-Singer hinge: max(0, m + max over the others of z - z_y), with slope 0 at the kink."""

import math

from mpmath import inf, mpf

from case import Example, rowwise
from hard_label_inputs import class_of, requests

SEED = 1625


def answer(row: list[float], label, margin: float = 1.0) -> Example:
    y = class_of(label)
    rivals = [j for j, z in enumerate(row) if j != y and z > -math.inf]
    gradient = [mpf(0)] * len(row)
    if not rivals:
        return Example(mpf(0), gradient)
    # max() takes the first of equals.
    rival = max(rivals, key=row.__getitem__)
    loss = inf if row[y] == -math.inf else max(mpf(0), mpf(margin) + mpf(row[rival]) - mpf(row[y]))
    if loss > 0:
        gradient[y], gradient[rival] = mpf(-1), mpf(1)
    return Example(loss, gradient)


def cases() -> list[dict]:
    found = [rowwise(name, answer, request) for name, request in requests(SEED)]
    for margin in (0.5, 0.0, -1.0, 2.0):
        for name, request in [*requests(SEED), *kinks(margin)]:
            found.append(rowwise(f"{name}, margin {margin}", answer, request | {"margin": margin}))
    return found


def kinks(margin: float):
    """The label's class leads by the margin, by a little less, and by a little more."""
    leads = [math.nextafter(margin, -9), margin, math.nextafter(margin, 9)]
    rows = [[base + lead, base, base - 1] for lead in leads for base in (0.0, 0.1, 1e-17, 1e3, -3.7)]
    yield "around the kink", {"logits": rows, "labels": [0] * len(rows)}
