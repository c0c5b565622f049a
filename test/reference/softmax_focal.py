"""Focal loss over classes: -alpha_y (1 - p_y)^gamma log p_y with p = softmax(z)."""

import math
from random import Random

from mpmath import mpf

import inputs
from case import Example, rowwise
from focal import slope, value
from hard_label_inputs import GIVEN, class_of, requests
from softmax import softmax

SEED = 1624
GAMMAS = [2.0, 0.0, 0.25, 0.5, 1.0, 5.0, 20.0]


def answer(row: list[float], label, gamma: float = 2.0, alpha=None) -> Example:
    y = class_of(label)
    p, gamma = softmax(row), mpf(gamma)
    weight = mpf(1) if alpha is None else mpf(alpha[y] if isinstance(alpha, list) else alpha)
    # By z_j it is the derivative by p_y, times p_y (1[j = y] - p_j); p_y times it has a limit where p_y is 0.
    by_log = -weight if p[y] == 0 else p[y] * slope(p[y], gamma, weight)
    others = sum((q for j, q in enumerate(p) if j != y), mpf(0))
    gradient = [by_log * (others if j == y else -q) for j, q in enumerate(p)]
    return Example(value(p[y], gamma, weight), gradient)


def build(name: str, request: dict) -> dict:
    return rowwise(name, answer, request, ulps=6 * max(1.0, request.get("gamma", 2.0)))


def cases() -> list[dict]:
    random = Random(SEED)
    found = []
    for gamma in [*GAMMAS, random.random(), 10 * random.random()]:
        for name, request in requests(SEED):
            # A reduced loss is held to 6 ulps, whatever gamma allows to each of its losses.
            if gamma > 2 and "reduction" in request:
                continue
            found.append(build(f"{name}, gamma {gamma}", request | {"gamma": gamma}))
    rows, index = inputs.crossed([inputs.logits(random, 3) for _ in range(20)], [0, 1, 2])
    for alpha in (0.25, [0.25, 3.0, 0.7], [0.0, 1.0, 2.0]):
        found.append(build(f"alpha {alpha}", {"logits": rows, "labels": index, "alpha": alpha}))
    absent = {"logits": [[0.5, 1.0, -math.inf]], "labels": [2], "alpha": [1.0, 1.0, 0.0]}
    found.append(build("an infinite loss with an alpha of 0", absent))
    found += [build(f"{name}, alpha", request | {"alpha": [0.5, 1.0, 0.25]}) for name, request in GIVEN]
    return found
