"""
Writes src/kernels/text/exponents.ts: what stands behind the digits of a number that is printed as String(x) prints it.

ECMA-262, Number::toString: with n digits before the point a number is written plainly for -5 <= n <= 21, else as
d.ddd, "e", a sign and the exponent n - 1. Run: python3 build/tables/exponents.py
"""

from pathlib import Path

# The least double is 5e-324, the greatest 1.8e308; a word more on each side costs nothing.
LEAST = -325
GREATEST = 309
PLAIN = range(-6, 21)
TARGET = Path(__file__).parents[2] / "src/kernels/text/exponents.ts"


def word(exponent: int) -> str:
    """The text's bytes, the first one lowest, and how many they are in the highest byte."""
    text = b"" if exponent in PLAIN else f"e{exponent:+d}".encode()
    return f"0x{int.from_bytes(text, 'little') | len(text) << 56:016x}"


def rows(words: list[str], per_row: int) -> list[str]:
    return [f"  {', '.join(words[i : i + per_row])}," for i in range(0, len(words), per_row)]


def main() -> None:
    words = [word(exponent) for exponent in range(LEAST, GREATEST + 1)]
    lines = [
        "// Written by build/tables/exponents.py.",
        "",
        f"export const EXPONENT_LEAST: i32 = {LEAST};",
        "",
        "/** What follows the digits for each exponent from EXPONENT_LEAST on: its text, and in the top byte its length (u64). */",
        "export const EXPONENTS: usize = memory.data<u64>([",
        *rows(words, 5),
        "], 16);",
    ]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
