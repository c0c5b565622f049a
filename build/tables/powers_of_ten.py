"""
Writes src/kernels/text/powers_of_ten.ts: the powers of ten that numbers are parsed and printed with.

10^k = g·2^(e - 127) with g in [2^127, 2^128); the table holds floor(g), plus 1 where g is no whole number, for every k
that a double's shortest decimal or a text of 19 digits needs. Run: python3 build/tables/powers_of_ten.py
"""

from fractions import Fraction
from pathlib import Path

# 10^-342 times any 19 digits is below half of the least double; the least double is printed with 10^324.
LEAST = -342
GREATEST = 324
BITS = 128
TARGET = Path(__file__).parents[2] / "src/kernels/text/powers_of_ten.ts"


def significand(k: int) -> int:
    """10^k scaled into [2^127, 2^128), rounded up."""
    power = Fraction(10) ** k
    scale = BITS - (power.numerator.bit_length() - power.denominator.bit_length())
    scaled = power * Fraction(2) ** scale
    while scaled >= 2**BITS:
        scaled /= 2
    while scaled < 2 ** (BITS - 1):
        scaled *= 2
    rounded = -(-scaled.numerator // scaled.denominator)
    assert 2 ** (BITS - 1) <= rounded < 2**BITS
    return rounded


def rows(words: list[str], per_row: int) -> list[str]:
    return [f"  {', '.join(words[i : i + per_row])}," for i in range(0, len(words), per_row)]


def main() -> None:
    halves = []
    for k in range(LEAST, GREATEST + 1):
        g = significand(k)
        halves += [f"0x{g & (2**64 - 1):016x}", f"0x{g >> 64:016x}"]
    text = [
        "// Written by build/tables/powers_of_ten.py.",
        "",
        f"export const POWER_LEAST: i32 = {LEAST};",
        f"export const POWER_GREATEST: i32 = {GREATEST};",
        "",
        "/** 10^k for k = POWER_LEAST…POWER_GREATEST, as 128 bits with the first one set, rounded up: low word, high word (u64). */",
        "export const POWERS: usize = memory.data<u64>([",
        *rows(halves, 6),
        "], 16);",
        "",
        "/** 10^n for n = 0…22, exactly (f64). */",
        "export const EXACT_POWERS: usize = memory.data<f64>([",
        *rows([f"1e{n}" for n in range(23)], 12),
        "], 16);",
        "",
        "/** 10^n for n = 0…19 (u64). */",
        "export const WHOLE_POWERS: usize = memory.data<u64>([",
        *rows([str(10**n) for n in range(20)], 5),
        "], 16);",
    ]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
