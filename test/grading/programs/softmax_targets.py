"""Cross-entropy over a softmax: weighted, smoothed with a temperature, and with soft labels."""

import numpy as np
from assignment import Assignment, slip
from draws import numbers, of_logits, rowwise

weighted_source = """
def compute(logits, labels, class_weights):
    N, C = logits.shape
    w = class_weights[labels]
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    losses = -w * np.log(p[np.arange(N), labels])
    total = w.sum()
    loss = losses.sum() / total
    g = w[:, None] * (p - np.eye(C)[labels]) / total
    return loss, losses, g
"""

weighted = Assignment(
    "cross_entropy weighted",
    {
        "loss": "cross_entropy",
        "mean_over": "weights",
        "parts": of_logits,
        "cases": [
            {**one, "class_weights": weights} for one, weights in zip(rowwise(21), ([0.6, 1.4, 0.9, 2.2], [1.7, 0.4, 1.2]), strict=True)
        ],
    },
    {"weighted": weighted_source},
    slips=[
        slip("weights forgotten", "weighted", "class_weights[labels]", "np.ones(N)"),
        slip("weights forgotten in gradient", "weighted", "w[:, None] * (p - np.eye(C)[labels]) / total", "(p - np.eye(C)[labels]) / N"),
        slip("weights forgotten in gradient's rows", "weighted", "w[:, None] * ", ""),
        slip("weights forgotten in loss", "weighted", "-w * np.log", "-np.log", "losses.sum() / total", "losses.mean()"),
        slip("divided by n for the weights", "weighted", "w.sum()", "N"),
        slip("loss divided by n for the weights", "weighted", "losses.sum() / total", "losses.mean()"),
        slip("gradient divided by n for the weights", "weighted", "[labels]) / total", "[labels]) / N"),
        slip("weights twice", "weighted", "class_weights[labels]", "class_weights[labels] ** 2"),
        slip("weights inverted", "weighted", "class_weights[labels]", "1 / class_weights[labels]"),
        slip("weights of the predicted class", "weighted", "class_weights[labels]", "class_weights[logits.argmax(1)]"),
        slip("weights on the columns of the gradient", "weighted", "w[:, None] * (p", "class_weights * (p"),
        slip("weights on the target alone", "weighted", "w[:, None] * (p - np.eye(C)[labels])", "(p - w[:, None] * np.eye(C)[labels])"),
        slip("weights normalised", "weighted", "w = class_weights[labels]", "w = (class_weights / class_weights.sum())[labels]"),
        slip("not averaged", "weighted", "w.sum()", "1"),
        slip("gradient sign", "weighted", "(p - np.eye(C)[labels])", "(np.eye(C)[labels] - p)"),
    ],
)

smoothed_source = """
def compute(logits, labels, label_smoothing, temperature):
    N, C = logits.shape
    z = logits / temperature
    z = z - z.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    t = (1 - label_smoothing) * np.eye(C)[labels] + label_smoothing / C
    losses = -(t * logp).sum(axis=1)
    g = (np.exp(logp) - t) / temperature / N
    return losses.mean(), losses, g
"""
target = "(1 - label_smoothing) * np.eye(C)[labels] + label_smoothing / C"

smoothed = Assignment(
    "cross_entropy smoothed",
    {"loss": "cross_entropy", "label_smoothing": 0.2, "temperature": 2.5, "parts": of_logits, "cases": rowwise(31)},
    {"smoothed": smoothed_source},
    slips=[
        slip("smoothing over the others alone", "smoothed", target, "np.where(np.eye(C)[labels] == 1, 1 - label_smoothing, label_smoothing / (C - 1))"),
        slip("smoothing without one minus", "smoothed", "(1 - label_smoothing) * ", ""),
        slip("smoothing forgotten", "smoothed", target, "np.eye(C)[labels]"),
        slip("smoothing forgotten in gradient", "smoothed", "np.exp(logp) - t)", "np.exp(logp) - np.eye(C)[labels])"),
        slip("smoothing forgotten in loss", "smoothed", "(t * logp)", "(np.eye(C)[labels] * logp)"),
        slip("smoothing not divided by classes", "smoothed", "label_smoothing / C", "label_smoothing"),
        slip("temperature forgotten", "smoothed", "z = logits / temperature", "z = logits", "/ temperature / N", "/ N"),
        slip("temperature multiplied", "smoothed", "z = logits / temperature", "z = logits * temperature", "/ temperature / N", "* temperature / N"),
        slip("temperature forgotten in gradient", "smoothed", "/ temperature / N", "/ N"),
        slip("temperature multiplied in gradient", "smoothed", "/ temperature / N", "* temperature / N"),
        slip("temperature squared in gradient", "smoothed", "/ temperature / N", "/ temperature ** 2 / N"),
        slip("temperature squared in all", "smoothed", "/ temperature / N", "* temperature / N", "return losses.mean(), losses,", "losses = losses * temperature ** 2; return losses.mean(), losses,"),
        slip("gradient not averaged", "smoothed", "/ temperature / N", "/ temperature"),
        slip("loss averaged over classes too", "smoothed", "return losses.mean()", "return losses.mean() / C"),
        slip("losses averaged over classes", "smoothed", ".sum(axis=1)\n    g", ".mean(axis=1)\n    g"),
    ],
)


def distributions(seed, rows, columns):
    weights = rounded_softmax(numbers(seed, (rows, columns), 1.2))
    return [[*row[:-1], round(1 - sum(row[:-1]), 2)] for row in weights]


def rounded_softmax(rows):
    e = np.exp(np.array(rows))
    return np.round(e / e.sum(1, keepdims=True), 2).tolist()


soft_source = """
def compute(logits, labels):
    N, C = logits.shape
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    losses = -np.sum(labels * np.log(p), axis=1)
    return losses.mean(), losses, (p - labels) / N
"""

soft = Assignment(
    "cross_entropy soft labels",
    {
        "loss": "cross_entropy",
        "parts": of_logits,
        "cases": [
            {"id": "a", "logits": numbers(41, (6, 4)), "labels": distributions(42, 6, 4)},
            {"id": "b", "logits": numbers(43, (7, 3)), "labels": distributions(44, 7, 3)},
        ],
    },
    {"soft": soft_source},
    slips=[
        slip("hard labels for soft", "soft", "N, C = logits.shape", "N, C = logits.shape; labels = np.eye(C)[labels.argmax(1)]"),
        slip("entropy of the labels taken off", "soft", "np.sum(labels * np.log(p), axis=1)", "np.sum(labels * np.log(p / labels), axis=1)"),
        slip("labels and p exchanged in loss", "soft", "labels * np.log(p)", "p * np.log(labels)"),
        slip("losses averaged over classes", "soft", "np.sum(labels * np.log(p), axis=1)", "np.mean(labels * np.log(p), axis=1)"),
        slip("loss averaged over classes too", "soft", "return losses.mean()", "return -np.mean(labels * np.log(p))"),
        slip("loss summed", "soft", "return losses.mean()", "return losses.sum()"),
        slip("binary cross-entropy of probabilities", "soft", "labels * np.log(p)", "labels * np.log(p) + (1 - labels) * np.log(1 - p)"),
        slip("softmax over rows", "soft", "axis=1, keepdims=True", "axis=0, keepdims=True"),
        slip("gradient by probabilities", "soft", "(p - labels) / N", "-labels / p / N"),
        slip("gradient times target", "soft", "(p - labels) / N", "(p - 1) * labels / N"),
    ],
)

assignments = [weighted, smoothed, soft]
