"""Poisson negative log-likelihood without its constant: exp(z) - yz."""

import sys
from random import Random

from mpmath import exp, frexp, ldexp, mpf

import inputs
from case import Example, elementwise

SEED = 1613
LARGEST = mpf(sys.float_info.max)
LABELS = [0.0, 1.0, 0.1, 3.0, 1e-10, 37.25, 5e-324, 1e10, 1e300, 1.7e308]
# e^z or yz, or both, beyond the doubles, where their difference need not be.
OVERFLOWS = [709.782712893384, 709.7827128933841, 710.0, 711.5, 712.0, 715.0, 716.3, 716.4, 720.0, 720.5, 1.0, 2.0]
OVERFLOW_LABELS = [0.0, 1.0, 2.5e305, 1e306, 1e307, 8e307, 1.7e308]


def answer(z: float, y: float) -> Example:
    rate, label = exp(mpf(z)), mpf(y)
    product = label * mpf(z)
    return Example(
        loss=rate - product,
        gradient=rate - label,
        scale=within_doubles(max(rate, label)),
        loss_scale=within_doubles(max(rate, abs(product))),
        loss_slack=slack(max(rate, abs(product))),
    )


def within_doubles(scale):
    """The scale, or the largest double: a scale beyond the doubles cannot be written."""
    return min(scale, LARGEST)


def slack(scale):
    """The six units of a scale that cannot be written."""
    return ldexp(6, frexp(scale)[1] - 53) if scale > LARGEST else mpf(0)


def cases() -> list[dict]:
    edges, overflows = inputs.crossed(inputs.EDGE_LOGITS, LABELS), inputs.crossed(OVERFLOWS, OVERFLOW_LABELS)
    found = [
        elementwise("edge logits and labels", answer, {"logits": edges[0], "labels": edges[1]}),
        elementwise("differences of what overflows", answer, {"logits": overflows[0], "labels": overflows[1]}),
        elementwise("a single number", answer, {"logits": 0.75, "labels": 2.0}),
        elementwise("rank 3", answer, {"logits": [[[0.1, 0.2], [0.3, -4.0]]], "labels": [[[1.0, 2.0], [3.0, 4.5]]]}),
        elementwise("an empty batch", answer, {"logits": [], "labels": []}),
    ]
    return [*found, *randoms(), *reductions()]


def randoms() -> list[dict]:
    random = Random(SEED)
    wide = inputs.logits(random, 250)
    counts = [float(random.randint(0, 50)) for _ in wide]
    # The rate is near the label: loss and gradient are differences of near equals.
    near = [3 + inputs.normal(random) / 2 for _ in range(150)]
    rates = [float(exp(mpf(z))) * (1 + inputs.normal(random) * 1e-6) for z in near]
    products = [0.5 + abs(inputs.normal(random)) for _ in range(150)]
    quotients = [float(exp(mpf(z)) / mpf(z)) for z in products]
    return [
        elementwise("random counts", answer, {"logits": wide, "labels": counts}),
        elementwise("random, a rate near the label", answer, {"logits": near, "labels": rates}),
        elementwise("random, a loss near 0", answer, {"logits": products, "labels": quotients}),
    ]


def reductions() -> list[dict]:
    """Losses that are no differences of near equals, so that the sum is as exact as they are."""
    batch = {"logits": [0.0, -2.0, -0.5, 3.0, -7.25], "labels": [0.0, 1.0, 4.0, 1.0, 2.5]}
    weights = {"sample_weights": [0.5, 3.0, 2.0, 0.0, 1.0]}
    table = {
        "a mean": {"reduction": "mean"},
        "a weighted mean over the weights": weights | {"reduction": "mean", "mean_over": "weights"},
        "a weighted sum, masked": weights | {"reduction": "sum", "mask": [True, True, False, True, True]},
    }
    return [elementwise(name, answer, batch | more) for name, more in table.items()]
