"""What losses of a class index or a one-hot row are asked: a name and a request."""

import math
from random import Random

import inputs

NONE = -math.inf
BATCH = {
    "logits": [[2.0, 1.0, 0.1], [0.5, 0.2, -1.0], [math.nan, math.inf, NONE], [3.0, 2.5, 1.0]],
    "labels": [1, 0, 0, 2],
    "mask": [True, True, False, True],
}
WEIGHTS = {"sample_weights": [1.0, 0.5, 2.0, 0.25]}
GIVEN = [
    ("a masked row", BATCH),
    ("a mean with a masked row", BATCH | {"reduction": "mean"}),
    ("a weighted sum", BATCH | WEIGHTS | {"reduction": "sum"}),
    ("a mean over the weights", BATCH | WEIGHTS | {"reduction": "mean", "mean_over": "weights"}),
    ("a mean over the count", BATCH | WEIGHTS | {"reduction": "mean", "mean_over": "count"}),
]


def class_of(label) -> int:
    return label.index(1.0) if isinstance(label, list) else label


def requests(seed: int):
    random = Random(seed)
    rows = [row for z in inputs.EDGE_LOGITS for row in ([z, 0.0, 0.25], [0.5, z, z])]
    crossed, index = inputs.crossed(rows, [0, 1, 2])
    yield "edge logits", {"logits": crossed, "labels": index}
    one_hot = [[float(c == y) for c in range(3)] for y in index]
    yield "edge logits, one-hot", {"logits": crossed[:60], "labels": one_hot[:60]}
    margins = []
    for m in (30.0, 37.0, 50.0, 745.0, 1e4):
        margins += [[m, 0.0, 0.0], [-m, 0.0, -0.5], [0.3, m, 0.1], [1.0, -m, m / 2]]
    crossed, index = inputs.crossed(margins, [0, 1, 2])
    yield "margins", {"logits": crossed, "labels": index}
    offsets = [[size + inputs.normal(random), size / 3 + 0.1, size + 1 / 3] for size in (1e3, 1e9, 1e15) for _ in range(6)]
    crossed, index = inputs.crossed(offsets, [0, 1, 2])
    yield "offsets", {"logits": crossed, "labels": index}
    ties = [[1.5] * 4, [7.0, 7.0, -3.0, 7.0], [1e300] * 4, [-1e300, -1e300, 1e300, 1e300], [0.0, 1.0, 1.0, 2.0]]
    crossed, index = inputs.crossed(ties, [0, 1, 2, 3])
    yield "ties", {"logits": crossed, "labels": index}
    absent = [[NONE, 1.0, 2.0], [0.5, NONE, 50.0], [NONE, NONE, 3.0], [1.0, 40.0, NONE]]
    crossed, index = inputs.crossed(absent, [0, 1, 2])
    yield "classes of -Infinity", {"logits": crossed, "labels": index}
    plain = {"logits": [[0.5, 1.0, 2.0], [0.5, -3.0, 50.0], [1.0, 5.0, 3.0]], "labels": [0, 2, 1]}
    yield "a class mask for every row", plain | {"class_mask": [True, False, True]}
    yield "a class mask for each row", plain | {"class_mask": [[True, True, False], [True, False, True], [False, True, True]]}
    yield "a single row", {"logits": [2.0, 1.0, 0.1], "labels": 1}
    yield "a single class", {"logits": [[3.0], [-1e300]], "labels": [0, 0]}
    yield "rank 3", {"logits": [[[0.1, 2.0], [3.0, -4.0]], [[0.0, 0.0], [1e3, 1.0]]], "labels": [[0, 1], [1, 0]]}
    for classes in (2, 3, 10):
        rows = [inputs.logits(random, classes) for _ in range(60)]
        yield f"random, {classes} classes", {"logits": rows, "labels": [random.randrange(classes) for _ in rows]}
    yield from GIVEN
