"""Focal loss: -alpha_t (1 - p_t)^gamma log p_t, with p_t the probability of the true class."""

from random import Random

from mpmath import inf, log, mpf

import inputs
from case import Example, elementwise
from sigmoid import minus_log, sigmoid

SEED = 1605
GAMMAS = [0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0]
ALPHAS = [{}, {"alpha": 0.25}, {"alpha": 0.0}, {"alpha": 1.0}]


def answer(z: float, y: float, gamma: float = 2.0, alpha: float | None = None) -> Example:
    # For y = 0 this is 1 - sigmoid(z), of which at 1e10 no number of digits keeps anything.
    true = sigmoid(z if y == 1 else -z)
    by_true = slope(true, mpf(gamma), factor(y, alpha))
    # The derivative of p by z; at a p of 0 or 1 to all digits the product's limit stands for 0 times Infinity.
    if true == 0:
        by_z = -factor(y, alpha)
    elif true == 1:
        by_z = mpf(0)
    else:
        by_z = by_true * true * (1 - true)
    return Example(loss=value(true, mpf(gamma), factor(y, alpha)), gradient=by_z if y == 1 else -by_z)


def answer_given_probability(p: float, y: float, gamma: float = 2.0, alpha: float | None = None) -> Example:
    true = mpf(p) if y == 1 else 1 - mpf(p)
    by_true = slope(true, mpf(gamma), factor(y, alpha))
    return Example(loss=value(true, mpf(gamma), factor(y, alpha)), gradient=by_true if y == 1 else -by_true)


def factor(y: float, alpha: float | None):
    if alpha is None:
        return mpf(1)
    return mpf(alpha) if y == 1 else 1 - mpf(alpha)


def value(true, gamma, weight):
    return mpf(0) if weight == 0 else weight * power(1 - true, gamma) * minus_log(true)


def slope(true, gamma, weight):
    """The derivative by the probability of the true class."""
    if weight == 0:
        return mpf(0)
    if true == 0:
        return -inf
    if true == 1:
        return -weight if gamma == 0 else mpf(0)
    inner = gamma * power(1 - true, gamma - 1) * log(true) if gamma else mpf(0)
    return weight * (inner - power(1 - true, gamma) / true)


def power(base, exponent):
    return mpf(1) if exponent == 0 else base**exponent


def cases() -> list[dict]:
    return [*edges(), *randoms(), *given(), *reductions()]


def build(name: str, request: dict, formula=answer) -> dict:
    return elementwise(name, formula, request, ulps=6 * max(1.0, request.get("gamma", 2.0)))


def edges() -> list[dict]:
    z, y = inputs.crossed(inputs.EDGE_LOGITS + inputs.INFINITE_LOGITS, inputs.HARD_LABELS)
    found = [build("a single number", {"logits": 1.0, "labels": 0.0})]
    for gamma in GAMMAS:
        for alpha in ALPHAS:
            request = {"logits": z, "labels": y, "gamma": gamma} | alpha
            found.append(build(inputs.named(f"edge logits, gamma {gamma}", alpha), request))
    return found


def randoms() -> list[dict]:
    random = Random(SEED)
    found = []
    for gamma in [*GAMMAS, 10 * random.random(), random.random()]:
        z = inputs.logits(random, 64)
        request = {"logits": z, "labels": [random.choice((0.0, 1.0)) for _ in z], "gamma": gamma}
        found.append(build(f"random, gamma {gamma}", request))
    z = inputs.logits(random, 64)
    found.append(
        build("random, alpha", {"logits": z, "labels": [float(i % 2) for i in range(64)], "alpha": random.random()})
    )
    return found


def given() -> list[dict]:
    random = Random(SEED + 1)
    p, y = inputs.crossed(inputs.EDGE_PROBABILITIES + [random.random() for _ in range(20)], inputs.HARD_LABELS)
    found = []
    for gamma in GAMMAS:
        for alpha in ({}, {"alpha": 0.25}):
            request = {"probabilities": p, "labels": y, "gamma": gamma} | alpha
            found.append(
                build(inputs.named(f"probabilities given, gamma {gamma}", alpha), request, answer_given_probability)
            )
    return found


def reductions() -> list[dict]:
    batch = {"logits": [-2.0, 3.0, 0.5, -30.0], "labels": [1.0, 0.0, 1.0, 1.0], "sample_weights": [1.0, 0.5, 2.0, 0.0]}
    table = {
        "a weighted mean over the weights": {"reduction": "mean", "mean_over": "weights"},
        "a masked mean": {"reduction": "mean", "mean_over": "count", "mask": [True, False, True, True], "alpha": 0.25},
        "a weighted sum": {"reduction": "sum", "gamma": 0.5},
    }
    return [build(name, batch | more) for name, more in table.items()]
