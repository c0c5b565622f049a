"""Checks the numbers of a loss with lossd: from pytest, otter or a notebook. Python 3.8 or later, and nothing else.

    from lossd_check import check
    check("cross_entropy", logits, labels, {"loss": 0.41, "gradients": gradients})

Wrong numbers raise an AssertionError that says which mistake they come from, where that is known, and never what is
right. lossd is found as a service by the environment variable LOSSD_URL, as a command by LOSSD, or on PATH.
"""

import json
import math
import os
import shlex
import subprocess
import urllib.error
import urllib.parse
import urllib.request

SECONDS_MAX = 60


class LossdError(Exception):
    """lossd could not be asked, or the question is not allowed: no verdict on the claim."""


def check(loss, logits, labels, claim, **options):
    """Compare a claim with the loss of a batch.

    loss: a loss's name or alias. logits, labels: nested lists or arrays, as the loss takes them. claim: a dictionary with
    some of loss (a number), losses (one an example) and gradients (the shape of the logits, of the reduced loss). A
    linear model has logits=None, and among the options inputs, weights, bias and l2; then gradients_weights (the shape of
    the weights) and gradients_bias are claimed in place of gradients.
    options: the loss's options, reduction, weights, tolerance: the other fields of a request.

    Raises AssertionError for a claim that is wrong, and LossdError where lossd could not tell.
    """
    __tracebackhide__ = True
    tensors = {"labels": labels} if logits is None else {"logits": logits, "labels": labels}
    request = plain({**options, **tensors, "claim": claim})
    url = os.environ.get("LOSSD_URL")
    report = _ask_service(url, loss, request) if url else _ask_command(loss, request)
    if report["verdict"] != "pass":
        raise AssertionError("\n".join(sentences(report)))


def sentences(report):
    """What a report says to a student: which outputs are wrong, and the mistakes that nothing else explains."""
    # A service for students answers verdicts alone.
    diagnosis = report.get("diagnosis", {"status": "none", "candidates": [], **report})
    faults = [f"The claim {fault['pointer']} {fault['detail']}." for fault in diagnosis.get("format_errors", [])]
    wrong = [
        f"{part['output']}: {part['mismatched']} of {part['compared']} numbers are not right."
        if "compared" in part
        else f"{part['output']}: not right."
        for part in report["parts"]
        if part["verdict"] == "fail"
    ]
    known = diagnosis["status"] in ("confirmed", "likely")
    return faults + wrong + [candidate["student"] for candidate in diagnosis["candidates"] if known]


def plain(value):
    """Lists and numbers of JSON: arrays become lists, and what JSON has no number for becomes a word."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _ask_command(loss, request):
    command = shlex.split(os.environ.get("LOSSD", "lossd")) + ["check", loss]
    try:
        ended = subprocess.run(
            command, input=json.dumps(request), capture_output=True, encoding="utf-8", timeout=SECONDS_MAX
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LossdError(f"lossd cannot be asked ({error}): set LOSSD to its command or LOSSD_URL to a service") from None
    # Right, wrong, and not to be compared: these come with a report.
    if ended.returncode in (0, 1, 3) and ended.stdout:
        return json.loads(ended.stdout)
    raise LossdError(ended.stderr.strip() or f"lossd ended with exit code {ended.returncode}")


def _ask_service(url, loss, request):
    address = f"{url.rstrip('/')}/v1/losses/{urllib.parse.quote(loss, safe='')}/check"
    headers = {"content-type": "application/json"}
    asked = urllib.request.Request(address, json.dumps(request).encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS_MAX) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise LossdError(f"{address} answers {error.code}: {error.read().decode(errors='replace')}") from None
    except OSError as error:
        raise LossdError(f"{address} cannot be asked: {error}") from None
