"""Checks compute.py on the visible cases: LOSSD=lossd python3 -m pytest"""

import json
import pathlib

import pytest
from compute import compute
from lossd_check import check

VISIBLE = json.loads(pathlib.Path(__file__).with_name("visible.json").read_text(encoding="utf-8"))
OUTPUTS = ("loss", "losses", "gradients")


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("case", VISIBLE["cases"], ids=lambda case: case["id"])
def test_output(case, output):
    fields = {name: value for name, value in case.items() if name not in ("id", "visibility")}
    logits, labels = fields.pop("logits"), fields.pop("labels")
    options = {**VISIBLE["options"], **fields}
    answer = dict(zip(OUTPUTS, compute(logits, labels, **options)))
    assert answer[output] is not None, f"compute returns no {output} yet"
    check(VISIBLE["loss"], logits, labels, {output: answer[output]}, **options)
