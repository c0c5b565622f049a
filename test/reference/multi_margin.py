"""Weston-Watkins hinge: w_y/C times the sum over the others of max(0, m - z_y + z_j)^p, with slope 0 at the kinks."""

import math
from random import Random

from mpmath import inf, mpf

import inputs
from case import Example, rowwise
from hard_label_inputs import GIVEN, class_of, requests
from multiclass_hinge import kinks

SEED = 1626


def answer(row: list[float], label, p: int = 1, margin: float = 1.0, class_weights=None) -> Example:
    y = class_of(label)
    weight = mpf(class_weights[y]) if class_weights else mpf(1)
    terms = [mpf(0) if j == y else term(z, row[y], margin) for j, z in enumerate(row)]
    # Classes that exist.
    classes = sum(z != -math.inf for z in row)
    if weight == 0:
        return Example(mpf(0), [mpf(0)] * len(row), weight=weight)
    slopes = [mpf(0) if t == 0 else 2 * t if p == 2 else mpf(1) for t in terms]
    gradient = [weight * slope / classes for slope in slopes]
    gradient[y] = -sum(gradient, mpf(0))
    return Example(weight * sum((t**p for t in terms), mpf(0)) / classes, gradient, weight=weight)


def term(rival: float, own: float, margin: float):
    if rival == -math.inf:
        return mpf(0)
    return inf if own == -math.inf else max(mpf(0), mpf(margin) - mpf(own) + mpf(rival))


def cases() -> list[dict]:
    random = Random(SEED)
    found = []
    for p in (1, 2):
        for margin in (1.0, 0.0, -1.0, 0.3):
            for name, request in [*requests(SEED), *kinks(margin)]:
                found.append(rowwise(f"{name}, p {p}, margin {margin}", answer, request | {"p": p, "margin": margin}))
        rows, index = inputs.crossed([inputs.logits(random, 3) for _ in range(20)], [0, 1, 2])
        for weights in ([0.25, 3.0, 0.7], [0.0, 1.0, 2.0]):
            request = {"logits": rows, "labels": index, "class_weights": weights, "p": p}
            found.append(rowwise(f"class weights {weights}, p {p}", answer, request))
        for name, request in GIVEN:
            weighted = request | {"class_weights": [0.5, 2.0, 3.0], "p": p}
            # A mean then has to say what it is over.
            weighted |= {"mean_over": request.get("mean_over", "count")} if request.get("reduction") == "mean" else {}
            found.append(rowwise(f"{name}, class weights, p {p}", answer, weighted))
    return found
