"""Squared hinge loss: max(0, m - yz)^2."""

import math
from random import Random

from mpmath import mpf

import inputs
from case import Example, elementwise

SEED = 1607
MARGINS = [1.0, 0.5, 0.0, -1.0, 2.0]


def answer(z: float, y: float, margin: float = 1.0, label_encoding: str = "signed") -> Example:
    sign = mpf(2 * y - 1 if label_encoding == "binary" else y)
    shortfall = max(mpf(0), mpf(margin) - sign * mpf(z))
    return Example(loss=shortfall**2, gradient=-2 * sign * shortfall)


def cases() -> list[dict]:
    return [*edges(), *randoms(), *reductions()]


def edges() -> list[dict]:
    near = [side for m in MARGINS[:2] + [2.0] for side in (math.nextafter(m, 0), m, math.nextafter(m, math.inf))]
    squares = [1.34e154, 1.35e154, 1e-162, 1.7e308]
    finite = inputs.EDGE_LOGITS + near + [-z for z in near] + squares + [-z for z in squares]
    found = []
    for encoding, labels in {"signed": [-1.0, 1.0], "binary": [0.0, 1.0]}.items():
        for margin in MARGINS:
            z, y = inputs.crossed(finite + inputs.INFINITE_LOGITS, labels)
            request = {"logits": z, "labels": y, "margin": margin, "label_encoding": encoding}
            found.append(elementwise(f"edge logits, margin {margin}, {encoding}", answer, request))
    return [*found, elementwise("a single number", answer, {"logits": 0.5, "labels": -1.0})]


def randoms() -> list[dict]:
    random = Random(SEED)
    found = []
    for margin in [1.0, 5 * random.random(), 0.1]:
        z = inputs.logits(random, 200)
        request = {"logits": z, "labels": [random.choice((-1.0, 1.0)) for _ in z], "margin": margin}
        found.append(elementwise(f"random, margin {margin}", answer, request))
    return found


def reductions() -> list[dict]:
    """Inputs whose weighted squares are doubles, so that the sum is known to the bit; 2^60 makes it round."""
    batch = {"logits": [0.5, 1.0, -3.75, 8.0, 1 - 2.0**30], "labels": [-1.0, 1.0, 1.0, -1.0, 1.0]}
    weights = {"sample_weights": [0.5, 3.0, 2.0, 0.0, 1.0]}
    infinite = {"logits": [0.5, math.inf, -math.inf], "labels": [-1.0, 1.0, 1.0]}
    table = {
        "a mean": batch | {"reduction": "mean"},
        "a weighted mean over the weights": batch | weights | {"reduction": "mean", "mean_over": "weights"},
        "a weighted sum, masked": batch | weights | {"reduction": "sum", "mask": [True, True, False, True, True]},
        "an infinite mean": infinite | {"reduction": "mean"},
        "an infinite loss of weight 0": infinite | {"reduction": "sum", "sample_weights": [1.0, 1.0, 0.0]},
    }
    return [elementwise(name, answer, request) for name, request in table.items()]
