"""Binary cross-entropy: -(b log p + a log(1 - p)), with p = sigmoid(z) or given."""

from random import Random

from mpmath import inf, mpf

import inputs
from case import Example, elementwise
from divergence import decomposition
from doubles import times
from sigmoid import minus_log, sigmoid

SEED = 1604


def answer(z: float, y: float, pos_weight: float = 1.0, label_smoothing: float = 0.0) -> Example:
    # 1 - sigmoid(z) is the same, but at 1e10 no number of digits keeps it.
    negative, p = sigmoid(-z), sigmoid(z)
    a, b = target(y, pos_weight, label_smoothing)
    rising, falling = a * p, b * negative
    parts = decomposition([a, b], [negative, p])
    return Example(loss=loss(negative, p, a, b), gradient=rising - falling, scale=max(rising, falling), **parts)


def answer_given_probability(p: float, y: float, pos_weight: float = 1.0, label_smoothing: float = 0.0) -> Example:
    negative, p = 1 - mpf(p), mpf(p)
    a, b = target(y, pos_weight, label_smoothing)
    rising, falling = times(a, inverse(negative)), times(b, inverse(p))
    parts = decomposition([a, b], [negative, p])
    return Example(loss=loss(negative, p, a, b), gradient=rising - falling, scale=max(rising, falling), **parts)


def target(y: float, pos_weight: float, label_smoothing: float):
    """The masses of the negative and of the positive class."""
    smoothed = mpf(y) * (1 - mpf(label_smoothing)) + mpf(label_smoothing) / 2
    return 1 - smoothed, mpf(pos_weight) * smoothed


def inverse(p):
    return inf if p == 0 else 1 / p


def loss(negative, p, a, b):
    return times(a, minus_log(negative)) + times(b, minus_log(p))


def cases() -> list[dict]:
    return [*edges(), *randoms(), *given(), *reductions()]


def edges() -> list[dict]:
    z, y = inputs.crossed(inputs.EDGE_LOGITS + inputs.INFINITE_LOGITS, inputs.HARD_LABELS + inputs.SOFT_LABELS)
    found = [elementwise("a single number", answer, {"logits": -2.0, "labels": 1.0}, decomposition=True)]
    for options in grid():
        name = inputs.named("edge logits", options)
        found.append(elementwise(name, answer, {"logits": z, "labels": y} | options, decomposition=True))
    return found


def grid() -> list[dict]:
    positive = [{}, {"pos_weight": 0.25}, {"pos_weight": 3.0}]
    smoothing = [{}, {"label_smoothing": 0.1}, {"label_smoothing": 1.0}]
    return [weight | smooth for weight in positive for smooth in smoothing]


def randoms() -> list[dict]:
    random = Random(SEED)
    found = []
    for name, label in {"hard": lambda: random.choice((0.0, 1.0)), "soft": random.random}.items():
        for options in ({}, {"pos_weight": 4 * random.random()}, {"label_smoothing": random.random()}):
            z = inputs.logits(random, 120)
            request = {"logits": z, "labels": [label() for _ in z]} | options
            found.append(
                elementwise(inputs.named(f"random, {name} labels", options), answer, request, decomposition=True)
            )
    return [*found, agreeing(random)]


def agreeing(random: Random) -> dict:
    """Labels so near to the prediction that cross-entropy less entropy would keep no digit of the divergence."""
    z, y = [], []
    for exponent in (3, 6, 9, 12, 15):
        for _ in range(12):
            z.append(3 * inputs.normal(random))
            y.append(float(min(mpf(1), sigmoid(z[-1]) * (1 + mpf(10) ** -exponent))))
    return elementwise("labels near the prediction", answer, {"logits": z, "labels": y}, decomposition=True)


def given() -> list[dict]:
    random = Random(SEED + 1)
    p, y = inputs.crossed(inputs.EDGE_PROBABILITIES, inputs.HARD_LABELS + inputs.SOFT_LABELS)
    p, y = p + [random.random() for _ in range(60)], y + [random.choice((0.0, 1.0, random.random())) for _ in range(60)]
    found = []
    for options in ({}, {"pos_weight": 3.0}, {"label_smoothing": 0.1}):
        name = inputs.named("probabilities given", options)
        request = {"probabilities": p, "labels": y} | options
        found.append(elementwise(name, answer_given_probability, request, decomposition=True))
    return found


def reductions() -> list[dict]:
    batch = {"logits": [-2.0, 3.0, 0.5, -30.0], "labels": [1.0, 0.0, 0.3, 1.0], "sample_weights": [1.0, 0.5, 2.0, 0.0]}
    table = {
        "a weighted mean over the weights": {"reduction": "mean", "mean_over": "weights", "pos_weight": 3.0},
        "a masked mean": {"reduction": "mean", "mean_over": "count", "mask": [True, False, True, True]},
        "a weighted sum": {"reduction": "sum", "label_smoothing": 0.1},
    }
    return [elementwise(name, answer, batch | more, decomposition=True) for name, more in table.items()]
