"""What the divergences are asked: a name and a request, whose target is a row of labels or a teacher's logits."""

import math
from random import Random

import inputs
from doubles import nearest
from softmax import softmax

NONE = -math.inf


def requests(seed: int):
    yield from edges()
    yield from temperatures(seed)
    yield from absent_classes()
    yield from agreeing(seed + 100)
    yield from randoms(seed + 200)
    yield from reductions()


def edges():
    rows = [row for z in inputs.EDGE_LOGITS for row in ([z, 0.0, 0.25], [0.5, z, z])]
    soft = [[0.1, 0.7, 0.2], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0], [1 - 2**-53, 2**-53, 0.0], [1.0, 1e-300, 5e-324]]
    crossed, labels = inputs.crossed(rows, soft)
    yield "edge logits", {"logits": crossed, "labels": labels}
    sizes = [0.0, 1.0, 36.5, 37.5, 709.0, 745.0, 746.0, 1e3, 1e300]
    both = [sign * size for size in sizes for sign in (1, -1)]
    students, teachers = inputs.crossed([[z, 0.0] for z in both], [[a, 0.0] for a in both])
    yield "edge logits of both", {"logits": students, "label_logits": teachers}
    yield "a single row", {"logits": [2.0, 1.0, 0.1], "labels": [0.1, 0.8, 0.1]}
    yield "a single row of a teacher", {"logits": [2.0, 1.0, 0.1], "label_logits": [3.0, 0.5, -1.0]}
    yield "a single class", {"logits": [[3.0], [-1e300]], "labels": [[1.0], [1.0]]}
    rank3 = [[[0.1, 2.0], [3.0, -4.0]], [[0.0, 0.0], [1e3, 1.0]]]
    yield "rank 3", {"logits": rank3, "label_logits": [rank3[1], rank3[0]]}


def temperatures(seed: int):
    random = Random(seed)
    rows = [[inputs.log_uniform(random) for _ in range(3)] for _ in range(12)]
    soft = [inputs.distribution(random, 3) for _ in rows]
    teachers = [[inputs.log_uniform(random) for _ in range(3)] for _ in rows]
    for temperature in (0.5, 2.0, 3.7, 1e-3, 1e3):
        for squared in ({}, {"scale_by_temperature_squared": True}):
            options = {"temperature": temperature} | squared
            yield inputs.named("labels", options), {"logits": rows, "labels": soft} | options
            yield inputs.named("a teacher", options), {"logits": rows, "label_logits": teachers} | options


def absent_classes():
    rows = [[NONE, 1.0, 2.0], [0.5, NONE, 50.0], [NONE, NONE, 3.0], [1.0, 40.0, NONE]]
    soft = [[0.0, 0.25, 0.75], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5], [1.0, 0.0, 0.0]]
    teachers = [[NONE, 0.5, 1.0], [0.25, NONE, 7.0], [NONE, NONE, -3.0], [2.0, -1.0, NONE], [1.0, 0.0, 0.5]]
    crossed, labels = inputs.crossed(rows, soft)
    yield "classes of -Infinity", {"logits": crossed, "labels": labels}
    crossed, others = inputs.crossed(rows, teachers)
    yield "classes of -Infinity on either side", {"logits": crossed, "label_logits": others}
    plain = {"logits": [[0.5, 1.0, 2.0], [0.5, -3.0, 50.0]], "label_logits": [[2.0, 900.0, 0.1], [0.0, 1.0, -2.0]]}
    yield "a class mask for every row", plain | {"class_mask": [True, False, True]}
    yield "a class mask for each row", plain | {"class_mask": [[True, True, False], [False, True, True]]}
    masked = {"logits": [[0.5, 1.0, 2.0]], "labels": [[0.25, 0.5, 0.25]], "class_mask": [True, False, True]}
    yield "a label's share in a class that does not exist", masked


def agreeing(seed: int):
    random = Random(seed)
    for size in (1e-2, 1e-6, 1e-9, 1e-12, 0.0):
        rows = [[3 * inputs.normal(random) for _ in range(5)] for _ in range(16)]
        rows += [[40 * inputs.normal(random) for _ in range(3)] + [0.0, 0.0] for _ in range(8)]
        teachers = [[z + size * inputs.normal(random) for z in row] for row in rows]
        yield f"a teacher that differs by {size}", {"logits": rows, "label_logits": teachers}
        soft = [[nearest(q) for q in softmax(teacher)] for teacher in teachers]
        yield f"labels that differ by {size}", {"logits": rows, "labels": soft}
    loose = [[share * (1 + off) for share in inputs.distribution(random, 4)] for off in (5e-4, -5e-4) for _ in range(8)]
    yield "labels that miss 1", {"logits": [inputs.logits(random, 4) for _ in loose], "labels": loose}


def randoms(seed: int):
    random = Random(seed)
    for classes in (2, 3, 10):
        rows = [inputs.logits(random, classes) for _ in range(40)]
        yield f"random, {classes} classes", {"logits": rows, "labels": [inputs.distribution(random, classes) for _ in rows]}
        yield (
            f"random, {classes} classes, a teacher",
            {"logits": rows, "label_logits": [inputs.logits(random, classes) for _ in rows]},
        )
    wide = [[round(5 * inputs.normal(random), 2) for _ in range(300)] for _ in range(2)]
    yield "300 classes", {"logits": wide[:1], "label_logits": wide[1:]}


def reductions():
    batch = {
        "logits": [[2.0, 1.0, 0.1], [0.5, 0.2, -1.0], [math.nan, math.inf, NONE]],
        "labels": [[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.0, 0.5, 0.5]],
        "mask": [True, True, False],
    }
    weights = {"sample_weights": [1.0, 0.5, 2.0]}
    yield "a masked row", batch
    yield "a mean with a masked row", batch | {"reduction": "mean"}
    yield "a mean over the weights", batch | weights | {"reduction": "mean", "mean_over": "weights"}
    yield "a weighted sum", batch | weights | {"reduction": "sum"}
    lacking = {"logits": [[1.0, NONE], [1.0, 2.0]], "labels": [[0.5, 0.5], [0.5, 0.5]]}
    yield "weight 0 where the student lacks a class", lacking | {"sample_weights": [0.0, 1.0], "reduction": "sum"}
