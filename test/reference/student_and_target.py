"""The two distributions of a divergence: the student's p = softmax(z/t), and the target's P, given or softmax(a/t)."""

from dataclasses import dataclass

from mpmath import mpf

from divergence import UNIT, size_of_log
from sigmoid import minus_log
from softmax import softmax


@dataclass
class Pair:
    """p and P as lists that sum to 1; `mass` is what a row of labels summed to."""

    p: list
    target: list
    mass: object


def read(row: list[float], label: list[float], temperature: float, of_logits: bool) -> Pair:
    if of_logits:
        return Pair(softmax(row, temperature), softmax(label, temperature), mpf(1))
    shares = [mpf(y) for y in label]
    return Pair(softmax(row, temperature), [y / sum(shares) for y in shares], sum(shares))


def divergence(first: list, second: list):
    """KL(first || second) by its definition; Infinity where the second lacks a class of the first."""
    return sum((a * minus_log(b) - a * minus_log(a) for a, b in zip(first, second) if a > 0), mpf(0))


def bound(first: list, second: list):
    """How far a double's KL(first || second) may be from the exact one."""
    pairs = [(a, b) for a, b in zip(first, second) if a > 0 and b > 0]
    return 16 * UNIT * sum((abs(a - b) * (1 + size_of_log(a) + minus_log(b)) for a, b in pairs), UNIT)


def factors(temperature: float, squared: bool) -> tuple:
    """What the loss, and its gradient, are multiplied by."""
    tau = mpf(temperature)
    return (tau * tau, tau) if squared else (mpf(1), 1 / tau)
