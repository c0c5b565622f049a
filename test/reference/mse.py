"""Squared error: k (z - y)^2, with k the scale."""

import math
from random import Random

from mpmath import mpf

import inputs
from case import Example, elementwise

SEED = 1601


def answer(z: float, y: float, scale: float = 1.0) -> Example:
    error = mpf(z) - mpf(y)
    return Example(loss=scale * error**2, gradient=2 * scale * error)


def cases() -> list[dict]:
    return [*edges(), *randoms(), *reductions()]


def edges() -> list[dict]:
    labels = [0.0, 1.0, -1.0, 0.1, 0.3, 1e-10, 1 - 2**-53, 37.25, 1e300, -1e300]
    z, y = inputs.crossed(inputs.EDGE_LOGITS, labels)
    close = [math.nextafter(x, math.inf) for x in (0.1, 1.0, 36.5, 1e10, 1e300, 5e-324)]
    return [
        elementwise("edge logits and labels", answer, {"logits": z, "labels": y}),
        elementwise("neighbouring doubles", answer, {"logits": close, "labels": [0.1, 1.0, 36.5, 1e10, 1e300, 5e-324]}),
        elementwise(
            "a square that leaves the doubles",
            answer,
            {"logits": [1.35e154, 1.34e154, 1.7e308, 1e-162, 1.5e-162], "labels": [0.0, 0.0, -1.7e308, 0.0, 0.0]},
        ),
        elementwise("a single number", answer, {"logits": 0.75, "labels": 0.1}),
        elementwise("rank 3", answer, {"logits": [[[0.1, 0.2], [0.3, -4.0]]], "labels": [[[1.0, 2.0], [3.0, 4.5]]]}),
        elementwise("an empty batch", answer, {"logits": [], "labels": []}),
    ]


def randoms() -> list[dict]:
    random = Random(SEED)
    found = [
        elementwise(f"random {i}", answer, {"logits": inputs.logits(random, 200), "labels": inputs.logits(random, 200)})
        for i in range(3)
    ]
    z, y = inputs.logits(random, 100) + [1e160, 1e-160, -1e200], inputs.logits(random, 100) + [0.0, 0.0, 1.0]
    for scale in (0.5, 0.3, 7.0, 1e-300, 1e300):
        found.append(elementwise(f"random, scale {scale}", answer, {"logits": z, "labels": y, "scale": scale}))
    return found


def reductions() -> list[dict]:
    """Inputs whose weighted squares are doubles, so that the sum is known to the bit; 2^60 and 2^-40 make it round."""
    batch = {"logits": [2.5, 0.0, 2.0, -7.25, 2.0**30, 2.0**-20], "labels": [3.0, -0.5, 2.0, 1.0, 0.0, 0.0]}
    weights = {"sample_weights": [1.0, 0.5, 2.0, 0.0, 0.25, 3.0]}
    mask = {"mask": [True, True, False, True, False, True]}
    mean = {"reduction": "mean"}
    table = {
        "a sum": {"reduction": "sum"},
        "a mean": mean,
        "a masked mean": mean | mask,
        "a weighted sum": {"reduction": "sum"} | weights,
        "a weighted mean over the count": mean | weights | {"mean_over": "count"},
        "a weighted mean over the weights": mean | weights | {"mean_over": "weights"},
        "a weighted and masked mean over the weights": mean | weights | mask | {"mean_over": "weights"},
        "a mean over a given number": mean | weights | {"mean_over": 48.0},
        "a mean of nothing": mean | {"mask": [False] * 6},
        "a mean over weights of 0": mean | {"sample_weights": [0.0] * 6, "mean_over": "weights"},
        "weights without a reduction": weights | mask,
    }
    return [elementwise(name, answer, batch | more) for name, more in table.items()]
