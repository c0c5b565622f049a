"""The inputs: for each loss, batches of at least 20,000 examples in all, drawn from what its labels may be."""

import math
from dataclasses import dataclass, field
from random import Random

INPUTS = 20_000
SEED = 16

# The sizes at which double arithmetic breaks: where 1 + e^-z is 1, where e^z leaves the normal and all doubles.
MAGNITUDES = [0.0, 5e-324, 1e-300, 1e-17, 1e-8, 0.25, 0.5, 1.0, 2.0, 18.4, 30.0, 36.5, 37.5, 50.0, 100.0, 300.0]
MAGNITUDES += [708.0, 709.0, 709.7, 710.0, 744.0, 745.0, 746.0, 1e3, 1e6, 1e10, 1e100, 1e300]
EDGES = [sign * size for size in MAGNITUDES for sign in (1, -1)]

# Each loss is asked with each of these; a loss without an entry with its defaults.
OPTIONS: dict[str, list[dict]] = {
    "binary_cross_entropy": [{}, {"pos_weight": 3.0}, {"label_smoothing": 0.1}],
    "cross_entropy": [{}, {"label_smoothing": 0.1}, {"temperature": 0.7}],
    "focal": [{}, {"gamma": 0.5}, {"gamma": 5.0, "alpha": 0.25}],
    "hinge": [{}, {"margin": 0.3}],
    "squared_hinge": [{}, {"margin": 0.3}],
    "huber": [{}, {"delta": 0.3}],
    "smooth_l1": [{}, {"beta": 0.3}],
    "softmax_focal": [{}, {"gamma": 0.5}, {"gamma": 5.0}],
    "multiclass_hinge": [{}, {"margin": 0.3}],
    "multi_margin": [{}, {"p": 2}, {"margin": 0.3}],
    "kl_divergence": [{}, {"temperature": 2.0}],
    "reverse_kl": [{}, {"temperature": 2.0}],
    "jensen_shannon": [{}, {"beta": 0.1}],
}
# What the labels of a row may be, by the domain that the loss declares.
ROW_LABELS = {"class_or_distribution": ("index", "soft"), "class": ("index",), "distribution": ("soft",)}
CLASSES = [2, 3, 4, 8]


@dataclass
class Batch:
    """One request: elementwise numbers and labels, or rows of one length and their labels."""

    loss: str
    logits: list
    labels: list
    options: dict = field(default_factory=dict)
    # A sample weight an example.
    weights: list | None = None
    # What `logits` are: "probabilities", where those are given instead.
    given: str = "logits"


def batches(name: str, kind: str, domain: str, **_more) -> list[Batch]:
    random = Random(f"{SEED} {name}")
    variants = OPTIONS.get(name, [{}])
    each = -(-INPUTS // len(variants))
    if kind == "elementwise":
        return [Batch(name, *elements(random, each, domain, kink(options)), options) for options in variants]
    forms = ROW_LABELS[domain]
    kinds = [(options, form, classes) for options in variants for form in forms for classes in CLASSES]
    return [Batch(name, *rows(random, -(-INPUTS // len(kinds)), c, form), options) for options, form, c in kinds]


def kink(options: dict) -> float:
    """The size of an error, or of a score, at which a formula may change over."""
    return next((options[name] for name in ("margin", "delta", "beta") if name in options), 1.0)


def elements(random: Random, count: int, domain: str, turn: float) -> tuple[list, list]:
    hard = {"binary": [0.0, 1.0], "signed": [-1.0, 1.0], "unit": [0.0, 1.0], "non_negative": [0.0, 1.0]}
    edge_labels = hard.get(domain, [0.0, 1.0, -1.0, 0.1, 37.25, 1e-10, 1e300, -1e300])
    z = [logit for logit in EDGES for _ in edge_labels]
    y = [label for _ in EDGES for label in edge_labels]
    while len(z) < count:
        y.append(label_of(random, domain))
        z.append(logit_of(random, y[-1] if domain in ("real", "non_negative") else 0.0, turn))
    return z, y


def label_of(random: Random, domain: str) -> float:
    if domain in ("binary", "signed"):
        return random.choice((0.0 if domain == "binary" else -1.0, 1.0))
    if domain == "unit":
        return random.choice((0.0, 1.0, random.random(), random.random() * 1e-12))
    if domain == "non_negative":
        return random.choice((0.0, 1.0, float(random.randint(0, 50)), 20 * random.random()))
    return random.choice((random.gauss(0, 3), log_uniform(random)))


def logit_of(random: Random, label: float, turn: float) -> float:
    """What a model gives; every power of two; large margins; near the label; on both sides of the kink; next to an edge."""
    side = random.choice((1, -1))
    return random.choice(
        (
            random.gauss(0, 5),
            log_uniform(random),
            random.uniform(-760, 760),
            label + random.gauss(0, 1) * 10 ** random.uniform(-15, 0),
            label + side * turn * (1 + random.gauss(0, 1) * 10 ** random.uniform(-16, -1)),
            random.choice(EDGES) * (1 + random.uniform(-1e-3, 1e-3)),
        )
    )


def log_uniform(random: Random) -> float:
    return math.ldexp(random.choice((1, -1)) * (1 + random.random()), random.randint(-60, 10))


def rows(random: Random, count: int, classes: int, form: str) -> tuple[list, list]:
    logits = [row_of(random, classes, i) for i in range(count)]
    if form == "index":
        return logits, [random.randrange(classes) for _ in logits]
    return logits, [distribution(random, row) for row in logits]


def row_of(random: Random, classes: int, i: int) -> list[float]:
    if i % 3 == 0:
        # One class ahead of, or behind, the others by an edge: confident, and by the label's draw right or wrong.
        margin, base = EDGES[i // 3 % len(EDGES)], random.choice((0.0, random.gauss(0, 3)))
        row = [base] * classes if i % 2 else [base + random.gauss(0, 1) for _ in range(classes)]
        row[random.randrange(classes)] += margin
        return row
    spread = 10 ** random.uniform(-6, 2.9) if i % 3 == 1 else 3.0
    return [random.gauss(0, spread) for _ in range(classes)]


def distribution(random: Random, row: list[float]) -> list[float]:
    """Sharp, even, or within a little of the softmax of the row itself."""
    if random.random() < 0.4:
        nudge = 10 ** random.uniform(-9, 0)
        # Beyond this, a class has no share left: a distribution that no teacher gives, and every divergence is infinite.
        scores = [max(z - max(row), -40.0) + nudge * random.gauss(0, 1) for z in row]
    else:
        scores = [random.gauss(0, random.choice((0.1, 1, 5))) for _ in row]
    shares = [math.exp(score - max(scores)) for score in scores]
    total = math.fsum(shares)
    return [share / total for share in shares]
