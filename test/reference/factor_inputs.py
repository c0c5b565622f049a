"""Random requests whose factors reach from subnormal numbers to 1e300, for every loss and its options."""

import math
from random import Random

from mpmath import mpf

from doubles import nearest

MARGINS = ["hinge", "squared_hinge", "soft_margin"]
REAL = ["mse", "l1", "huber", "smooth_l1", "log_cosh"]
UNIT = ["binary_cross_entropy", "mse_sigmoid"]
ELEMENTWISE = [*MARGINS, *REAL, *UNIT, "focal", "poisson_nll"]
DIVERGENCES = ["kl_divergence", "reverse_kl", "jensen_shannon"]
HARD = ["softmax_focal", "multiclass_hinge", "multi_margin"]
LOSSES = [*ELEMENTWISE, "cross_entropy", *HARD, *DIVERGENCES]


def factor(random: Random, least: float = 0.0) -> float:
    """Above `least`: mostly of any size, at times ordinary, at times 1."""
    kind = random.random()
    size = 1.0 if kind < 0.15 else 10 ** random.uniform(-300, 300) if kind < 0.6 else 10 ** random.uniform(-6, 6)
    if 0.6 <= kind < 0.68:
        size = random.choice([5e-324, 1e-310, 3e-320, 2.0**-1022])
    return max(size, least)


def logit(random: Random) -> float:
    kind = random.random()
    if kind < 0.35:
        return random.gauss(0, 3)
    if kind < 0.75:
        return random.choice([-1, 1]) * random.choice([36.5, 700.0, 709.5, 720.0, 735.0, 745.0, 760.0, 1000.0, 1400.0]) + random.random()
    if kind < 0.9:
        return random.choice([-1, 1]) * 10 ** random.uniform(-320, 308)
    return random.choice([0.0, 5e-324, -5e-324, 1e300, -1e300, 1.7e308, -1.7e308, 1e-308])


def label(random: Random, loss: str) -> float:
    if loss in MARGINS:
        return random.choice([-1.0, 1.0])
    if loss in UNIT:
        soft = [random.random(), 10 ** random.uniform(-320, 0), 5e-324]
        return random.choice([0.0, 1.0, random.choice(soft)])
    if loss == "focal":
        return random.choice([0.0, 1.0])
    return abs(logit(random)) if loss == "poisson_nll" else logit(random)


def distribution(random: Random, classes: int) -> list[float]:
    if random.random() < 0.3:
        heavy = random.randrange(classes)
        return [float(c == heavy) for c in range(classes)]
    return normalized([10 ** random.uniform(-200, 0) if random.random() < 0.3 else random.random() for _ in range(classes)])


def normalized(shares: list[float]) -> list[float]:
    total = sum(map(mpf, shares))
    return [nearest(share / total) for share in shares]


def options(random: Random, loss: str, classes: int) -> dict:
    gammas = [0.0, 0.5, 1.0, 2.0, 2.0, 5.0]
    temperatures = [10 ** random.uniform(-3, 3), 10 ** random.uniform(-300, 300)]
    divergent = {"temperature": random.choice([1.0, *temperatures]), "scale_by_temperature_squared": random.random() < 0.5}
    beta = random.choice([0.5, random.random() or 0.5, 10 ** random.uniform(-300, -1)])
    own = {
        "mse": {"scale": factor(random, 1e-300)},
        "huber": {"delta": factor(random)},
        "smooth_l1": {"beta": factor(random)},
        "binary_cross_entropy": {"pos_weight": factor(random), "label_smoothing": smoothing(random)},
        "focal": {"gamma": random.choice(gammas), "alpha": random.choice([0.25, random.random(), 10 ** random.uniform(-320, 0)])},
        "cross_entropy": {"label_smoothing": smoothing(random), "temperature": divergent["temperature"]},
        "softmax_focal": {"gamma": random.choice(gammas), "alpha": random.choice([factor(random), [factor(random) for _ in range(classes)]])},
        "multi_margin": {"p": random.choice([1, 2]), "margin": margin(random)},
        "kl_divergence": divergent,
        "reverse_kl": divergent,
        "jensen_shannon": divergent | {"beta": beta},
    }
    own |= {name: {"margin": margin(random)} for name in ("hinge", "squared_hinge", "multiclass_hinge")}
    return {name: value for name, value in own.get(loss, {}).items() if random.random() < 0.7}


def smoothing(random: Random) -> float:
    return random.choice([0.0, 0.1, random.random(), 10 ** random.uniform(-320, 0)])


def margin(random: Random) -> float:
    return random.choice([1.0, 0.0, 0.3, logit(random)])


def probability(random: Random) -> float:
    return random.choice([random.random(), 10 ** random.uniform(-323, 0), 5e-324, 1e-309, 1.0])


def request(random: Random, loss: str) -> dict:
    """Without a reduction of it all, or a mean over a number."""
    count, classes = random.randint(1, 4), random.choice([2, 2, 3, 5])
    rowwise = loss not in ELEMENTWISE
    body = options(random, loss, classes)
    if loss in ("binary_cross_entropy", "focal") and random.random() < 0.2:
        body["probabilities"] = [probability(random) for _ in range(count)]
    elif rowwise:
        body["logits"] = [[logit(random) for _ in range(classes)] for _ in range(count)]
    else:
        body["logits"] = [logit(random) for _ in range(count)]
    if loss in DIVERGENCES and random.random() < 0.5:
        body["label_logits"] = [[logit(random) for _ in range(classes)] for _ in range(count)]
    elif loss in DIVERGENCES or (loss == "cross_entropy" and random.random() < 0.4):
        body["labels"] = [distribution(random, classes) for _ in range(count)]
    elif rowwise:
        body["labels"] = [random.randrange(classes) for _ in range(count)]
    else:
        body["labels"] = [label(random, loss) for _ in range(count)]
    if loss in ("cross_entropy", "multi_margin") and random.random() < 0.5:
        body["class_weights"] = [factor(random) for _ in range(classes)]
    if random.random() < 0.5:
        least = 1e-300 if "class_weights" not in body else 1e-20
        body["sample_weights"] = [factor(random, least) for _ in range(count)]
        body["sample_weights"] = [min(weight, 1 / least) for weight in body["sample_weights"]]
    reduction = random.choice(["none", "sum", "mean"])
    return body | {"reduction": reduction} | ({"mean_over": factor(random)} if reduction == "mean" else {})


def is_finite_sum(body: dict) -> bool:
    """Whether the weights' sums are doubles: others are refused."""
    classes, samples = body.get("class_weights", [1.0]), body.get("sample_weights", [1.0])
    return 2 * math.fsum(classes) * max(samples) * len(samples) < 1e308 and max(samples) * min(classes) > 1e-320
