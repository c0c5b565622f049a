"""Errors in units in the last place, against the definitions of test/reference at 1,300 digits."""

import importlib
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "test/reference"))

from mpmath import isinf, mpf  # noqa: E402

import case  # noqa: E402, F401
from doubles import nearest  # noqa: E402


@dataclass
class Worst:
    """The greatest error seen, and where."""

    ulps: float = 0.0
    where: Any = None

    def see(self, ulps: float, where: Any) -> None:
        if self.where is None or ulps > self.ulps:
            self.ulps, self.where = ulps, where


@dataclass
class Errors:
    """Ours and PyTorch's, of losses and of gradients; `used` is the greatest share of the bound that ours take up."""

    loss: Worst = field(default_factory=Worst)
    gradient: Worst = field(default_factory=Worst)
    used: Worst = field(default_factory=Worst)
    torch_loss: Worst = field(default_factory=Worst)
    torch_gradient: Worst = field(default_factory=Worst)

    def merge(self, other: "Errors") -> None:
        for name, worst in vars(other).items():
            if worst.where is not None:
                getattr(self, name).see(worst.ulps, worst.where)


def has_reference(loss: str) -> bool:
    return importlib.util.find_spec(loss) is not None


def measure(task: tuple) -> tuple[str, Errors]:
    """One task: a loss, its options, and lists of logits, labels, our (losses, gradients) and PyTorch's or None."""
    loss, options, logits, labels, ours, theirs = task
    answer = importlib.import_module(loss).answer
    errors, units = Errors(), units_allowed(options, loss)
    for i, (z, y) in enumerate(zip(logits, labels)):
        exact = answer(z, y, **options)
        where = {"logits": z, "labels": y, **options}
        compare(exact, ours[0][i], ours[1][i], errors.loss, errors.gradient, where, errors.used, units)
        if theirs:
            compare(exact, theirs[0][i], theirs[1][i], errors.torch_loss, errors.torch_gradient, where)
    return loss, errors


def units_allowed(options: dict, loss: str) -> float:
    gamma = options.get("gamma", 2.0) if "focal" in loss else 1.0
    return 6 * max(1.0, gamma)


def compare(exact, loss, gradient, of_loss: Worst, of_gradient: Worst, where, used=None, units=6.0) -> None:
    loss_scale = getattr(exact, "loss_scale", None)
    apart = units_apart(loss, exact.loss, exact.loss if loss_scale is None else loss_scale)
    of_loss.see(apart, where)
    if used:
        used.see(share(apart, loss, exact.loss, units, slack_of(exact)), where | {"of": "loss"})
    wanted, got = as_list(exact.gradient), as_list(gradient)
    scales = wanted if exact.scale is None else as_list(exact.scale)
    for got_one, want, scale in zip(got, wanted, scales):
        apart = units_apart(got_one, want, scale)
        of_gradient.see(apart, where)
        if used:
            used.see(apart / units, where | {"of": "gradient"})


def slack_of(exact):
    """The error allowed to a loss beyond its units: that of a divergence, or of a square that all but vanishes."""
    slack = exact.loss_slack
    return mpf(0) if slack is None else slack


def share(apart: float, got: float, want, units: float, slack) -> float:
    if apart == 0 or not slack or not math.isfinite(got):
        return apart / units
    return min(apart / units, float(abs(mpf(got) - want) / slack))


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def units_apart(got: float, want, scale) -> float:
    """|got − want| in units in the last place of the scale: a difference is judged by the larger of its two numbers."""
    rounded = nearest(want)
    if got == rounded and not math.isfinite(got):
        return 0.0
    if not math.isfinite(got) or not math.isfinite(rounded):
        return math.inf
    size = abs(nearest(scale))
    unit = math.ulp(size if math.isfinite(size) else abs(rounded))
    difference = abs(mpf(got) - want)
    return math.inf if isinf(difference) else float(difference / mpf(unit))
