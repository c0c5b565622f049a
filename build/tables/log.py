"""
Writes src/kernels/numerics/log_table.ts: the constants of log(1 + x) for pairs of doubles.

With 2^n·y = 1 + x, 1 <= y < 2, j the integer next to 256·(y − 1) and F = 1 + c close to 1 + j/256,
log(1+x) = n·log 2 + log F + log(1+t), t = (y − 1 − c)/F. log(1+t) is t + t^2 times a polynomial of degree 4 on
|t| <= 1/512, by Chebyshev interpolation. For j = 0, c is 0, so that t = x has no error where the result is small. Each
other c is chosen so that 1/F is a double but for 2^-60 of it (after S. Gal, "Computing elementary functions: a new
approach for achieving high accuracy and good performance", 1986): its rounding would be that of t. The logarithms are in
two parts, the first a multiple of 2^-42, so that n·log 2 + log F is exact there. Run: python3 build/tables/log.py (needs
mpmath 1.3).
"""

from pathlib import Path

import mpmath as mp

mp.mp.prec = 300
SIZE = 256
DEGREE = 4
TARGET = Path(__file__).parents[2] / "src/kernels/numerics/log_table.ts"


def parts(x: mp.mpf) -> list[float]:
    head = float(mp.nint(x * 2**42)) / 2**42
    return [head, float(x - mp.mpf(head))]


def center(j: int) -> float:
    """c near j/256: 0 and 1 are kept, whose inverses are doubles."""
    if j in (0, SIZE):
        return j / SIZE
    step = 0
    while True:
        c = j / SIZE + step * 2.0**-44
        inverse = 1 / (1 + mp.mpf(c))
        if abs(mp.mpf(float(inverse)) / inverse - 1) < mp.mpf(2) ** -60:
            return c
        step += 1


def table() -> list[float]:
    found = []
    for j in range(SIZE + 1):
        c = center(j)
        found += [*parts(mp.log(1 + mp.mpf(c))), float(1 / (1 + mp.mpf(c))), c]
    return found


def polynomial() -> list[float]:
    """(log(1+t) - t)/t^2."""
    bound = mp.mpf(1) / (2 * SIZE) * mp.mpf("1.001")
    points = DEGREE + 1
    nodes = [bound * mp.cos(mp.pi * (2 * k + 1) / (2 * points)) for k in range(points)]
    matrix, values = mp.matrix(points, points), mp.matrix(points, 1)
    for i, node in enumerate(nodes):
        for j in range(points):
            matrix[i, j] = node**j
        values[i] = (mp.log1p(node) - node) / node**2 if abs(node) > mp.mpf("1e-40") else -mp.mpf(1) / 2
    solution = mp.lu_solve(matrix, values)
    return [float(solution[j]) for j in range(points)]


def main() -> None:
    words = table()
    rows = [", ".join(map(repr, words[i : i + 8])) for i in range(0, len(words), 8)]
    constants = [1.5 * 2.0**52, float(SIZE), *polynomial(), *parts(mp.log(2))]
    text = [
        "// Written by build/tables/log.py.",
        "",
        "/** With F = 1 + c, c near j/256, per j: log F in two parts, 1/F, c. */",
        "export const LOG_TABLE: usize = memory.data<f64>([",
        *(f"  {row}," for row in rows),
        "], 16);",
        "",
        "/** 1.5·2⁵² (adding it rounds to an integer), 256, the polynomial from t² on, log 2 in two parts. */",
        f"export const LOG_CONSTANTS: usize = memory.data<f64>([{', '.join(map(repr, constants))}], 16);",
    ]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
