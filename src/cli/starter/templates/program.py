"""Runs compute.py on the cases that come as JSON on stdin, and prints its claims as JSON.

Students see what it returns, or where it fails, by: python3 program.py < visible.json
"""

import contextlib
import json
import math
import sys

with contextlib.redirect_stdout(sys.stderr):
    # What a student prints is no part of the claims.
    from compute import compute

# What compute returns, in this order, or as a dictionary by these names. Of a linear model, which has weights and bias in
# place of logits, the derivatives are by those.
OUTPUTS = ("loss", "losses", "gradients")
OUTPUTS_OF_MODEL = ("loss", "losses", "gradients_weights", "gradients_bias")


def plain(value):
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def outputs_of(case):
    return OUTPUTS_OF_MODEL if "inputs" in case else OUTPUTS


def arguments(case, options):
    """What compute gets: the case's tensors and the task's options, by name."""
    return {**options, **{name: value for name, value in case.items() if name not in ("id", "visibility")}}


def answer(case, options):
    """What compute returns for a case, by the names of the outputs."""
    answered = compute(**arguments(case, options))
    return answered if isinstance(answered, dict) else dict(zip(outputs_of(case), answered))


def main():
    task = json.load(sys.stdin)
    claims = []
    for case in task["cases"]:
        with contextlib.redirect_stdout(sys.stderr):
            answered = answer(case, task.get("options", {}))
        claims.append({"case": case["id"], **{name: plain(value) for name, value in answered.items()}})
    json.dump({"claims": claims}, sys.stdout)


if __name__ == "__main__":
    main()
