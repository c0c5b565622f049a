"""
Writes src/kernels/numerics/exp_table.ts: the constants of exp for pairs of doubles.

exp(x) = 2^(k/512)·e^r with k the integer next to 512·x/log 2 and |r| <= log 2/1024. The table holds 2^(j/512) as its
double's bits, less j's share of the exponent, and what the double misses of it; e^r - 1 - r is r^2 times a polynomial of
degree 2, by Chebyshev interpolation. With 128 entries it would be of degree 3, and a row take a tenth longer; 8 KB are a
quarter of the first cache. The first part of log 2/512 is a multiple of 2^-40. Run: python3 build/tables/exp.py (needs
mpmath 1.3).
"""

import struct
from pathlib import Path

import mpmath as mp

mp.mp.prec = 300
SIZE = 512
SIZE_BITS = 9
TARGET = Path(__file__).parents[2] / "src/kernels/numerics/exp_table.ts"


def bits(x: float) -> int:
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def table() -> list[int]:
    found = []
    for j in range(SIZE):
        exact = mp.mpf(2) ** (mp.mpf(j) / SIZE)
        head = float(exact)
        tail = float((exact - mp.mpf(head)) / mp.mpf(head))
        found += [bits(tail), (bits(head) - (j << (52 - SIZE_BITS))) & (2**64 - 1)]
    return found


def high_part(x: mp.mpf, dropped_bits: int) -> float:
    """x without its last bits, so that an integer of that many bits times it is exact."""
    return struct.unpack("<d", struct.pack("<Q", bits(float(x)) & ~((1 << dropped_bits) - 1)))[0]


def polynomial(degree: int, bound: mp.mpf) -> list[float]:
    """(e^r - 1 - r)/r^2 on |r| <= bound."""

    def exact(r):
        return (mp.expm1(r) - r) / (r * r) if abs(r) > mp.mpf("1e-40") else mp.mpf(1) / 2

    points = degree + 1
    nodes = [bound * mp.cos(mp.pi * (2 * k + 1) / (2 * points)) for k in range(points)]
    matrix = mp.matrix(points, points)
    values = mp.matrix(points, 1)
    for i, node in enumerate(nodes):
        for j in range(points):
            matrix[i, j] = node**j
        values[i] = exact(node)
    solution = mp.lu_solve(matrix, values)
    return [float(solution[j]) for j in range(points)]


def main() -> None:
    step = mp.log(2) / SIZE
    high = high_part(step, 22)
    constants = [1.5 * 2.0**52, float(1 / step), high, float(step - mp.mpf(high)), *polynomial(2, step / 2 * mp.mpf("1.0001"))]
    rows = [", ".join(f"0x{word:016x}" for word in table()[i : i + 6]) for i in range(0, 2 * SIZE, 6)]
    text = [
        "// Written by build/tables/exp.py.",
        "",
        "/** 2^(j/512): per j what its double misses, relative (f64), and the double's bits less j·2⁴³ (u64). */",
        "export const EXP_TABLE: usize = memory.data<u64>([",
        *(f"  {row}," for row in rows),
        "], 16);",
        "",
        "/** 1.5·2⁵² (adding it rounds to an integer), 512/log 2, log 2/512 in two parts, the polynomial from r² on. */",
        f"export const EXP_CONSTANTS: usize = memory.data<f64>([{', '.join(map(repr, constants))}], 16);",
    ]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
