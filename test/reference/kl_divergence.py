"""KL divergence of the target P from the student's p: sum P log(P/p), times the mass of the labels."""

from case import Example, rowwise
from divergence import decomposition
from divergence_inputs import requests
from student_and_target import factors, read

SEED = 1621


def answer(row, label, temperature=1.0, scale_by_temperature_squared=False, of_logits=False) -> Example:
    pair = read(row, label, temperature, of_logits)
    by_loss, by_slope = factors(temperature, scale_by_temperature_squared)
    by_slope *= pair.mass
    parts = decomposition([pair.mass * u for u in pair.target], pair.p)
    # The gradient p - P as p (1 - P) - P (1 - p).
    rising = [p * (1 - u) * by_slope for p, u in zip(pair.p, pair.target)]
    falling = [u * (1 - p) * by_slope for p, u in zip(pair.p, pair.target)]
    gradient = [(p - u) * by_slope for p, u in zip(pair.p, pair.target)]
    loss, slack = by_loss * parts["kl_divergence"], by_loss * parts["kl_bound"]
    return Example(loss, gradient, list(map(max, rising, falling)), loss_slack=slack)


def cases() -> list[dict]:
    return [rowwise(name, answer, request) for name, request in requests(SEED)]
