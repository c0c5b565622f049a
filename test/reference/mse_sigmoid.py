"""Squared error after a sigmoid: (sigmoid(z) - y)^2."""

from random import Random

from mpmath import mpf

import inputs
from case import Example, elementwise
from doubles import nearest
from sigmoid import sigmoid

SEED = 1603

# A soft label can agree with the sigmoid to any number of digits. The engine carries about 106 bits of their difference.
DIFFERENCE_BITS = 104


def answer(z: float, y: float) -> Example:
    p = sigmoid(z)
    slope = p * (1 - p)
    larger = max((1 - mpf(y)) * p, mpf(y) * (1 - p))
    slack = 2 * abs(p - y) * larger * mpf(2) ** -DIFFERENCE_BITS
    return Example(loss=(p - y) ** 2, gradient=2 * (p - y) * slope, scale=2 * larger * slope, loss_slack=slack)


def cases() -> list[dict]:
    return [*edges(), *randoms(), *reductions()]


def edges() -> list[dict]:
    found = []
    for name, labels in {"hard": inputs.HARD_LABELS, "soft": inputs.SOFT_LABELS}.items():
        z, y = inputs.crossed(inputs.EDGE_LOGITS + inputs.INFINITE_LOGITS, labels)
        found.append(elementwise(f"edge logits, {name} labels", answer, {"logits": z, "labels": y}))
    single = elementwise("a single number", answer, {"logits": 3.0, "labels": 0.0})
    return [*found, single]


def randoms() -> list[dict]:
    random = Random(SEED)
    found = []
    for name, label in {"hard": lambda: random.choice((0.0, 1.0)), "soft": random.random}.items():
        z = inputs.logits(random, 260)
        found.append(elementwise(f"random, {name} labels", answer, {"logits": z, "labels": [label() for _ in z]}))
    z = [5 * inputs.normal(random) for _ in range(150)] + [
        log_z for log_z in inputs.logits(random, 50) if abs(log_z) < 700
    ]
    y = [nearest(sigmoid(logit)) for logit in z]
    return [*found, elementwise("labels that are the sigmoid, rounded", answer, {"logits": z, "labels": y})]


def reductions() -> list[dict]:
    batch = {"logits": [-2.0, 3.0, 0.5, -0.25], "labels": [1.0, 0.0, 0.3, 1.0], "sample_weights": [1.0, 0.5, 2.0, 0.0]}
    table = {
        "a weighted mean over the weights": {"reduction": "mean", "mean_over": "weights"},
        "a weighted mean over the count, masked": {
            "reduction": "mean",
            "mean_over": "count",
            "mask": [True, False, True, True],
        },
        "a weighted sum": {"reduction": "sum"},
    }
    return [elementwise(name, answer, batch | more) for name, more in table.items()]
