"""Hinge loss: max(0, m - yz), with slope 0 at the kink, or half or all of the steeper side's."""

import math
from random import Random

from mpmath import mpf

import inputs
from case import Example, elementwise

SEED = 1602
MARGINS = [1.0, 0.5, 0.0, -1.0, 2.0]
KINKS = {"zero": mpf(0), "half": mpf("0.5"), "full": mpf(1)}


def answer(z: float, y: float, margin: float = 1.0, label_encoding: str = "signed", kink: str = "zero") -> Example:
    sign = mpf(2 * y - 1 if label_encoding == "binary" else y)
    shortfall = mpf(margin) - sign * mpf(z)
    slope = KINKS[kink] if shortfall == 0 else mpf(shortfall > 0)
    return Example(loss=max(mpf(0), shortfall), gradient=-sign * slope)


def cases() -> list[dict]:
    return [*edges(), *randoms(), *reductions()]


def edges() -> list[dict]:
    kinks = [side for m in MARGINS[:2] + [2.0] for side in (math.nextafter(m, 0), m, math.nextafter(m, math.inf))]
    finite = inputs.EDGE_LOGITS + kinks + [-z for z in kinks]
    found = []
    for encoding, labels in {"signed": [-1.0, 1.0], "binary": [0.0, 1.0]}.items():
        for margin in MARGINS:
            z, y = inputs.crossed(finite + inputs.INFINITE_LOGITS, labels)
            request = {"logits": z, "labels": y, "margin": margin, "label_encoding": encoding}
            found.append(elementwise(f"edge logits, margin {margin}, {encoding}", answer, request))
    z, y = inputs.crossed(kinks + [-z for z in kinks], [-1.0, 1.0])
    for kink in KINKS:
        for margin in MARGINS:
            request = {"logits": z, "labels": y, "margin": margin, "kink": kink}
            found.append(elementwise(f"around the kinks, margin {margin}, kink {kink}", answer, request))
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
    batch = {"logits": [0.5, 1.0, -3.75, 8.0, -(2.0**53)], "labels": [-1.0, 1.0, 1.0, -1.0, 1.0]}
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
