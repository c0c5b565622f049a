"""Smooth absolute error: d^2 / (2 beta) below |d| = beta, then |d| - beta / 2, with d = z - y."""

from mpmath import mpf

import inputs
import regression_inputs
from case import Example, elementwise

SEED = 1611
# A beta of 1.7e308 brings errors that overflow back among the doubles; a tiny one makes nearly all a straight line.
BETAS = [1.0, 0.1, 1 / 9, 36.5, 5e-324, 1e-300, 1e300, 1.7e308]


def answer(z: float, y: float, beta: float = 1.0) -> Example:
    error, beta = mpf(z) - mpf(y), mpf(beta)
    near = abs(error) < beta
    loss = error**2 / (2 * beta) if near else abs(error) - beta / 2
    return Example(loss=loss, gradient=max(mpf(-1), min(mpf(1), error / beta)))


def cases() -> list[dict]:
    found = []
    for beta in BETAS:
        pairs = regression_inputs.edges() | {"around the kink": regression_inputs.around([beta])}
        found += asked(pairs, {"beta": beta})
    found += asked(regression_inputs.randoms(SEED), {})
    found += asked(regression_inputs.randoms(SEED + 1, 100), {"beta": 0.3})
    return found + [elementwise(name, answer, request) for name, request in regression_inputs.reductions().items()]


def asked(pairs: dict, options: dict) -> list[dict]:
    requests = {inputs.named(name, options): {"logits": z, "labels": y} | options for name, (z, y) in pairs.items()}
    return [elementwise(name, answer, request) for name, request in requests.items()]
