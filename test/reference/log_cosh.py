"""Log-cosh loss: log(cosh(z - y))."""

from mpmath import cosh, log, mpf, tanh

import regression_inputs
from case import Example, elementwise

SEED = 1612
# Where the engine's formulas meet, and where libraries' do.
TURNS = [0.25, 0.5, 0.5493061443340549, 1.0, 1.5, 18.7, 20.0, 22.0, 355.0, 373.0]


def answer(z: float, y: float) -> Example:
    error = mpf(z) - mpf(y)
    return Example(loss=log(cosh(error)), gradient=tanh(error))


def cases() -> list[dict]:
    pairs = regression_inputs.edges() | regression_inputs.randoms(SEED)
    pairs["around turning points"] = regression_inputs.around(TURNS)
    requests = {name: {"logits": z, "labels": y} for name, (z, y) in pairs.items()} | regression_inputs.reductions()
    return [elementwise(name, answer, request) for name, request in requests.items()]
