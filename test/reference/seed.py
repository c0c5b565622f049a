"""The numbers that the lesson on loss functions prints, to all 17 digits; its own digits must be their beginning."""

import binary_cross_entropy
import cross_entropy
import focal
import hinge
import mse_sigmoid
from case import elementwise, flatten, rowwise

# What is asked, and what the lesson prints; None where it prints nothing.
BINARY = [
    ("binary_cross_entropy", {"logits": [-2.0, 3.0], "labels": [1.0, 0.0]}, ["2.1269", "3.049"], ["-0.8808", "0.9526"]),
    ("mse_sigmoid", {"logits": [-2.0, 3.0], "labels": [1.0, 0.0]}, [None, "0.9074"], ["-0.1849", "0.0860"]),
    ("hinge", {"logits": [0.5], "labels": [-1.0]}, ["1.5"], ["1"]),
    ("hinge", {"logits": [0.0, 1.0, 1.5], "labels": [1.0, 1.0, 1.0]}, ["1", "0", "0"], ["-1", "0", "0"]),
]
GIVEN = [
    ("binary_cross_entropy", {"probabilities": [0.95, 0.05], "labels": [1.0, 1.0]}, ["0.0513", "2.996"]),
    ("focal", {"probabilities": [0.95, 0.05], "labels": [1.0, 1.0]}, ["0.000128", "2.704"]),
    ("cross_entropy", {"probabilities": [[0.9, 0.1]], "labels": [[0.9, 0.1]], "reduction": "mean"}, ["0.325"]),
    ("cross_entropy", {"probabilities": [[1.0, 0.0]], "labels": [[0.9, 0.1]], "reduction": "mean"}, ["inf"]),
]
ROW = {"logits": [[2.0, 1.0, 0.1]], "labels": [1]}
FORMULAS = {"binary_cross_entropy": binary_cross_entropy, "mse_sigmoid": mse_sigmoid, "hinge": hinge, "focal": focal}


def cases() -> list[dict]:
    found = [check(loss, FORMULAS[loss].answer, *printed) for loss, *printed in BINARY]
    found.append(check("cross_entropy", cross_entropy.answer, ROW, ["1.417"], ["0.6590", "-0.7576", "0.0986"]))
    for loss, request, losses in GIVEN:
        script = cross_entropy if loss == "cross_entropy" else FORMULAS[loss]
        name = "answer_given_probabilities" if loss == "cross_entropy" else "answer_given_probability"
        found.append(check(loss, getattr(script, name), request, losses, []))
    return found


def check(loss: str, formula, request: dict, losses: list, gradients: list) -> dict:
    build = rowwise if loss == "cross_entropy" else elementwise
    case = {"loss": loss} | build(f"the lesson's {loss} of {inputs_of(request)}", formula, request)
    compare(flatten(case["expect"]["losses"], 0), losses)
    compare(flatten(case["expect"]["gradients"], 0), gradients)
    return case


def inputs_of(request: dict) -> str:
    return str(request.get("probabilities", request.get("logits")))


def compare(found: list[float], printed: list) -> None:
    """Within one unit of the last digit printed: the lesson rounds some numbers and cuts others."""
    for number, text in zip(found, printed):
        if text is None:
            continue
        unit = 10.0 ** -len(text.partition(".")[2])
        assert number == float(text) or abs(number - float(text)) < unit, f"{number} is not the lesson's {text}"
