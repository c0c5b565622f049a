"""
Writes answers.json: what each library answers where a request names its preset, for every loss in src/losses.

In a virtual environment: pip install torch torchvision keras optax jax
    python test/reference/presets/record.py
"""

import json
import os
from importlib.metadata import version
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "torch", "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}

import inputs  # noqa: E402
import libraries  # noqa: E402

HERE = Path(__file__).parent
LOSSES = HERE.parents[2] / "src/losses"
VERSIONS = {
    "pytorch": ("torch", "torchvision"),
    "keras": ("keras", "torch"),
    "optax": ("optax", "jax"),
}


def main() -> None:
    answers = []
    for loss in sorted(path.parent.name for path in LOSSES.glob("*/definition.ts")):
        for library, cells in libraries.CELLS.items():
            if loss in cells:
                asked = [request for request in inputs.requests(loss) if takes(loss, library, request)]
                answers += [record(loss, library, cells[loss], request) for request in asked]
    versions = {library: " ".join(f"{name} {version(name)}" for name in names) for library, names in VERSIONS.items()}
    lines = ",\n".join(json.dumps(answer, allow_nan=False) for answer in answers)
    (HERE / "answers.json").write_text(f'{{"versions":{json.dumps(versions)},"answers":[\n{lines}\n]}}\n')


def takes(loss: str, library: str, request: dict) -> bool:
    """PyTorch's losses of rows have weights for classes, the others' for examples; Keras clips a share of 0. Of other
    axes than those of a matrix PyTorch alone has an opinion."""
    if library != "pytorch" and loss in ("cross_entropy", "kl_divergence") and inputs.rank(request["logits"]) != 2:
        return False
    if library == "keras" and request is inputs.DISTRIBUTED and loss == "kl_divergence":
        return False
    rows = isinstance(request["logits"][0], list)
    return not rows or ("sample_weights" if library == "pytorch" else "class_weights") not in request


def record(loss: str, library: str, function, request: dict) -> dict:
    """The reduced loss where the library reduces by default, its losses where not, and the gradients of their sum."""
    value, gradients = libraries.GRADIENT[library](function, request)
    expect = {"losses" if isinstance(value, list) else "loss": value, "gradients": gradients}
    return {"loss": loss, "library": library, "request": request, "expect": expect}


if __name__ == "__main__":
    main()
