"""ACCURACY.md: one row a loss."""

import datetime
import math
import platform
from dataclasses import dataclass

import mpmath

from ulps import pytorch
from ulps.kinds import KINDS
from ulps.measure import Errors, Worst

# What the rows of one table have in common.
MADE_WITH = "lossd {version} (Node {node}) beside {torch}, both in float64, on {machine}"
PROSE = """# Accuracy

Written by `python bench/accuracy.py` on {date}: {made_with};
{minutes:.0f} minutes. A later run of some losses with all of these versions may have replaced their rows. Exact answers: the definitions of `test/reference`, in mpmath {mpmath} at 1,300 digits.

Each number is the **greatest** error over all inputs of its row, in units in the last place (ulp) of the exact answer: 0.5 is a
correctly rounded number, 4.5e15 and more is a number without one right digit, ∞ an infinity or NaN where the answer is finite.
A gradient that is a difference (of soft labels, say) is measured in ulp of the larger of its two numbers, for both alike.
That of reverse_kl and jensen_shannon is a probability times a difference of logarithms: in ulp of the largest of its numbers,
the result among them, because they may add up as well.
The inputs are drawn with a fixed seed: ±0, ±36.5, ±37.5, ±709, ±745, ±1e±300 and their neighbours, margins
of every size, confident right and wrong predictions, the neighbourhood of every kink, ordinary logits, and several options.
"of the bound" is the greatest share that ours take up of what lossd allows itself: 6 ulp, for focal losses 6·max(1, γ). The loss
of a divergence is allowed 16·2⁻⁵³·Σ|P−p|·(1+|log P|+|log p|) as well, where student and target all but agree: the rounding of p
and P alone is then many ulp of a loss that is the square of their difference.

{kinds}
| loss | inputs | loss: ours | PyTorch | gradient: ours | PyTorch | of the bound | what PyTorch's is |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass
class Row:
    name: str
    inputs: int
    errors: Errors


KINDS_PROSE = """## Weighted, smoothed, tempered

Written by `python bench/accuracy.py --kinds` on {date}: lossd {version} (Node {node}), {count} inputs like those below, ours alone. Each cell
has the greatest error of the losses and of the gradients, and the share of the bound. *Weighted*: sample weights from 2⁻¹⁰ to 2¹⁰, with class
weights or `pos_weight` from ⅛ to 8; *smoothed*: `label_smoothing` from 0.001 to 0.5; *tempered*: temperatures from 1/16 to 16;
*probabilities*: given in place of logits, down to 1e−300 and up to 1 − 1e−15.

| loss | weighted | smoothed | tempered | probabilities |
| --- | --- | --- | --- | --- |
"""
KINDS_END = "\n## All losses beside PyTorch's\n"


def kinds_section(text: str) -> str:
    """That part of the page, which a run of the rest leaves as it is."""
    start, end = text.find("## Weighted"), text.find(KINDS_END)
    return text[start : end + len(KINDS_END)] if start >= 0 else ""


def write_kinds(found: dict, count: int, engine: dict) -> str:
    prose = KINDS_PROSE.format(
        date=datetime.date.today().isoformat(), version=engine["version"], node=engine["node"], count=count
    )
    names = sorted({loss for loss, _ in found})
    return prose + "".join(f"| {' | '.join([name, *(cell(found, name, kind) for kind in KINDS)])} |\n" for name in names) + KINDS_END


def cell(found: dict, name: str, kind: str) -> str:
    if (name, kind) not in found:
        return "–"
    e = found[name, kind]
    return f"{shown(e.loss)}, {shown(e.gradient)}: {e.used.ulps:.0%}"


def write(rows: list[Row], engine: dict, seconds: float, kinds: str) -> str:
    prose = PROSE.format(
        date=datetime.date.today().isoformat(),
        made_with=made_with(engine),
        minutes=seconds / 60,
        mpmath=mpmath.__version__,
        kinds=kinds,
    )
    return prose + "\n".join(map(line, rows)) + "\n"


def made_with(engine: dict) -> str:
    return MADE_WITH.format(
        version=engine["version"], node=engine["node"], torch=pytorch.versions(), machine=platform.machine()
    )


def replace_rows(text: str, lines: list[str], engine: dict) -> str:
    """The table with these lines in place of the rows of their losses, or beside them; they are sorted by name."""
    if made_with(engine) not in text:
        raise SystemExit("the table is of other versions: run all losses")
    table = [one for one in text.splitlines() if not one.startswith("| `")]
    rows = {one.split("`")[1]: one for one in [*text.splitlines(), *lines] if one.startswith("| `")}
    return "\n".join([*table, *(rows[name] for name in sorted(rows))]) + "\n"


def line(row: Row) -> str:
    baseline, e = pytorch.BASELINES.get(row.name), row.errors
    theirs = (shown(e.torch_loss), shown(e.torch_gradient)) if baseline else ("–", "–")
    cells = [f"`{row.name}`", str(row.inputs), shown(e.loss), theirs[0], shown(e.gradient), theirs[1]]
    return f"| {' | '.join([*cells, f'{e.used.ulps:.0%}', baseline.said if baseline else '–'])} |"


def shown(worst: Worst) -> str:
    if math.isinf(worst.ulps):
        return "∞"
    return "0" if worst.ulps == 0 else f"{worst.ulps:.2f}" if worst.ulps < 1000 else f"{worst.ulps:.1e}"


def worst(errors: Errors) -> dict:
    return {name: [value.ulps, value.where] for name, value in vars(errors).items()}


def faults(row: Row) -> list[str]:
    e = row.errors
    found = []
    if e.used.ulps > 1:
        found.append(f"{row.name}: {e.used.ulps:.2f} of the bound at {e.used.where}")
    if row.name in pytorch.BASELINES:
        for what, ours, theirs in (("loss", e.loss, e.torch_loss), ("gradient", e.gradient, e.torch_gradient)):
            if ours.ulps > theirs.ulps:
                found.append(f"{row.name}: {what} {ours.ulps} ulp, PyTorch {theirs.ulps}, at {ours.where}")
    return found
