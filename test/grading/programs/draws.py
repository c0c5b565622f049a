"""The inputs of the assignments: small, of two sizes, and written with few decimals as lecturers write them."""

import numpy as np


def numbers(seed, shape, scale=1.5, decimals=2):
    values = np.random.default_rng(seed).normal(0, scale, shape)
    return np.round(values, decimals).tolist()


def classes(seed, rows, columns):
    """Every class at least once, none in order."""
    label = np.arange(rows) % columns
    return np.random.default_rng(seed).permutation(label).tolist()


def rowwise(seed, **more):
    """Two cases of logits and class indices: 6 × 4 and 7 × 3."""
    return [
        {"id": "a", "logits": numbers(seed, (6, 4)), "labels": classes(seed, 6, 4), **more},
        {"id": "b", "logits": numbers(seed + 1, (7, 3)), "labels": classes(seed + 1, 7, 3), **more},
    ]


def linear(seed, columns, label, **more):
    """Two cases of a linear model; `label(seed, rows, columns)` draws the labels."""
    cases = []
    for k, (rows, features, width) in enumerate([(6, 3, columns[0]), (8, 5, columns[1])]):
        s = seed + 10 * k
        cases.append(
            {
                "id": "ab"[k],
                "inputs": numbers(s, (rows, features), 1),
                "weights": numbers(s + 1, (features, width), 0.7),
                "bias": numbers(s + 2, (width,), 0.4),
                "labels": label(s + 3, rows, width),
                **more,
            }
        )
    return cases


def parts(*outputs):
    return [{"output": output, "points": 1} for output in outputs]


of_logits = parts("loss", "losses", "gradients")
of_model = parts("loss", "gradients_weights", "gradients_bias")
