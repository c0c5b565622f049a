"""The softmax as its definition says, over the classes that exist."""

import math
from functools import cache

from mpmath import exp, mpf


def softmax(row: list[float], temperature: float = 1.0) -> list:
    """A logit of -Infinity is a class that does not exist: probability 0."""
    powers = [power(z, temperature) for z in row]
    total = sum(powers)
    return [e / total for e in powers]


@cache
def power(z: float, temperature: float):
    return mpf(0) if z == -math.inf else exp(mpf(z) / mpf(temperature))
