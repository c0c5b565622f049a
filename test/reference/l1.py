"""Absolute error: |z - y|, with slope 0 at the kink."""

from mpmath import mpf, sign

import regression_inputs
from case import Example, elementwise

SEED = 1609


def answer(z: float, y: float) -> Example:
    error = mpf(z) - mpf(y)
    return Example(loss=abs(error), gradient=sign(error))


def cases() -> list[dict]:
    pairs = regression_inputs.edges() | regression_inputs.randoms(SEED)
    requests = {name: {"logits": z, "labels": y} for name, (z, y) in pairs.items()} | regression_inputs.reductions()
    return [elementwise(name, answer, request) for name, request in requests.items()]
