"""What cross_entropy is asked: a name, a request, and whether with the decomposition."""

import math
from random import Random

from mpmath import mpf

import inputs
from doubles import nearest
from softmax import softmax

SEED = 1606
NONE = -math.inf
SMOOTHING = [{}, {"label_smoothing": 0.1}, {"label_smoothing": 1.0}]
WEIGHTS = [{}, {"class_weights": [0.25, 3.0, 0.7]}, {"class_weights": [0.0, 1.0, 2.0]}]


def requests():
    yield from edges()
    yield from margins()
    yield from temperatures()
    yield from absent_classes()
    yield from distributions()
    yield from randoms()
    yield from wide()
    yield from given()
    yield from reductions()


def one_hot(label: int, size: int) -> list[float]:
    return [float(c == label) for c in range(size)]


def edges():
    rows = [row for z in inputs.EDGE_LOGITS for row in ([z, 0.0, 0.25], [0.5, z, z])]
    rows, index = inputs.crossed(rows, [0, 1, 2])
    for smoothing in SMOOTHING:
        for weights in WEIGHTS:
            options = smoothing | weights
            yield (
                inputs.named("edge logits, class indices", options),
                {"logits": rows, "labels": index} | options,
                not options or not weights,
            )
    yield "edge logits, one-hot", {"logits": rows, "labels": [one_hot(c, 3) for c in index]}, True
    soft = [[y, 1 - y] for y in inputs.SOFT_LABELS]
    pairs, soft = inputs.crossed([[z, 0.0] for z in inputs.EDGE_LOGITS], soft)
    yield "edge logits, soft labels", {"logits": pairs, "labels": soft}, True
    weighted = {"class_weights": [0.25, 3.0], "label_smoothing": 0.1}
    yield "edge logits, soft labels, weighted, smoothed", {"logits": pairs, "labels": soft} | weighted, True
    yield "a single row", {"logits": [2.0, 1.0, 0.1], "labels": 1}, True
    yield "rank 3", {"logits": [[[0.1, 2.0], [3.0, -4.0]], [[0.0, 0.0], [1e3, 1.0]]], "labels": [[0, 1], [1, 0]]}, True
    yield "a single class", {"logits": [[3.0], [-1e300]], "labels": [0, 0], "label_smoothing": 0.1}, True
    ties = [[1.5] * 4, [7.0, 7.0, -3.0, 7.0], [1e300] * 4, [-1e300, -1e300, 1e300, 1e300]]
    rows, index = inputs.crossed(ties, [0, 1, 2, 3])
    yield "ties", {"logits": rows, "labels": index}, True
    yield "ties, even soft labels", {"logits": ties[:3], "labels": [[0.25] * 4] * 3}, True


def margins():
    rows = []
    for m in (30.0, 37.0, 50.0, 745.0, 1e4):
        rows += [[m, 0.0, 0.0], [-m, 0.0, -0.5], [0.3, m, 0.1], [1.0, -m, m / 2]]
    rows, index = inputs.crossed(rows, [0, 1, 2])
    for options in SMOOTHING[:2]:
        yield inputs.named("margins", options), {"logits": rows, "labels": index} | options, True
    random = Random(SEED)
    for size in (1e3, 1e6, 1e9, 1e15, 1e300):
        # The difference of such logits is not a double, and exp magnifies what it misses.
        rows = [
            [size + inputs.normal(random), 5 * inputs.normal(random), size / 3 + 0.1, size + 1 / 3] for _ in range(8)
        ]
        rows += [
            [1e3 + 7 * random.random(), 1e3 - 600 * random.random(), 0.7 * random.random(), 400.1] for _ in range(8)
        ]
        rows, index = inputs.crossed(rows, [0, 1, 2, 3])
        yield f"offsets of {size}", {"logits": rows, "labels": index}, True


def temperatures():
    random = Random(SEED + 1)
    rows = [[1e300, 0.0, -1e300], [1e-300, 0.0, -1e-300], [30.0, 0.0, 0.1], [0.1, 0.2, 0.3]]
    rows += [[inputs.log_uniform(random) for _ in range(3)] for _ in range(12)]
    crossed, index = inputs.crossed(rows, [0, 1, 2])
    soft = [inputs.distribution(random, 3) for _ in rows]
    for temperature in (0.5, 2.0, 0.1, 3.7, 1e-3, 1e3, 1e300, 1e-300):
        options = {"temperature": temperature}
        yield f"temperature {temperature}, class indices", {"logits": crossed, "labels": index} | options, True
        yield f"temperature {temperature}, soft labels", {"logits": rows, "labels": soft} | options, True


def absent_classes():
    rows = [[NONE, 1.0, 2.0], [0.5, NONE, 50.0], [NONE, NONE, 3.0], [1.0, 40.0, NONE]]
    crossed, index = inputs.crossed(rows, [0, 1, 2])
    for options in (*SMOOTHING, {"class_weights": [0.5, 2.0, 3.0]}, {"temperature": 2.0}):
        yield inputs.named("classes of -Infinity", options), {"logits": crossed, "labels": index} | options, True
    soft = [[0.0, 0.25, 0.75], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5]]
    for options in SMOOTHING[:2]:
        yield (
            inputs.named("classes of -Infinity, soft labels", options),
            {"logits": rows, "labels": soft} | options,
            True,
        )
    plain = [[0.5, 1.0, 2.0], [0.5, -3.0, 50.0], [1e300, 5.0, 3.0]]
    mask = {"class_mask": [True, False, True]}
    rows, index = inputs.crossed(plain, [0, 2, 1])
    yield "a class mask for every row", {"logits": rows, "labels": index} | mask, True
    masks = {"class_mask": [[True, True, False], [True, False, True], [False, True, True]], "label_smoothing": 0.1}
    yield "a class mask for each row", {"logits": plain, "labels": [1, 2, 2]} | masks, True


def distributions():
    random = Random(SEED + 2)
    for off in (5e-4, -5e-4):
        soft = [[share * (1 + off) for share in inputs.distribution(random, 4)] for _ in range(24)]
        request = {"logits": [inputs.logits(random, 4) for _ in soft], "labels": soft}
        yield f"labels summing to 1 {off:+}", request, True
        yield f"labels summing to 1 {off:+}, normalized", request | {"normalize_labels": True}, True
    halves = [[0.5, 0.25, 0.5], [0.1, 0.1, 0.1]]
    yield (
        "labels far from 1, normalized",
        {"logits": [[1.0, 2.0, 3.0]] * 2, "labels": halves, "normalize_labels": True},
        True,
    )
    for size in (1e-2, 1e-4, 1e-6, 1e-9, 1e-12, 0.0):
        yield f"a teacher that differs by {size}", agreeing(random, size), True
    tiny = [[1 - 2**-53, 2**-53, 0.0], [1.0, 1e-300, 5e-324], [1e-300, 1.0, 1e-17], [0.5, 0.5, 5e-324]]
    rows, soft = inputs.crossed([[5.0, 0.0, -2.0], [0.0, 0.0, 0.0], [-700.0, 37.0, 0.1]], tiny)
    yield "labels with tiny entries", {"logits": rows, "labels": soft}, True


def agreeing(random: Random, size: float) -> dict:
    rows = [[3 * inputs.normal(random) for _ in range(5)] for _ in range(16)]
    teachers = [softmax([z + size * inputs.normal(random) for z in row]) for row in rows]
    return {"logits": rows, "labels": [[nearest(q) for q in teacher] for teacher in teachers]}


def randoms():
    random = Random(SEED + 3)
    for classes in (2, 3, 10):
        rows = [inputs.logits(random, classes) for _ in range(60)]
        index = [random.randrange(classes) for _ in rows]
        soft = [inputs.distribution(random, classes) for _ in rows]
        weights = {"class_weights": [4 * random.random() for _ in range(classes)]}
        for options in ({}, {"label_smoothing": random.random()}, weights, weights | {"label_smoothing": 0.1}):
            asked = " and ".join([f"{classes} classes", *options])
            yield f"random, {asked}, class indices", {"logits": rows, "labels": index} | options, True
            yield f"random, {asked}, soft labels", {"logits": rows, "labels": soft} | options, True


def wide():
    random = Random(SEED + 4)
    rows = [[round(5 * inputs.normal(random), 2) for _ in range(1000)] for _ in range(3)]
    best = [max(range(1000), key=row.__getitem__) for row in rows]
    yield "1000 classes", {"logits": rows, "labels": [best[0], 17, 999]}, True
    yield "1000 classes, smoothed", {"logits": rows[:1], "labels": best[:1], "label_smoothing": 0.1}, True
    yield "1000 classes, a soft label", {"logits": rows[:1], "labels": [inputs.distribution(random, 1000)]}, True
    row = [round(3 * inputs.normal(random), 2) for _ in range(50257)]
    row[40000] = 31.0
    yield "50257 classes", {"logits": [row], "labels": [40000]}, False


def given():
    random = Random(SEED + 5)
    rows = [[p, 1 - p] for p in inputs.EDGE_PROBABILITIES if p > 1e-20]
    rows += [inputs.distribution(random, 2) for _ in range(30)]
    crossed, index = inputs.crossed(rows, [0, 1])
    soft = [inputs.distribution(random, 2) for _ in rows]
    for options in (*SMOOTHING[:2], {"class_weights": [0.25, 3.0]}):
        yield (
            inputs.named("probabilities given, class indices", options),
            {"probabilities": crossed, "labels": index} | options,
            True,
        )
        yield (
            inputs.named("probabilities given, soft labels", options),
            {"probabilities": rows, "labels": soft} | options,
            True,
        )
    near = [[nearest(mpf(q) * (1 + mpf(10) ** -9)) for q in row] for row in soft]
    yield "probabilities near the labels", {"probabilities": near, "labels": soft}, True
    yield "probabilities equal to the labels", {"probabilities": soft, "labels": soft}, True
    loose = [[0.2005, 0.3, 0.5], [0.1, 0.1, 0.7995]]
    yield "probabilities that miss 1", {"probabilities": loose, "labels": [[0.2, 0.3, 0.5], [0.0, 0.0, 1.0]]}, True
    tiny = [[1.0, 1e-300, 0.0], [1.0, 5e-324, 0.0], [0.0, 1.0, 0.0]]
    crossed, index = inputs.crossed(tiny, [0, 1, 2])
    yield "tiny probabilities given", {"probabilities": crossed, "labels": index}, True


def reductions():
    batch = {
        "logits": [[2.0, 1.0, 0.1], [0.5, 0.2, -1.0], [math.nan, math.inf, NONE], [3.0, 0.0, 1.0]],
        "labels": [1, 0, -100, 2],
    }
    weights = {"class_weights": [1.0, 2.0, 3.0], "sample_weights": [1.0, 0.5, 2.0, 0.25]}
    unread = batch["logits"][:2] + [[0.0, 0.0, 0.0]] + batch["logits"][3:]
    table = {
        "an ignored row": batch,
        "an ignored row, another index": batch | {"ignore_index": 1, "logits": unread, "labels": [1, 0, 2, 1]},
        "a mean with an ignored row": batch | {"reduction": "mean"},
        "a sum, weighted and smoothed": batch | weights | {"reduction": "sum", "label_smoothing": 0.1},
        "a mean over the weights": batch | weights | {"reduction": "mean", "mean_over": "weights"},
        "a mean over the weights, smoothed": batch
        | weights
        | {"reduction": "mean", "mean_over": "weights", "label_smoothing": 0.1},
        "a mean over the count": batch | weights | {"reduction": "mean", "mean_over": "count"},
        "a mean over a number, masked": batch
        | weights
        | {"reduction": "mean", "mean_over": 16.0, "mask": [True, False, True, True]},
        "a mean of ignored rows": {"logits": [[1.0, 2.0]], "labels": [-100], "reduction": "mean"},
        "an infinite loss of weight 0": {
            "logits": [[1.0, NONE], [1.0, 2.0]],
            "labels": [1, 1],
            "sample_weights": [0.0, 1.0],
            "reduction": "sum",
        },
    }
    for name, request in table.items():
        yield name, request, True
