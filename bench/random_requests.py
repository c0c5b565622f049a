"""Random requests under factors from subnormal numbers to 1e300, for every loss and its options, against mpmath: prints what
is beyond the bounds, and exits with 1 for any. A short form of it is test/reference/factors.json.

Needs dist/ (npm run build) and, in a virtual environment: pip install mpmath==1.3.0 gmpy2
    python bench/random_requests.py [--count 50000] [--seed 1] [loss ...]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "test/reference"))

import factor_inputs  # noqa: E402
import factors  # noqa: E402
from doubles import as_text  # noqa: E402

# Cases that the comparing process reads at a time.
CHUNK = 5000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("losses", nargs="*", default=factor_inputs.LOSSES)
    given = parser.parse_args()
    random = Random(given.seed)
    beyond = 0
    for start in range(0, given.count, CHUNK):
        numbers = range(start, min(start + CHUNK, given.count))
        cases = [factors.draw(random, f"request {i}", given.losses[i % len(given.losses)]) for i in numbers]
        beyond += compare(cases)
        print(f"{numbers.stop} requests, {beyond} beyond the bounds", file=sys.stderr)
    return 1 if beyond else 0


def compare(cases: list[dict]) -> int:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(json.dumps({"cases": []})[:-2] + ",\n".join(map(as_text, cases)) + "]}")
        file.flush()
        node = ROOT / "node_modules/.bin/node"
        script = [node, ROOT / "bench/random_requests.mjs", file.name]
        output = subprocess.run(script, check=True, capture_output=True, cwd=ROOT)
    lines = output.stdout.decode().splitlines()
    print("\n".join(lines), end="\n" if lines else "")
    return len(lines)


if __name__ == "__main__":
    sys.exit(main())
