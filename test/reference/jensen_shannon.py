"""Jensen-Shannon divergence: beta KL(P||M) + (1 - beta) KL(p||M) with the mixture M = beta P + (1 - beta) p."""

from mpmath import mpf

from case import Example, rowwise
from divergence_inputs import requests
from sigmoid import minus_log
from student_and_target import bound, divergence, factors, read

SEED = 1623
BETAS = [0.5, 0.1, 0.9, 1e-9, 1 - 2**-53]


def answer(row, label, temperature=1.0, scale_by_temperature_squared=False, beta=0.5, of_logits=False) -> Example:
    pair = read(row, label, temperature, of_logits)
    by_loss, by_slope = factors(temperature, scale_by_temperature_squared)
    share, rest = mpf(beta), 1 - mpf(beta)
    mixture = [share * u + rest * p for p, u in zip(pair.p, pair.target)]
    of_student = divergence(pair.p, mixture)
    loss = by_loss * (share * divergence(pair.target, mixture) + rest * of_student)
    slack = by_loss * (share * bound(pair.target, mixture) + rest * bound(pair.p, mixture))
    by_slope *= rest
    ratios = [minus_log(m) - minus_log(p) if p > 0 else mpf(0) for p, m in zip(pair.p, mixture)]
    gradient = [p * (ratio - of_student) * by_slope for p, ratio in zip(pair.p, ratios)]
    # A difference of logarithms and of their mean: the largest of the three is what its error is counted in.
    scale = [
        p * max(minus_log(p), minus_log(m), of_student) * by_slope if p > 0 else mpf(0) for p, m in zip(pair.p, mixture)
    ]
    return Example(loss, gradient, scale, loss_slack=slack)


def cases() -> list[dict]:
    found = []
    for beta in BETAS:
        options = {} if beta == 0.5 else {"beta": beta}
        for name, request in requests(SEED):
            found.append(rowwise(f"{name}, beta {beta}", answer, request | options))
    return found
