"""Writes one JSON file of reference answers for each loss that has a script here, and seed.json."""

import importlib
import platform
import sys
import time
from pathlib import Path

import mpmath

from doubles import DIGITS, as_text

HERE = Path(__file__).parent


def main(wanted: list[str]) -> None:
    for path in sorted(HERE.glob("*.py")):
        name = path.stem
        if path.name == Path(__file__).name or (wanted and name not in wanted):
            continue
        script = importlib.import_module(name)
        if hasattr(script, "cases"):
            started = time.monotonic()
            write(name, script.cases())
            print(f"{name}: {time.monotonic() - started:.1f} s")


def write(name: str, cases: list[dict]) -> None:
    """One case a line, so that a difference shows which case changed."""
    made_by = f"mpmath {mpmath.__version__}, {DIGITS} digits, python {platform.python_version()}"
    lines = ",\n".join(map(as_text, cases))
    # The seed's cases are of several losses, and say which.
    loss = "" if "loss" in cases[0] else f'"loss":"{name}",'
    text = f'{{{loss}"made_by":"{made_by}","cases":[\n{lines}\n]}}\n'
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
