"""Softmax cross-entropy in this process, by lossd's engine: the same bits as the service's.

    python cross_entropy.py ENGINE.wasm BATCH ROWS CLASSES

BATCH is a file of little-endian doubles: ROWS × CLASSES logits, then ROWS class indices. Prints the bits of the mean
loss, of each row's loss and of each gradient, one a line in hexadecimal. docs/abi.md explains the calls.
"""

import math
import struct
import sys
from pathlib import Path

from wasmtime import Instance, Module, Store

# Offsets of a batch's fields, and the size of a batch: docs/abi.md.
EXAMPLES, CLASSES, LOGITS, LABELS, LOSSES, GRADIENTS, SCRATCH = 0, 4, 8, 12, 40, 44, 64
DENOMINATOR, PARAMETERS = 72, 80
BATCH_BYTES = 160

PAGE_BYTES = 65536


class Losses:
    """An instance of the engine, and the end of what is in use of its memory."""

    def __init__(self, file):
        self.store = Store()
        self.exports = Instance(self.store, Module(self.store.engine, Path(file).read_bytes()), []).exports(self.store)
        self.memory = self.exports["memory"]
        self.end = self.call("heap_base")

    def call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def allocate(self, count):
        """Takes that many zero bytes, 16-aligned."""
        address = (self.end + 15) & ~15
        self.end = address + count
        missing = self.end - self.memory.data_len(self.store)
        if missing > 0:
            self.memory.grow(self.store, -(-missing // PAGE_BYTES))
        return address

    def put(self, data):
        address = self.allocate(len(data))
        self.memory.write(self.store, data, address)
        return address

    def numbers(self, address, count):
        return struct.unpack(f"<{count}d", self.memory.read(self.store, address, address + 8 * count))

    def cross_entropy(self, data, rows, classes):
        """The mean loss, each row's loss, and the gradients of the mean."""
        count = rows * classes
        fields = {
            EXAMPLES: rows,
            CLASSES: classes,
            LOGITS: self.put(data[: 8 * count]),
            LABELS: self.put(data[8 * count :]),
            LOSSES: self.allocate(8 * rows),
            GRADIENTS: self.allocate(8 * count),
            SCRATCH: self.allocate(16 * classes),
        }
        batch = bytearray(BATCH_BYTES)
        for offset, value in fields.items():
            struct.pack_into("<I", batch, offset, value)
        label_smoothing, temperature = 0.0, 1.0
        struct.pack_into("<d", batch, DENOMINATOR, rows)
        struct.pack_into("<2d", batch, PARAMETERS, label_smoothing, temperature)
        self.call("cross_entropy", self.put(batch), 0, rows)
        total = self.put(bytes(self.call("exact_sum_bytes")))
        self.call("exact_sum_add", total, fields[LOSSES], rows)
        mean = self.call("exact_sum_divide", total, float(rows))
        return mean, self.numbers(fields[LOSSES], rows), self.numbers(fields[GRADIENTS], count)


def check(data, rows, classes):
    """What the engine leaves to its caller."""
    if len(data) != 8 * rows * (classes + 1):
        sys.exit(f"{len(data)} bytes are not {rows} rows of {classes} logits and a label")
    numbers = struct.unpack(f"<{rows * (classes + 1)}d", data)
    if not all(map(math.isfinite, numbers)):
        sys.exit("a number is not finite")
    for label in numbers[rows * classes :]:
        if label != int(label) or not 0 <= label < classes:
            sys.exit(f"label {label} is no class of {classes}")


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: cross_entropy.py ENGINE.wasm BATCH ROWS CLASSES")
    engine, batch, rows, classes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    data = Path(batch).read_bytes()
    check(data, rows, classes)
    mean, losses, gradients = Losses(engine).cross_entropy(data, rows, classes)
    for number in (mean, *losses, *gradients):
        print(struct.pack(">d", number).hex())


main()
