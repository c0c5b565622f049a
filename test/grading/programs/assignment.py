"""What an assignment is, and how a right program becomes a wrong one: by a small edit of its text."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Edit:
    """A slip (or another right way to write it, where `name` is None) in one form of a program."""

    name: str | None
    form: str
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Assignment:
    """A task, and what students hand in for it. Each form is the text of a right function `compute`."""

    name: str
    task: dict
    forms: dict[str, str]
    slips: list[Edit] = field(default_factory=list)
    variants: list[Edit] = field(default_factory=list)


def slip(name, form, *edits):
    return Edit(name, form, _pairs(edits))


def variant(form, *edits):
    return Edit(None, form, _pairs(edits))


def _pairs(edits):
    return tuple(zip(edits[::2], edits[1::2], strict=True))


def edited(source, edits):
    """The text after the edits, each of which has to find its place."""
    for old, new in edits:
        if old not in source:
            raise ValueError(f"{old!r} is not in the program")
        source = source.replace(old, new)
    return source


def run(source, task, case, dtype=np.float64):
    """What a program returns for a case: its outputs by their names."""
    place = {"np": np}
    exec(source, place)  # noqa: S102
    options = {k: v for k, v in task.items() if k not in ("loss", "cases", "parts", "reduction", "mean_over")}
    fields = {k: v for k, v in case.items() if k not in ("id", "visibility")}
    given = {k: _array(v, dtype) for k, v in {**options, **fields}.items()}
    with np.errstate(all="ignore"):
        returned = place["compute"](**given)
    return dict(zip(outputs_of(task), returned, strict=True))


def outputs_of(task):
    return [part["output"] for part in task["parts"]]


def _array(value, dtype):
    array = np.array(value)
    if array.dtype == np.float64:
        array = array.astype(dtype)
    return array if array.ndim else array[()]
