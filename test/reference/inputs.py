"""Where the formulas are asked: the logits at which arithmetic breaks, and seeded random ones.

Only + * and powers of two make the random numbers, so that they are the same wherever the script runs.
"""

import math
from random import Random

MAGNITUDES = [0.0, 1e-300, 5e-324, 1e-8, 0.5, 1.0, 36.5, 37.5, 709.0, 745.0, 746.0, 1e3, 1e10, 1e300]
EDGE_LOGITS = [sign * size for size in MAGNITUDES for sign in (1, -1)]
INFINITE_LOGITS = [math.inf, -math.inf]
HARD_LABELS = [0.0, 1.0]
SOFT_LABELS = [0.1, 0.3, 0.5, 1e-10, 1 - 2**-53, 0.7310585786300049]
EDGE_PROBABILITIES = [0.0, 1.0, 1 - 2**-53, 1e-300, 5e-324, 2**-53, 1e-8, 0.05, 0.1, 0.3, 0.5, 0.7, 0.95, 0.999999]


def normal(random: Random) -> float:
    """Near enough to a standard normal: the sum of twelve uniform numbers, less its mean."""
    return sum(random.random() for _ in range(12)) - 6


def log_uniform(random: Random, smallest: int = -60, largest: int = 10) -> float:
    """Of either sign, its size between 2^smallest and 2^(largest + 1), each power of two alike."""
    return random.choice((1, -1)) * math.ldexp(1 + random.random(), random.randint(smallest, largest))


def logits(random: Random, count: int) -> list[float]:
    """Half of them normal with deviation 5, half log-uniform."""
    return [5 * normal(random) if i % 2 else log_uniform(random) for i in range(count)]


def distribution(random: Random, size: int) -> list[float]:
    """Positive, and of sum 1 up to rounding."""
    shares = [random.random() + 2**-20 for _ in range(size)]
    return [share / math.fsum(shares) for share in shares]


def crossed(first: list, second: list) -> tuple[list, list]:
    """Every pair, as two lists."""
    pairs = [(a, b) for a in first for b in second]
    return [a for a, _ in pairs], [b for _, b in pairs]


def named(name: str, options: dict) -> str:
    return ", ".join([name, *(f"{option} {value}" for option, value in options.items())])
