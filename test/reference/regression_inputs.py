"""What losses of an error d = z - y are asked: pairs of a logit and a label, and requests that reduce them."""

import math
from random import Random

import inputs

LABELS = [0.0, 1.0, -1.0, 0.1, 0.3, 1e-10, 1 - 2**-53, 37.25, 1e300, -1e300]
CLOSE = [0.1, 1.0, 36.5, 1e10, 1e300, 5e-324]
# Errors whose squares leave the doubles, and errors that leave them.
HUGE = [1.34e154, 1.35e154, 1.9e154, 1.7e308, -1.7e308, 1e-162, 2.3e-162]
HUGE_LABELS = [0.0, 1.7e308, -1.7e308, 1e308, 2e307]


def edges() -> dict[str, tuple[list[float], list[float]]]:
    """Logits and labels of one length under a name."""
    return {
        "edge logits and labels": inputs.crossed(inputs.EDGE_LOGITS, LABELS),
        "neighbouring doubles": ([math.nextafter(x, math.inf) for x in CLOSE], CLOSE),
        "huge and tiny errors": inputs.crossed(HUGE, HUGE_LABELS),
    }


def around(kinks: list[float]) -> tuple[list[float], list[float]]:
    """Errors at and beside each kink, of either sign."""
    sides = [side for kink in kinks for side in (math.nextafter(kink, 0), kink, math.nextafter(kink, math.inf))]
    errors = sides + [-side for side in sides]
    return errors, [0.0] * len(errors)


def randoms(seed: int, count: int = 250) -> dict[str, tuple[list[float], list[float]]]:
    """Far errors, near ones and ones of every size."""
    random = Random(seed)
    y = inputs.logits(random, count)
    sizes = [inputs.log_uniform(random, -40, 6) for _ in range(count)]
    return {
        "random": (inputs.logits(random, count), inputs.logits(random, count)),
        "random, near the label": ([label + inputs.normal(random) / 3 for label in y], y),
        "random errors": (sizes, [0.0] * count),
    }


def reductions() -> dict[str, dict]:
    """Errors of a few bits: ½, ½, 0, -8¼, 2^30, 2^-20."""
    batch = {"logits": [2.5, 0.0, 2.0, -7.25, 2.0**30, 2.0**-20], "labels": [2.0, -0.5, 2.0, 1.0, 0.0, 0.0]}
    weights = {"sample_weights": [1.0, 0.5, 2.0, 0.0, 0.25, 3.0]}
    mask = {"mask": [True, True, False, True, False, True]}
    mean = {"reduction": "mean"}
    return {
        "a single number": {"logits": 0.75, "labels": 0.1},
        "rank 3": {"logits": [[[0.1, 0.2], [0.3, -4.0]]], "labels": [[[1.0, 2.0], [3.0, 4.5]]]},
        "an empty batch": {"logits": [], "labels": []},
        "a mean": batch | mean,
        "a masked mean": batch | mean | mask,
        "a weighted sum": batch | {"reduction": "sum"} | weights,
        "a weighted mean over the weights": batch | mean | weights | {"mean_over": "weights"},
        "a weighted and masked mean over the count": batch | mean | weights | mask | {"mean_over": "count"},
    }
