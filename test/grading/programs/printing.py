"""How programs print their numbers, and which outputs are wrong by what is printed: judged here, without lossd."""

import json

import numpy as np

significant = {"%g": 6, "%.8g": 8, "%.4g": 4, "%.4e": 5}
decimals = {"%.2f": 2, "%.4f": 4, "%.5f": 5, "%.6f": 6, "numpy print": 8}
float32 = ("float32", "float32 text")
of_loss_alone = ("loss %.4f", "loss %g")
printings = ("float64", *float32, *significant, *decimals, *of_loss_alone, "mixed")


def printing_of(output, printing):
    """How one output is printed: some programs format each output in its own way."""
    if printing in of_loss_alone:
        return printing.removeprefix("loss ") if output == "loss" else "float64"
    if printing == "mixed":
        return {"loss": "%.4f", "losses": "%g"}.get(output, "%.6f")
    return printing


def printed(values, printing):
    """Nested numbers as JSON reads them: infinities and NaN become their names."""
    array = np.asarray(values)
    if array.ndim:
        return [printed(one, printing) for one in array]
    if not np.isfinite(array):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(float(array))]
    if printing == "float32 text":
        return json.loads(str(np.float32(array)))
    if printing == "float32":
        return float(np.float32(array))
    if printing in decimals:
        return round(float(array), decimals[printing])
    if printing == "%.2f" and np.ndim(right) == 0 and right != 0:
        # A zero at the end is not printed: 1.86 is 1.860 too.
        if abs(claim - right) <= 0.5 * 10.0 ** (np.floor(np.log10(np.abs(right))) - 3):
            return 0.0
    if printing in significant:
        return float((printing % float(array)))
    return float(array)


def judged(claim, right, printing):
    """How often over what it may differ a printed output is: at most 0.5 is right, from 2 on it is wrong."""
    claim, right = _floats(claim), np.asarray(right, float)
    if claim.shape != right.shape or not np.isfinite(claim).all():
        return np.inf
    allowed = 1e-6 * np.abs(right) + 1e-9
    if printing in float32:
        allowed = 1e-4 * np.abs(right) + 4e-6
    if printing in decimals and printing != "%.2f":
        allowed = 1.5 * 10.0 ** -decimals[printing] + np.zeros_like(right)
    if printing == "%.2f" and np.ndim(right) == 0 and right != 0:
        # A zero at the end is not printed: 1.86 is 1.860 too.
        if abs(claim - right) <= 0.5 * 10.0 ** (np.floor(np.log10(np.abs(right))) - 3):
            return 0.0
    if printing in significant:
        exponent = np.floor(np.log10(np.where(right == 0, 1, np.abs(right))))
        allowed = 1.5 * 10.0 ** (exponent + 1 - significant[printing]) + 1e-9
    return float(np.max(np.abs(claim - right) / allowed, initial=0))


def _floats(claim):
    if isinstance(claim, list):
        return np.array([_floats(one) for one in claim])
    return np.array(float(claim))
