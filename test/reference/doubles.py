"""Doubles and the exact numbers that mpmath holds: into the one, back from the other, and as JSON text."""

import json
import math

from mpmath import isinf, mp, mpf

# 1 - p must keep 17 digits where p misses 1 by e^-745, and its powers below 1 (focal) must do so too.
DIGITS = 1300
mp.dps = DIGITS


def nearest(number) -> float:
    """The double nearest to an exact number, ties to even: Infinity above the largest, and never -0."""
    if isinf(number):
        return math.inf if number > 0 else -math.inf
    sign, mantissa, exponent, bits = mpf(number)._mpf_
    if mantissa == 0 or exponent + bits < -1080:
        return 0.0
    if exponent + bits > 1025:
        return -math.inf if sign else math.inf
    try:
        # Whole numbers divide with one rounding, down into the subnormals too; float(mpf) rounds twice there.
        size = int(mantissa) / 2**-exponent if exponent < 0 else float(int(mantissa) << exponent)
    except OverflowError:
        size = math.inf
    return (-size if sign else size) if size else 0.0


def is_double(number) -> bool:
    return isinf(number) or mpf(nearest(number)) == number


def times(factor, number):
    """The product, where a factor of 0 wins over Infinity: a term whose coefficient is 0 is not there."""
    return mpf(0) if factor == 0 else mpf(factor) * number


def as_text(value) -> str:
    """JSON: doubles as the shortest text that gives them back, the non-finite ones as strings."""
    return json.dumps(spell(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def spell(value):
    if isinstance(value, dict):
        return {key: spell(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [spell(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 and not is_negative_zero(value):
        return int(value)
    return value


def is_negative_zero(value: float) -> bool:
    return value == 0 and math.copysign(1, value) < 0
