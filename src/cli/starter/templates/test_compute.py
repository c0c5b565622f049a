"""Checks compute.py on the visible cases: LOSSD=lossd python3 -m pytest"""

import json
import pathlib

import pytest
from compute import compute
from lossd_check import check

VISIBLE = json.loads(pathlib.Path(__file__).with_name("visible.json").read_text(encoding="utf-8"))
OUTPUTS = ("loss", "losses", "gradients")


@pytest.mark.parametrize("case", VISIBLE["cases"], ids=lambda case: case["id"])
def test_case(case):
    fields = {name: value for name, value in case.items() if name not in ("id", "visibility")}
    logits, labels = fields.pop("logits"), fields.pop("labels")
    options = {**VISIBLE["options"], **fields}
    claim = dict(zip(OUTPUTS, compute(logits, labels, **options)))
    # All at once: a gradient that is N times too large is told by the loss that is not.
    given = {name: value for name, value in claim.items() if value is not None}
    assert given, "compute returns nothing yet"
    check(VISIBLE["loss"], logits, labels, given, **options)
    missing = [name for name in OUTPUTS if name not in given]
    assert not missing, f"what compute returns is right, and lacks {', '.join(missing)}"
