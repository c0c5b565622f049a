"""Prints random tasks, each with what the wrong programs of mistakes.py claim for it, one JSON line a task.

python test/grading/certificate/make.py 40 > test/grading/certificate/claims.jsonl
"""

import json
import sys

import numpy as np
from mistakes import every, mistakes, of_models
from right import Batch, right

tolerances = ["auto", "auto", "auto", "auto", "float64", "float64-strict", "float32", "rounded:3", "significant:4"]


def rounded(values, digits=4):
    """Few digits, so that every reader has the same doubles."""
    return np.vectorize(lambda value: float(f"{value:.{digits}g}"))(values) if np.size(values) else values


def labels(rng, loss, N, C):
    if loss == "mse":
        return rounded(rng.normal(size=N))
    if loss == "hinge":
        return rng.choice([-1, 1], N)
    return rng.integers(0, 2 if loss == "binary_cross_entropy" else C, N)


def case(rng, loss, options, name, is_model):
    isolated = loss in ("cross_entropy", "multi_margin")
    N, C, D = (int(n) for n in rng.integers([2, 3, 1], [8, 5, 4]))
    C = C if isolated else 1
    y = labels(rng, loss, N, C)
    scale = 10 ** rng.uniform(-3, 1.3)
    if not is_model:
        z = rounded(rng.normal(size=(N, C)) * scale)
        z = z if isolated else z[:, 0]
        return {"id": name, "logits": z.tolist(), "labels": y.tolist()}, Batch(loss, z, y, options)
    model = {
        "inputs": rounded(rng.normal(size=(N, D))),
        "weights": rounded(rng.normal(size=(D, C)) * scale),
        "bias": rounded(rng.normal(size=C) * scale),
        "l2": float(rounded(10 ** rng.uniform(-8, 0))),
    }
    z = model["inputs"] @ model["weights"] + model["bias"]
    z = z if isolated else z[:, 0]
    fields = {name: value if name == "l2" else value.tolist() for name, value in model.items()}
    return {"id": name, **fields, "labels": y.tolist()}, Batch(loss, z, y, options, model)


def task(rng):
    loss = str(rng.choice(every))
    options = {}
    if loss == "cross_entropy" and rng.random() < 0.5:
        options["temperature"] = int(rng.integers(2, 5))
    if loss == "binary_cross_entropy" and rng.random() < 0.5:
        options["pos_weight"] = int(rng.integers(2, 5))
    is_model = bool(rng.random() < 0.5)
    pairs = [case(rng, loss, options, name, is_model) for name in "ab"[: rng.integers(1, 3)]]
    batches = {fields["id"]: batch for fields, batch in pairs}
    names = list(right(pairs[0][1]))
    asked = [str(one) for one in rng.permutation(names)[: rng.integers(1, len(names) + 1)]]
    given = {"loss": loss, **options, "tolerance": str(rng.choice(tolerances)), "cases": [fields for fields, _ in pairs]}
    if given["tolerance"] == "auto" and rng.random() < 0.3:
        given["min_digits"] = int(rng.integers(3, 8))
    if rng.random() < 0.7:
        given["parts"] = [{"output": output, "points": 1} for output in asked]
    if not is_model and rng.random() < 0.3:
        given["accept"] = [{"reduction": "sum", "credit": float(rng.choice([0.5, 1]))}]
    return given, batches, is_model


def listed(values):
    array = np.asarray(values, float)
    if array.ndim:
        return [listed(one) for one in array]
    names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return float(array) if np.isfinite(array) else names[str(float(array))]


def line(rng):
    given, batches, is_model = task(rng)
    asked = [part["output"] for part in given["parts"]] if "parts" in given else list(right(next(iter(batches.values()))))
    programs = []
    for mistake, variant, losses, program in mistakes + (of_models if is_model else []):
        if given["loss"] not in losses:
            continue
        with np.errstate(all="ignore"):
            found = {name: program(batch) for name, batch in batches.items()}
        claims = [{"case": name, **{one: listed(numbers[one]) for one in asked}} for name, numbers in found.items()]
        programs.append({"id": mistake, "variant": variant, "claims": claims})
    return json.dumps({"task": given, "programs": programs}, separators=(",", ":"))


if __name__ == "__main__":
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for seed in range(first, first + count):
        print(line(np.random.default_rng(seed)))
