"""Soft margin (logistic) loss: log(1 + exp(-yz)), which is -log sigmoid(yz)."""

import math
from random import Random

from mpmath import mpf

import inputs
from case import Example, elementwise
from sigmoid import minus_log, sigmoid

SEED = 1608


def answer(z: float, y: float, label_encoding: str = "signed") -> Example:
    sign = 2 * y - 1 if label_encoding == "binary" else y
    return Example(loss=minus_log(sigmoid(sign * z)), gradient=-mpf(sign) * sigmoid(-sign * z))


def cases() -> list[dict]:
    return [*edges(), *randoms(), *reductions()]


def edges() -> list[dict]:
    found = []
    for encoding, labels in {"signed": [-1.0, 1.0], "binary": [0.0, 1.0]}.items():
        z, y = inputs.crossed(inputs.EDGE_LOGITS + inputs.INFINITE_LOGITS, labels)
        request = {"logits": z, "labels": y, "label_encoding": encoding}
        found.append(elementwise(f"edge logits, {encoding}", answer, request))
    return [*found, elementwise("a single number", answer, {"logits": 0.5, "labels": -1.0})]


def randoms() -> list[dict]:
    random = Random(SEED)
    found = []
    for encoding, labels in {"signed": (-1.0, 1.0), "binary": (0.0, 1.0)}.items():
        z = inputs.logits(random, 300)
        request = {"logits": z, "labels": [random.choice(labels) for _ in z], "label_encoding": encoding}
        found.append(elementwise(f"random, {encoding}", answer, request))
    return found


def reductions() -> list[dict]:
    batch = {"logits": [0.5, 1.0, -3.75, 8.0, -800.0], "labels": [-1.0, 1.0, 1.0, -1.0, 1.0]}
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
