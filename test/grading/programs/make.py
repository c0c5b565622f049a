"""Writes tasks.jsonl and programs.jsonl: what students' programs print for small tasks, and which outputs are wrong.

    python test/grading/programs/make.py        (NumPy 2; the same data on every run)

A program is the text of a right function, or that text after one or two slips. Whether its numbers are wrong is judged by
printing.py, and its true name is the slip that was made. Nothing here knows of lossd's grader or its catalogue.
"""

import hashlib
import json
from pathlib import Path

import binary
import divergence
import linear
import margin
import numpy as np
import regression
import softmax
import softmax_targets
from assignment import edited, outputs_of, run
from printing import float32, judged, printed, printing_of, printings

families = (softmax, softmax_targets, binary, regression, margin, divergence, linear)
assignments = [one for family in families for one in family.assignments]
pairs_each = 9
finely = ("%g", "%.6f", "%.4f", "%.4e", "%.8g", "mixed")
unnamed = "nothing that has a name"
doubtful = []


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def results(source, assignment, dtype=np.float64):
    return [run(source, assignment.task, case, dtype) for case in assignment.task["cases"]]


def excused(slips):
    """A tiny number inside the logarithm, as textbooks have it, is held to what float32 is held to."""
    return slips == ["eps 1e-7 added"]


def right_of(assignment):
    return results(next(iter(assignment.forms.values())), assignment)


def program(assignment, what, slips, printing, outputs, wrong=None):
    """A line of the data, or None where it is a matter of taste whether an output is right."""
    task, right = assignment.task, right_of(assignment)
    claims = [
        {output: printed(value, printing_of(output, printing)) for output, value in case.items()} for case in outputs
    ]
    if wrong is None:
        wrong = []
        for output in outputs_of(task):
            over = max(
                judged(claim[output], one[output], "float32" if excused(slips) else printing_of(output, printing))
                for claim, one in zip(claims, right, strict=True)
            )
            if 0.5 < over < 2:
                doubtful.append((assignment.name, what, printing, output, over))
                return None
            if over >= 2:
                wrong.append(output)
    name = f"{assignment.name} / {what} / {printing}"
    return {
        "id": name,
        "half": "open" if digest(name)[0] % 2 == 0 else "held",
        "task": assignment.name,
        "slips": slips,
        "wrong": wrong,
        "claims": [{"case": case["id"], **claim} for case, claim in zip(task["cases"], claims, strict=True)],
    }


def right_programs(assignment):
    first = next(iter(assignment.forms))
    for form, source in assignment.forms.items():
        for printing in printings if form == first else ("float64", "%.4f", "float32"):
            outputs = results(source, assignment, np.float32 if printing in float32 else np.float64)
            slips = ["printed with 2 decimals"] if printing == "%.2f" else []
            yield program(assignment, form, slips, printing, outputs)
    for k, one in enumerate(assignment.variants):
        outputs = results(edited(assignment.forms[one.form], one.edits), assignment)
        for printing in ("float64", finely[k]):
            yield program(assignment, f"{one.form}, another way {k + 1}", [], printing, outputs, wrong=[])


def wrong_programs(assignment):
    for one in assignment.slips:
        outputs = results(edited(assignment.forms[one.form], one.edits), assignment)
        also = digest(f"{assignment.name} {one.name}")
        chosen = ("%.6f", "%g", "%.4f", "float32", "%.8g", "loss %.4f", "%.4e", "mixed")[also[1] % 8]
        for printing in ("float64", chosen)[: 2 if also[0] % 3 == 0 else 1]:
            yield program(assignment, one.name, [one.name], printing, outputs)


def same(some, others):
    return all(
        np.shape(a[k]) == np.shape(b[k]) and np.allclose(a[k], b[k], rtol=1e-4, atol=1e-7, equal_nan=True)
        for a, b in zip(some, others, strict=True)
        for k in a
    )


def pairs(assignment):
    """Two slips at once: each of them shows, and the two together are not what one of them gives."""
    random = np.random.default_rng(int.from_bytes(digest(assignment.name)[:4]))
    found = set()
    for _ in range(40 * pairs_each):
        if len(found) == pairs_each:
            return
        one, other = (assignment.slips[k] for k in sorted(random.choice(len(assignment.slips), 2, replace=False)))
        if one.form != other.form or (one, other) in found:
            continue
        source = assignment.forms[one.form]
        try:
            outputs = results(edited(edited(source, one.edits), other.edits), assignment)
        except (ValueError, IndexError):
            continue
        alone = [results(edited(source, each.edits), assignment) for each in (one, other)]
        if any(same(outputs, single) for single in (right_of(assignment), *alone)):
            continue
        found.add((one, other))
        yield program(assignment, f"{one.name} + {other.name}", [one.name, other.name], "float64", outputs)


def unnamed_programs(assignment):
    random = np.random.default_rng(int.from_bytes(digest(assignment.name)[4:8]))
    right = right_of(assignment)
    asked = outputs_of(assignment.task)

    def changed(change, outputs):
        return [{k: change(np.asarray(v)) if k in outputs else v for k, v in case.items()} for case in right]

    def noise(size):
        return lambda v: v * (1 + size * random.choice([-1, 1], v.shape) * random.uniform(0.7, 1, v.shape))

    for size, outputs in ((3e-6, asked), (1e-5, asked[1:]), (3e-5, asked), (1e-4, asked[:1]), (3e-4, asked)):
        what = f"noise of {size:g} in {', '.join(outputs)}"
        noisy = changed(noise(size), outputs)
        yield program(assignment, what, [unnamed], "float64", noisy, wrong=[k for k in asked if k in outputs])
    yield program(assignment, "noise of 1e-3 in float32", [unnamed], "float32", changed(noise(1e-3), asked[1:]))
    yield program(assignment, "zeros", [unnamed], "float64", changed(np.zeros_like, asked))
    yield program(assignment, "drawn numbers", [unnamed], "float64", changed(lambda v: random.normal(0, 1, v.shape), asked))
    yield program(assignment, "off by 4 units", [unnamed], "%.5f", changed(lambda v: v + 4e-5, asked))


def write(file, lines):
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))


def main():
    here = Path(__file__).parent
    lines = [
        made
        for assignment in assignments
        for kind in (right_programs, wrong_programs, pairs, unnamed_programs)
        for made in kind(assignment)
        if made
    ]
    silent = [one["id"] for one in lines if one["slips"] and not one["wrong"]]
    assert len({one["id"] for one in lines}) == len(lines)
    write(here / "tasks.jsonl", [{"name": one.name, "task": one.task} for one in assignments])
    write(here / "programs.jsonl", lines)
    print(len(lines), "programs;", sum(bool(one["wrong"]) for one in lines), "wrong")
    print("slips that change nothing:", silent)
    print("left out:", doubtful)


if __name__ == "__main__":
    main()
