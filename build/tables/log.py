"""
Writes src/kernels/log_table.ts: the constants of log(1 + x) for pairs of doubles.

With 2^n·y = 1 + x, 1 <= y < 2, j the integer next to 64·(y − 1) and F = 1 + j/64,
log(1+x) = n·log 2 + log F + log(1+t), t = y/F − 1. Below x = 1.5/64 the table is not used (j = 0), so that t = x has no
error where the result is small. log(1+t) is t + t^2 times a polynomial of degree 9 on |t| <= 1.5/64, by Chebyshev
interpolation. The logarithms are in two parts, the first a multiple of 2^-42, so that n·log 2 + log F is exact there.
Run: python3 build/tables/log.py (needs mpmath 1.3).
"""

from pathlib import Path

import mpmath as mp

mp.mp.prec = 300
SIZE = 64
DEGREE = 9
TARGET = Path(__file__).parents[2] / "src/kernels/log_table.ts"


def parts(x: mp.mpf) -> list[float]:
    head = float(mp.nint(x * 2**42)) / 2**42
    return [head, float(x - mp.mpf(head))]


def table() -> list[float]:
    found = []
    for j in range(SIZE + 1):
        center = 1 + mp.mpf(j) / SIZE
        found += [*parts(mp.log(center)), float(1 / center), j / SIZE]
    return found


def polynomial() -> list[float]:
    """(log(1+t) - t)/t^2."""
    bound = mp.mpf(1.5) / SIZE * mp.mpf("1.001")
    points = DEGREE + 1
    nodes = [bound * mp.cos(mp.pi * (2 * k + 1) / (2 * points)) for k in range(points)]
    matrix, values = mp.matrix(points, points), mp.matrix(points, 1)
    for i, node in enumerate(nodes):
        for j in range(points):
            matrix[i, j] = node**j
        values[i] = (mp.log1p(node) - node) / node**2
    solution = mp.lu_solve(matrix, values)
    return [float(solution[j]) for j in range(points)]


def main() -> None:
    words = table()
    rows = [", ".join(map(repr, words[i : i + 4])) for i in range(0, len(words), 4)]
    constants = [1.5 * 2.0**52, float(SIZE), 1.5 / SIZE, *polynomial(), *parts(mp.log(2))]
    text = [
        "// Written by build/tables/log.py.",
        "",
        "/** With F = 1 + j/64, per j: log F in two parts, 1/F, j/64. */",
        "export const LOG_TABLE: usize = memory.data<f64>([",
        *(f"  {row}," for row in rows),
        "], 16);",
        "",
        "/** 1.5·2⁵² (adding it rounds to an integer), 64, 1.5/64, the polynomial from t² on, log 2 in two parts. */",
        f"export const LOG_CONSTANTS: usize = memory.data<f64>([{', '.join(map(repr, constants))}], 16);",
    ]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
