"""Huber loss: d^2 / 2 up to |d| = delta, then delta (|d| - delta / 2), with d = z - y."""

from mpmath import mpf

import inputs
import regression_inputs
from case import Example, elementwise

SEED = 1610
# A delta of 1e-300 brings errors that overflow back among the doubles, and within 1e300 or 1.7e308 nearly all is a square.
DELTAS = [1.0, 0.1, 1.345, 36.5, 5e-324, 1e-300, 1e300, 1.7e308]


def answer(z: float, y: float, delta: float = 1.0) -> Example:
    error, delta = mpf(z) - mpf(y), mpf(delta)
    near = abs(error) <= delta
    loss = error**2 / 2 if near else delta * (abs(error) - delta / 2)
    return Example(loss=loss, gradient=max(-delta, min(delta, error)))


def cases() -> list[dict]:
    found = []
    for delta in DELTAS:
        pairs = regression_inputs.edges() | {"around the kink": regression_inputs.around([delta])}
        found += asked(pairs, {"delta": delta})
    found += asked(regression_inputs.randoms(SEED), {})
    found += asked(regression_inputs.randoms(SEED + 1, 100), {"delta": 0.3})
    return found + [elementwise(name, answer, request) for name, request in regression_inputs.reductions().items()]


def asked(pairs: dict, options: dict) -> list[dict]:
    requests = {inputs.named(name, options): {"logits": z, "labels": y} | options for name, (z, y) in pairs.items()}
    return [elementwise(name, answer, request) for name, request in requests.items()]
