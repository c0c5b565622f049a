"""Softmax cross-entropy: -sum t log p, with p = softmax(z / temperature) or given, and t the effective target."""

import math

from mpmath import inf, mpf

import cross_entropy_inputs as inputs
from case import Example, rowwise
from divergence import decomposition
from doubles import times
from sigmoid import minus_log
from softmax import softmax


def answer(row: list[float], label, temperature: float = 1.0, **options) -> Example:
    exists = [z != -math.inf for z in row]
    t, weight = target(label, exists, **options)
    p = softmax(row, temperature)
    mass, tau = sum(t), mpf(temperature)
    rising = [(mass - share) * q / tau for share, q in zip(t, p)]
    falling = [share * (1 - q) / tau for share, q in zip(t, p)]
    gradient = [(mass * q - share) / tau for share, q in zip(t, p)]
    return Example(loss(t, p), gradient, list(map(max, rising, falling)), weight=weight, **decomposition(t, p))


def answer_given_probabilities(row: list[float], label, **options) -> Example:
    p = [mpf(q) for q in row]
    t, weight = target(label, [True] * len(row), **options)
    gradient = [-times(share, inf if q == 0 else 1 / q) for share, q in zip(t, p)]
    return Example(loss(t, p), gradient, weight=weight, **decomposition(t, p))


def loss(t: list, p: list):
    return sum((times(share, minus_log(q)) for share, q in zip(t, p)), mpf(0))


def target(label, exists, label_smoothing=0.0, class_weights=None, normalize_labels=False, ignore_index=-100):
    """The effective target, exactly, and the example's weight: that of its unsmoothed label."""
    classes = len(exists)
    y = [mpf(q) for q in label] if isinstance(label, list) else [mpf(c == label) for c in range(classes)]
    if normalize_labels:
        y = [share / sum(y) for share in y]
    w = [mpf(weight) for weight in class_weights or [1.0] * classes]
    smoothing = mpf(label_smoothing)
    spread = [smoothing / sum(exists) if here else mpf(0) for here in exists]
    t = [weight * ((1 - smoothing) * share + extra) for weight, share, extra in zip(w, y, spread)]
    return t, sum(weight * share for weight, share in zip(w, y))


def cases() -> list[dict]:
    found = []
    for name, request, with_decomposition in inputs.requests():
        formula = answer_given_probabilities if "probabilities" in request else answer
        found.append(rowwise(name, formula, request, decomposition=with_decomposition))
    return found
