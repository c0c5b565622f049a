"""KL divergence of the student's p from the target P: R = sum p log(p/P)."""

from mpmath import inf, isinf, mpf

from case import Example, rowwise
from divergence_inputs import requests
from sigmoid import minus_log
from student_and_target import Pair, bound, divergence, factors, read

SEED = 1622


def answer(row, label, temperature=1.0, scale_by_temperature_squared=False, of_logits=False) -> Example:
    pair = read(row, label, temperature, of_logits)
    by_loss, by_slope = factors(temperature, scale_by_temperature_squared)
    loss = divergence(pair.p, pair.target)
    if isinf(loss):
        return Example(loss, excluded(pair), loss_slack=mpf(0))
    ratios = [minus_log(u) - minus_log(p) if p > 0 else mpf(0) for p, u in zip(pair.p, pair.target)]
    gradient = [p * (ratio - loss) * by_slope for p, ratio in zip(pair.p, ratios)]
    # A difference of logarithms and of their mean: the largest of the three is what its error is counted in.
    scale = [
        p * max(minus_log(p), minus_log(u), loss) * by_slope if p > 0 else mpf(0) for p, u in zip(pair.p, pair.target)
    ]
    return Example(by_loss * loss, gradient, scale, loss_slack=by_loss * bound(pair.p, pair.target))


def excluded(pair: Pair) -> list:
    """The limit where the target lacks a class of the student: out of it, into those of both; 0 if there are none."""
    shared = any(p > 0 and u > 0 for p, u in zip(pair.p, pair.target))
    return [(inf if u == 0 else -inf) if shared and p > 0 else mpf(0) for p, u in zip(pair.p, pair.target)]


def cases() -> list[dict]:
    return [rowwise(name, answer, request) for name, request in requests(SEED)]
