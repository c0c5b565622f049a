"""Every loss under factors from subnormal numbers to 1e300: what their product alone would lose."""

import importlib
import sys
from random import Random

import factor_inputs
from case import elementwise, rowwise

SEED = 1630
EACH = 30

# The small inputs of the field: F3, F4 and F5 of the reports.
FIELD = [
    ("binary_cross_entropy", {"probabilities": [1e-309], "labels": [1e-10]}),
    ("binary_cross_entropy", {"probabilities": [5e-324], "labels": [5e-324]}),
    ("binary_cross_entropy", {"logits": 745.0, "labels": 1.0, "pos_weight": 100000.0}),
    ("binary_cross_entropy", {"logits": -1e300, "labels": 5e-324, "pos_weight": 1e-5}),
    ("binary_cross_entropy", {"logits": [-740.0], "labels": [0.0], "sample_weights": [1000.0], "reduction": "sum"}),
    ("cross_entropy", {"logits": [[0.0, -740.0]], "labels": [0], "class_weights": [1000.0, 1.0], "reduction": "sum"}),
    ("cross_entropy", {"logits": [[0.0, -7.4]], "labels": [0], "temperature": 0.01, "reduction": "sum"}),
    ("softmax_focal", {"logits": [[0.0, -740.0]], "labels": [0], "alpha": [1000.0, 1.0], "gamma": 0.0}),
    ("poisson_nll", {"logits": [710.0], "labels": [0.0], "sample_weights": [0.1], "reduction": "sum"}),
]

# What bench/random_requests.py found by the seeds 11 to 13: a share's square that is nothing before its weight, a gap that
# is infinite only by the temperature, shares that differ in their 400th bit, last digits of subnormal numbers that a
# mean raises, a margin that is a small number beside a logit of 0, and one factor that undoes what another drove to 0.
DRAWN = [
    ("cross_entropy", {"logits": [[-744.34, 0.0]], "labels": [1], "sample_weights": [3.49], "reduction": "mean", "mean_over": 6e-5}),
    ("mse_sigmoid", {"logits": [720.9550635854181], "labels": [0.0], "reduction": "mean", "mean_over": 0.135}),
    ("squared_hinge", {"logits": [0.0], "labels": [1.0], "margin": 1.3e-243, "sample_weights": [3e221], "reduction": "sum"}),
    ("softmax_focal", {"logits": [[709.7, -2.4]], "labels": [0], "alpha": 1.1e-278, "gamma": 2.0, "reduction": "mean", "mean_over": 6e-4}),
    ("softmax_focal", {"logits": [[-709.0, -744.6]], "labels": [0], "alpha": 1.1e-278, "gamma": 2.0, "reduction": "mean", "mean_over": 6e-4}),
    ("mse_sigmoid", {"logits": [-2e124], "labels": [2.98e-264], "sample_weights": [1e249], "reduction": "sum"}),
    ("reverse_kl", {"logits": [[1.7e308, -1e300]], "labels": [[1.0, 0.0]], "temperature": 0.97, "reduction": "sum"}),
    (
        "reverse_kl",
        {
            "logits": [[0.0, -709.0, 8.8e282]],
            "labels": [[0.0, 0.0, 1.0]],
            "temperature": 1.6e-32,
            "scale_by_temperature_squared": True,
            "reduction": "sum",
        },
    ),
    (
        "kl_divergence",
        {
            "logits": [[1000.0, -699.0, -2.4]],
            "label_logits": [[-745.0, -2.3, -3.4]],
            "temperature": 1.5e128,
            "scale_by_temperature_squared": True,
            "reduction": "mean",
            "mean_over": 3e-320,
        },
    ),
]


def cases() -> list[dict]:
    random = Random(SEED)
    found = [build("field", loss, request) for loss, request in FIELD]
    found += [build("drawn", loss, request) for loss, request in DRAWN]
    for loss in factor_inputs.LOSSES:
        found += [draw(random, f"random {i}", loss) for i in range(EACH)]
    return found


def draw(random: Random, name: str, loss: str) -> dict:
    request = factor_inputs.request(random, loss)
    while not factor_inputs.is_finite_sum(request):
        request = factor_inputs.request(random, loss)
    return build(name, loss, request)


def build(name: str, loss: str, request: dict) -> dict:
    script = importlib.import_module(loss)
    given = [getattr(script, each, None) for each in ("answer_given_probability", "answer_given_probabilities")]
    answer = next(filter(None, given)) if "probabilities" in request else script.answer
    ulps = 6 * max(1.0, request.get("gamma", 2.0)) if "focal" in loss else None
    make = elementwise if loss in factor_inputs.ELEMENTWISE else rowwise
    case = make(f"{loss}, {name}", answer, request, ulps=ulps)
    # A loss that is a double may be off by its units all the same, and its sum with it.
    if "loss_ulps" in case["expect"]:
        case["expect"]["loss_ulps"] = ulps or 6
    # A sum of weights is rounded as it may be: what it divides is what counts here.
    for field in ("weight_sum", "denominator"):
        case["expect"].pop(field, None)
    # What a difference is made of may be beyond the doubles: its error is counted in units of the largest one then.
    if "gradient_scale" in case["expect"]:
        case["expect"]["gradient_scale"] = bounded(case["expect"]["gradient_scale"])
    # Losses that are differences may be off by more than their sum's last places.
    if loss in (*factor_inputs.DIVERGENCES, "poisson_nll"):
        case["expect"].pop("loss", None)
    return {"loss": loss, **case}


def bounded(scale):
    return list(map(bounded, scale)) if isinstance(scale, list) else min(abs(scale), sys.float_info.max)
