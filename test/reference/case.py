"""One case of a reference file: a request, and what each number of the reply must be."""

import math
from dataclasses import dataclass, field
from typing import Any, Callable

from mpmath import mpf

from doubles import is_double, nearest, times

COMMON = {"logits", "probabilities", "labels", "label_logits", "sample_weights", "mask", "class_mask", "reduction", "mean_over"}


@dataclass
class Example:
    """The exact answer for one example, unweighted. `gradient` and `scale` are lists for a row."""

    loss: Any
    gradient: Any
    # The larger of the two numbers whose difference the gradient is: its error is measured in units of that one.
    scale: Any = None
    # The same for the loss, where that is a difference.
    loss_scale: Any = None
    # How far the loss may be off beyond its units, where it is the square of a difference that can all but vanish,
    # or the difference of numbers beyond the doubles.
    loss_slack: Any = None
    entropy: Any = None
    kl_divergence: Any = None
    kl_bound: Any = None
    # What the example adds to weight_sum, per unit of sample weight.
    weight: Any = field(default_factory=lambda: mpf(1))


def elementwise(name: str, answer: Callable[..., Example], request: dict, **more) -> dict:
    """A case whose examples are single numbers; `answer(z, y, **options)`."""
    return build(name, answer, request, rank=0, **more)


def rowwise(name: str, answer: Callable[..., Example], request: dict, **more) -> dict:
    """A case whose examples are rows; `answer(row, label, **options)`, a label being an index or a row."""
    return build(name, answer, request, rank=1, **more)


def build(name, answer, request, rank, decomposition=False, ulps=None) -> dict:
    request = {"reduction": "none", **request}
    options = {key: value for key, value in request.items() if key not in COMMON}
    given = request["probabilities"] if "probabilities" in request else request["logits"]
    inputs = flatten(masked(given, request.get("class_mask")), rank)
    # A teacher's logits: a class that does not exist is none of the teacher's either.
    teacher = "label_logits" in request
    target = masked(request["label_logits"], request.get("class_mask")) if teacher else request["labels"]
    index_labels = depth(target) < depth(given)
    labels = flatten(target, 0 if index_labels else rank)
    options |= {"of_logits": True} if teacher else {}
    kept = flatten(request["mask"], 0) if "mask" in request else [True] * len(inputs)
    if index_labels:
        kept = [keep and label != options.get("ignore_index", -100) for keep, label in zip(kept, labels)]
    examples = [answer(z, y, **options) if keep else None for z, y, keep in zip(inputs, labels, kept)]
    weights = flatten(request["sample_weights"], 0) if "sample_weights" in request else [1.0] * len(inputs)
    expect = weigh(examples, weights, request, given, rank)
    if ulps is not None:
        expect["ulps"] = ulps
    if any(e and e.loss_slack is not None for e in examples):
        expect["loss_slack"] = nest(
            [nearest(times(s, e.loss_slack)) if e else 0.0 for s, e in zip(weights, examples)], given, rank
        )
    if decomposition:
        expect |= decompose(examples, given, rank)
    return {"name": name, "request": request, "expect": expect}


def weigh(examples, weights, request, given, rank) -> dict:
    """Losses and gradients after weights and reduction; the reduced numbers where there are any."""
    exact = [times(s, e.loss) if e else mpf(0) for s, e in zip(weights, examples)]
    losses = [nearest(loss) for loss in exact]
    weight_sum = sum((times(s, e.weight) for s, e in zip(weights, examples) if e), mpf(0))
    count = sum(e is not None for e in examples)
    over = request.get("mean_over", "count")
    divisor = {"count": mpf(count), "weights": weight_sum}[over] if isinstance(over, str) else mpf(over)
    mean = request["reduction"] == "mean"
    share = (1 / divisor if divisor else mpf(0)) if mean else mpf(1)
    zeros = zeros_like(flatten(given, rank)[0] if examples else 0.0)
    gradients = [scaled(e.gradient, s * share) if e else zeros for s, e in zip(weights, examples)]
    scales = [
        scaled(e.gradient if e.scale is None else e.scale, s * share) if e else zeros for s, e in zip(weights, examples)
    ]
    loss_scales = [
        nearest(times(s, e.loss if e.loss_scale is None else e.loss_scale)) if e else 0.0
        for s, e in zip(weights, examples)
    ]
    expect = {"losses": nest(losses, given, rank), "gradients": nest(gradients, given, rank)}
    if sizes(losses) != sizes(loss_scales):
        expect["loss_scale"] = nest(loss_scales, given, rank)
    if sizes(gradients) != sizes(scales):
        expect["gradient_scale"] = nest(scales, given, rank)
        if any(map(math.isinf, sizes(scales))):
            slacks = [slack(e, s * share) if e else zeros for s, e in zip(weights, examples)]
            expect["gradient_slack"] = nest(slacks, given, rank)
    if request["reduction"] != "none":
        finite = all(map(math.isfinite, losses))
        total = sum(map(mpf, losses)) if finite else mpf(sum(losses))
        loss_sum, denominator = nearest(total), nearest(divisor)
        # The sum is rounded first, unless it is beyond the doubles and its mean is not.
        first = mpf(loss_sum) if math.isfinite(loss_sum) else total
        loss = (nearest(first / mpf(denominator)) if denominator else 0.0) if mean else loss_sum
        expect |= {"loss": loss, "loss_sum": loss_sum}
        # Where no loss was rounded, the reduced one is known to the bit.
        expect |= {"loss_ulps": 0 if all(map(is_double, exact)) else 6, "weight_sum": nearest(weight_sum)}
        expect |= {"valid_count": count, "ignored_count": len(examples) - count}
    if mean:
        expect["denominator"] = denominator
    return expect


def decompose(examples, given, rank) -> dict:
    def column(read):
        return nest([nearest(read(e)) if e else 0.0 for e in examples], given, rank)

    parts = {"cross_entropy": column(lambda e: e.loss), "entropy": column(lambda e: e.entropy)}
    parts["kl_divergence"] = column(lambda e: e.kl_divergence)
    return {"decomposition": parts, "kl_bound": column(lambda e: e.kl_bound)}


def scaled(gradient, factor):
    if isinstance(gradient, list):
        return [scaled(number, factor) for number in gradient]
    return nearest(times(factor, gradient))


def slack(example, factor):
    """Six units in the last place of a gradient's scale, or down to three, where the scale is no double."""
    found = scaled(example.gradient if example.scale is None else example.scale, factor * 6 / mpf(2) ** 53)
    return [abs(number) for number in found] if isinstance(found, list) else abs(found)


def sizes(gradients):
    return [abs(number) for number in flatten(gradients, 0)]


def zeros_like(value):
    return [0.0] * len(value) if isinstance(value, list) else 0.0


def masked(given, class_mask):
    """A class that does not exist is a logit of -Infinity; a mask for one row holds for each."""
    if class_mask is None:
        return given
    if depth(class_mask) < depth(given):
        return [masked(inner, class_mask) for inner in given]
    if isinstance(given, list):
        return [masked(z, exists) for z, exists in zip(given, class_mask)]
    return given if class_mask else -math.inf


def depth(value) -> int:
    return 1 + depth(value[0]) if isinstance(value, list) and value else int(isinstance(value, list))


def flatten(value, rank: int) -> list:
    """The leaves of a nested list, a leaf being a list of depth `rank`."""
    return [value] if depth(value) == rank else [leaf for inner in value for leaf in flatten(inner, rank)]


def nest(leaves: list, like, rank: int):
    """The opposite of `flatten`: one leaf for each list of depth `rank` in `like`."""
    return place(iter(leaves), like, rank)


def place(leaves, like, rank: int):
    return next(leaves) if depth(like) == rank else [place(leaves, inner, rank) for inner in like]
