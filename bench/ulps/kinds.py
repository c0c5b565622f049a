"""Other kinds of requests: weighted, smoothed and tempered ones, and probabilities in place of logits; ours alone."""

import importlib
from dataclasses import replace
from random import Random

from ulps.batches import CLASSES, ROW_LABELS, SEED, Batch, distribution, elements, label_of, row_of, rows
from ulps.measure import Errors, compare, slack_of, units_allowed

KINDS = ("weighted", "smoothed", "tempered", "probabilities")
REQUESTS = 10
ROWS = 25


def batches_of(kind: str, name: str, rowwise: bool, domain: str, options: list[str], probabilities: bool) -> list[Batch]:
    """None, if the loss has no such requests."""
    random = Random(f"{SEED} {kind} {name}")
    needs = {"smoothed": "label_smoothing", "tempered": "temperature"}
    if kind in needs and needs[kind] not in options or kind == "probabilities" and not probabilities:
        return []
    if not rowwise:
        made = [Batch(name, *elements(random, 0, domain, 1.0)) for _ in range(REQUESTS)]
    else:
        sizes = [(form, classes) for form in ROW_LABELS[domain] for classes in CLASSES] * (REQUESTS // 2)
        made = [Batch(name, *rows(random, ROWS, classes, form)) for form, classes in sizes]
    return [drawn(random, kind, batch, rowwise, domain, options) for batch in made]


def drawn(random: Random, kind: str, batch: Batch, rowwise: bool, domain: str, options: list[str]) -> Batch:
    if kind == "smoothed":
        return replace(batch, options={"label_smoothing": random.uniform(0.001, 0.5)})
    if kind == "tempered":
        return replace(batch, options={"temperature": 2 ** random.uniform(-4, 4)})
    if kind == "probabilities":
        return replace(batch, **given(random, batch, rowwise, domain), given="probabilities")
    weights = [2 ** random.uniform(-10, 10) for _ in batch.logits]
    own = {}
    if "class_weights" in options:
        own["class_weights"] = [2 ** random.uniform(-3, 3) for _ in batch.logits[0]]
    if "pos_weight" in options:
        own["pos_weight"] = 2 ** random.uniform(-3, 3)
    return replace(batch, options=own, weights=weights)


def given(random: Random, batch: Batch, rowwise: bool, domain: str) -> dict:
    if rowwise:
        return {"logits": [distribution(random, row_of(random, len(row), i)) for i, row in enumerate(batch.logits)]}
    near_ends = (lambda: random.random(), lambda: 10 ** random.uniform(-300, 0), lambda: 1 - 10 ** random.uniform(-15, 0))
    values = [random.choice(near_ends)() for _ in batch.logits]
    return {"logits": values, "labels": [label_of(random, domain) for _ in values]}


def measure_kind(task: tuple) -> tuple[str, str, int, Errors]:
    kind, batch, (losses, gradients) = task
    module = importlib.import_module(batch.loss)
    answer = module.answer
    if batch.given == "probabilities":
        answer = getattr(module, "answer_given_probability", None) or module.answer_given_probabilities
    errors, units = Errors(), units_allowed(batch.options, batch.loss)
    for i, (z, y) in enumerate(zip(batch.logits, batch.labels)):
        exact = weighed(answer(z, y, **batch.options), batch.weights[i] if batch.weights else 1.0)
        where = {batch.given: z, "labels": y, **batch.options}
        compare(exact, losses[i], gradients[i], errors.loss, errors.gradient, where, errors.used, units)
    return batch.loss, kind, len(batch.logits), errors


def weighed(exact, weight: float):
    """An example's exact answer times its sample weight."""

    def times(value):
        return [times(one) for one in value] if isinstance(value, list) else None if value is None else weight * value

    slack = slack_of(exact)
    parts = {name: times(getattr(exact, name)) for name in ("loss", "gradient", "scale", "loss_scale")}
    return replace(exact, **parts, loss_slack=times(slack) if slack else None)
