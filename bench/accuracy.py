"""The greatest errors in ulp, ours and PyTorch's, on the same inputs; writes ACCURACY.md, or the rows of the losses named.
`--quick` only prints. `--kinds` measures weighted, smoothed and tempered requests, and given probabilities, alone.

Needs dist/ (npm run build) and, in a virtual environment: pip install mpmath gmpy2 torch torchvision
    python bench/accuracy.py [--quick] [--kinds] [loss ...]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from multiprocessing import get_context
from pathlib import Path

from ulps import kinds, pytorch, report
from ulps.batches import Batch, batches
from ulps.measure import Errors, has_reference, measure

HERE = Path(__file__).parent
# The node that npm scripts use.
ENGINE = [str(HERE.parent / "node_modules/.bin/node"), str(HERE / "ulps/engine.mjs")]
CHUNK = 250


def main(arguments: list[str]) -> int:
    start = time.monotonic()
    quick, named = "--quick" in arguments, [name for name in arguments if not name.startswith("--")]
    engine = json.loads(subprocess.run([*ENGINE, "--list"], check=True, capture_output=True).stdout)
    losses = [loss for loss in engine["losses"] if not named or loss["name"] in named]
    without = [loss["name"] for loss in losses if not has_reference(loss["name"])]
    if without:
        raise SystemExit(f"no definition in test/reference: {', '.join(without)}")
    table = HERE / "ACCURACY.md"
    if "--kinds" in arguments:
        return main_of_kinds(losses, engine, None if named or quick else table)
    asked = [batch for loss in losses for batch in batches(**loss)]
    if quick:
        asked = [Batch(b.loss, b.logits[::20], b.labels[::20], b.options) for b in asked]
    counts, found = defaultdict(int), defaultdict(Errors)
    for batch in asked:
        counts[batch.loss] += len(batch.logits)
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for loss, errors in pool.imap_unordered(measure, tasks(asked)):
            found[loss].merge(errors)
    rows = [report.Row(loss["name"], counts[loss["name"]], found[loss["name"]]) for loss in losses]
    text = report.write(rows, engine, time.monotonic() - start, report.kinds_section(table.read_text()))
    print(text)
    for row in rows:
        print(row.name, json.dumps(report.worst(row.errors), ensure_ascii=False, default=str), file=sys.stderr)
    if not quick:
        table.write_text(report.replace_rows(table.read_text(), text.splitlines(), engine) if named else text)
    faults = [fault for row in rows for fault in report.faults(row)]
    print("\n".join(faults) or "Ours is within the bounds, and never the higher.", file=sys.stderr)
    return 1 if faults else 0


def main_of_kinds(losses: list[dict], engine: dict, table: Path | None) -> int:
    """Prints that section of the page, and writes it into the page, if that is given."""
    asked = [
        (kind, batch)
        for kind in kinds.KINDS
        for loss in losses
        for batch in kinds.batches_of(
            kind, loss["name"], loss["kind"] == "rowwise", loss["domain"], loss["options"], loss["probabilities"]
        )
    ]
    answers = answer([batch for _, batch in asked])
    found, count = defaultdict(Errors), 0
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for loss, kind, inputs, errors in pool.imap_unordered(
            kinds.measure_kind, [(kind, batch, ours) for (kind, batch), ours in zip(asked, answers)]
        ):
            found[loss, kind].merge(errors)
            count += inputs
    section = report.write_kinds(found, count, engine)
    print(section)
    if table:
        text = table.read_text()
        table.write_text(text.replace(report.kinds_section(text), section))
    beyond = {key: errors.used for key, errors in found.items() if errors.used.ulps > 1}
    faults = [f"{key}: {used.ulps:.2f} of the bound at {used.where}" for key, used in beyond.items()]
    print("\n".join(faults) or "Ours is within the bounds.", file=sys.stderr)
    return 1 if faults else 0


def tasks(asked: list[Batch]):
    """Small enough that both cores end together; a process that measures needs neither Node nor PyTorch."""
    for batch, ours in zip(asked, answer(asked)):
        theirs = pytorch.answer(batch.loss, batch.logits, batch.labels, batch.options)
        for at in range(0, len(batch.logits), CHUNK):
            part = slice(at, at + CHUNK)
            cut = [both and tuple(numbers[part] for numbers in both) for both in (ours, theirs)]
            yield batch.loss, batch.options, batch.logits[part], batch.labels[part], *cut


def answer(asked: list[Batch]) -> list[tuple[list, list]]:
    """The engine's losses and gradients, each batch as one request."""
    with tempfile.TemporaryDirectory() as folder:
        requests, replies = Path(folder, "requests"), Path(folder, "replies")
        requests.write_text("\n".join(map(request_text, asked)))
        subprocess.run([*ENGINE, str(requests), str(replies)], check=True)
        return [both(json.loads(line)) for line in replies.read_text().splitlines()]


def request_text(batch: Batch) -> str:
    body = {batch.given: batch.logits, "labels": batch.labels, "reduction": "none", **batch.options}
    if batch.weights:
        body["sample_weights"] = batch.weights
    return json.dumps({"loss": batch.loss, "request": json.dumps(body)})


def both(reply: dict) -> tuple[list, list]:
    return numbers(reply["losses"]), numbers(reply["gradients"])


def numbers(value):
    return list(map(numbers, value)) if isinstance(value, list) else float(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
