"""Checks compute.py on the visible cases: LOSSD=lossd python3 -m pytest"""

import json
import pathlib

import pytest
from lossd_check import check
from program import answer, arguments, outputs_of

VISIBLE = json.loads(pathlib.Path(__file__).with_name("visible.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VISIBLE["cases"], ids=lambda case: case["id"])
def test_case(case):
    claim = answer(case, VISIBLE["options"])
    # All at once: a gradient that is N times too large is told by the loss that is not.
    given = {name: value for name, value in claim.items() if value is not None}
    assert given, "compute returns nothing yet"
    fields = arguments(case, VISIBLE["options"])
    check(VISIBLE["loss"], fields.pop("logits", None), fields.pop("labels"), given, **fields)
    missing = [name for name in outputs_of(case) if name not in given]
    assert not missing, f"what compute returns is right, and lacks {', '.join(missing)}"
