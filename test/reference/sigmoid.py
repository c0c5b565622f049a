"""The sigmoid as its definition says: only the number of digits keeps 1 - sigmoid(z) alive."""

from functools import cache

from mpmath import exp, inf, log, mpf

import doubles

assert doubles.DIGITS >= 1200


@cache
def sigmoid(z: float):
    return 1 / (1 + exp(-mpf(z)))


@cache
def minus_log(p):
    """-log p, Infinity at 0."""
    return inf if p == 0 else -log(p)
