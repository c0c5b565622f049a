"""Margin losses: hinge, its square, the logistic one, and two for several classes."""

from assignment import Assignment, slip, variant
from draws import numbers, of_logits, rowwise

signs_a, signs_b = [1, -1, 1, 1, -1, -1, 1, -1], [-1, 1, -1, -1, 1, 1, -1, 1, 1, -1]


def signed(seed):
    """Both labels on both sides of the margin and of 0; the first stands on the margin itself."""
    return [
        {"id": "a", "logits": [1, *numbers(seed, (7,))], "labels": signs_a},
        {"id": "b", "logits": numbers(seed + 1, (10,)), "labels": signs_b},
    ]


hinge_source = """
def compute(logits, labels):
    N = len(labels)
    m = 1 - labels * logits
    losses = np.maximum(0, m)
    g = np.where(m > 0, -labels, 0) / N
    return losses.mean(), losses, g
"""

loop_source = """
def compute(logits, labels):
    losses, g = [], []
    for z, y in zip(logits, labels):
        if y * z < 1:
            losses.append(1 - y * z)
            g.append(-y / len(labels))
        else:
            losses.append(0.0)
            g.append(0.0)
    return sum(losses) / len(losses), np.array(losses), np.array(g)
"""

hinge = Assignment(
    "hinge",
    {"loss": "hinge", "parts": of_logits, "cases": signed(201)},
    {"hinge": hinge_source, "loop": loop_source},
    slips=[
        slip("margin 0", "hinge", "m = 1 -", "m = 0 -"),
        slip("margin 2", "hinge", "m = 1 -", "m = 2 -"),
        slip("margin 0 in gradient", "hinge", "np.where(m > 0", "np.where(labels * logits < 0"),
        slip("label missing in the margin", "hinge", "1 - labels * logits", "1 - logits"),
        slip("label missing in gradient", "hinge", "-labels, 0", "-1, 0"),
        slip("mask forgets the label", "hinge", "m > 0", "logits < 1"),
        slip("never clamped", "hinge", "np.maximum(0, m)", "m"),
        slip("never clamped with its gradient", "hinge", "np.maximum(0, m)", "m", "np.where(m > 0, -labels, 0)", "-labels"),
        slip("mask missing in gradient", "hinge", "np.where(m > 0, -labels, 0)", "-labels"),
        slip("mask inverted", "hinge", "m > 0", "m <= 0"),
        slip("negatives never clamped", "loop", "if y * z < 1:", "if y * z < 1 or y < 0:"),
        slip("plus for minus in the margin", "hinge", "1 - labels", "1 + labels"),
        slip("gradient sign", "hinge", "-labels, 0", "labels, 0"),
        slip("gradient times input", "hinge", "-labels, 0", "-labels * logits, 0"),
        slip("gradient not averaged", "hinge", "/ N", ""),
        slip("loss summed", "hinge", "losses.mean()", "losses.sum()"),
        slip("all summed", "hinge", "losses.mean()", "losses.sum()", "/ N", ""),
        slip("divided by the active", "hinge", "losses.mean()", "losses.sum() / (m > 0).sum()", "/ N", "/ (m > 0).sum()"),
        slip("squared", "hinge", "np.maximum(0, m)", "np.maximum(0, m) ** 2"),
        slip("squared with its gradient", "hinge", "np.maximum(0, m)", "np.maximum(0, m) ** 2", "-labels, 0", "-2 * labels * m, 0"),
        slip("binary labels", "hinge", "    N =", "    labels = (labels + 1) // 2\n    N ="),
        slip("sigmoid first", "hinge", "    N =", "    logits = 1 / (1 + np.exp(-logits))\n    N ="),
        slip("single loss sign", "hinge", "losses.mean()", "-losses.mean()"),
        slip("absolute for clamp", "hinge", "np.maximum(0, m)", "np.abs(m)"),
        slip("loss halved", "hinge", "losses.mean()", "losses.mean() / 2"),
        slip("logistic for hinge", "hinge", "np.maximum(0, m)", "np.log(1 + np.exp(-labels * logits))"),
    ],
    variants=[variant("hinge", "np.where(m > 0, -labels, 0)", "-labels * (losses > 0)"), variant("hinge", "m > 0", "m >= 0")],
)

squared = Assignment(
    "squared_hinge",
    {"loss": "squared_hinge", "parts": of_logits, "cases": signed(211)},
    {"hinge": hinge_source.replace("np.maximum(0, m)", "np.maximum(0, m) ** 2").replace("-labels, 0", "-2 * labels * m, 0")},
    slips=[
        slip("square missing", "hinge", " ** 2", ""),
        slip("square missing with its gradient", "hinge", " ** 2", "", "-2 * labels * m", "-labels"),
        slip("two missing in gradient", "hinge", "-2 * labels * m", "-labels * m"),
        slip("margin missing in gradient", "hinge", "-2 * labels * m", "-2 * labels"),
        slip("all halved", "hinge", " ** 2", " ** 2 / 2", "-2 * labels * m", "-labels * m"),
        slip("never clamped", "hinge", "np.maximum(0, m) ** 2", "m ** 2"),
        slip("mask missing in gradient", "hinge", "m > 0", "m == m"),
        slip("never clamped with its gradient", "hinge", "np.maximum(0, m) ** 2", "m ** 2", "m > 0", "m == m"),
        slip("label missing in gradient", "hinge", "-2 * labels * m", "-2 * m"),
        slip("gradient sign", "hinge", "-2 * labels", "2 * labels"),
        slip("gradient not averaged", "hinge", "/ N", ""),
        slip("margin 0", "hinge", "m = 1 -", "m = 0 -"),
        slip("plus for minus in the margin", "hinge", "1 - labels", "1 + labels"),
    ],
)

soft_margin = Assignment(
    "soft_margin",
    {"loss": "soft_margin", "parts": of_logits, "cases": signed(221)},
    {
        "soft": """
def compute(logits, labels):
    N = len(labels)
    t = labels * logits
    losses = np.log(1 + np.exp(-t))
    g = -labels / (1 + np.exp(t)) / N
    return losses.mean(), losses, g
"""
    },
    slips=[
        slip("sign of the margin", "soft", "np.exp(-t)", "np.exp(t)", "np.exp(t)) / N", "np.exp(-t)) / N"),
        slip("sign of the margin in loss", "soft", "np.exp(-t)", "np.exp(t)"),
        slip("sign of the margin in gradient", "soft", "(1 + np.exp(t)) / N", "(1 + np.exp(-t)) / N"),
        slip("label missing in gradient", "soft", "-labels / (", "-1 / ("),
        slip("gradient sign", "soft", "g = -labels", "g = labels"),
        slip("gradient not averaged", "soft", " / N", ""),
        slip("log2", "soft", "np.log(", "np.log2("),
        slip("log of the sigmoid without one", "soft", "np.log(1 + np.exp(-t))", "np.log(np.exp(-t))"),
        slip("binary labels", "soft", "    N =", "    labels = (labels + 1) // 2\n    N ="),
    ],
    variants=[variant("soft", "np.log(1 + np.exp(-t))", "np.logaddexp(0, -t)"), variant("soft", "np.log(1 + np.exp(-t))", "np.log1p(np.exp(-t))")],
)

rivals_source = """
def compute(logits, labels):
    N, C = logits.shape
    right = logits[np.arange(N), labels]
    m = logits - right[:, None] + 1
    m[np.arange(N), labels] = 0
    m = np.maximum(0, m)
    losses = m.sum(axis=1) / C
    mask = (m > 0).astype(float)
    mask[np.arange(N), labels] = -mask.sum(axis=1)
    g = mask / C / N
    return losses.mean(), losses, g
"""

multi_margin = Assignment(
    "multi_margin",
    {"loss": "multi_margin", "parts": of_logits, "cases": rowwise(231)},
    {"rivals": rivals_source},
    slips=[
        slip("c missing", "rivals", ".sum(axis=1) / C", ".sum(axis=1)", "mask / C", "mask"),
        slip("c missing in loss", "rivals", ".sum(axis=1) / C", ".sum(axis=1)"),
        slip("c missing in gradient", "rivals", "mask / C", "mask"),
        slip("c - 1 for c", "rivals", "/ C", "/ (C - 1)"),
        slip("label's class not left out", "rivals", "    m[np.arange(N), labels] = 0\n", ""),
        slip("margin 0", "rivals", "+ 1", "+ 0"),
        slip("difference reversed", "rivals", "logits - right[:, None]", "right[:, None] - logits"),
        slip("never clamped", "rivals", "m = np.maximum(0, m)\n    losses = m", "losses = m"),
        slip("squared", "rivals", "losses = m.sum", "losses = (m ** 2).sum"),
        slip("label's gradient missing", "rivals", "    mask[np.arange(N), labels] = -mask.sum(axis=1)\n", ""),
        slip("label's gradient always -1", "rivals", "= -mask.sum(axis=1)", "= -1"),
        slip("rivals' gradient missing", "rivals", "g = mask / C / N", "g = np.minimum(mask, 0) / C / N"),
        slip("greatest rival alone", "rivals", "m.sum(axis=1) / C", "m.max(axis=1)"),
        slip("greatest rival alone over c", "rivals", "m.sum(axis=1) / C", "m.max(axis=1) / C"),
        slip("gradient not averaged", "rivals", "/ C / N", "/ C"),
        slip("gradient sign", "rivals", "g = mask", "g = -mask"),
        slip("loss summed", "rivals", "losses.mean()", "losses.sum()"),
        slip("shift by columns", "rivals", "right[:, None]", "right.mean()"),
    ],
)

crammer_source = """
def compute(logits, labels):
    N = len(labels)
    rows = np.arange(N)
    others = logits.copy()
    others[rows, labels] = -np.inf
    best = others.argmax(axis=1)
    losses = np.maximum(0, 1 + logits[rows, best] - logits[rows, labels])
    g = np.zeros_like(logits)
    on = losses > 0
    g[rows[on], labels[on]] = -1
    g[rows[on], best[on]] = 1
    return losses.mean(), losses, g / N
"""

crammer = Assignment(
    "multiclass_hinge",
    {"loss": "multiclass_hinge", "parts": of_logits, "cases": rowwise(241)},
    {"crammer": crammer_source},
    slips=[
        slip("label's class not left out", "crammer", "    others[rows, labels] = -np.inf\n", ""),
        slip("margin 0", "crammer", "1 + logits[rows, best]", "logits[rows, best]"),
        slip("never clamped", "crammer", "np.maximum(0, 1 + logits[rows, best] - logits[rows, labels])", "1 + logits[rows, best] - logits[rows, labels]"),
        slip("all rivals", "crammer", "np.maximum(0, 1 + logits[rows, best] - logits[rows, labels])", "np.maximum(0, 1 + others - logits[rows, labels][:, None]).sum(1)"),
        slip("label's gradient missing", "crammer", "    g[rows[on], labels[on]] = -1\n", ""),
        slip("rivals' gradient missing", "crammer", "    g[rows[on], best[on]] = 1\n", ""),
        slip("mask missing in gradient", "crammer", "losses > 0", "losses >= 0"),
        slip("gradient not averaged", "crammer", "g / N", "g"),
        slip("gradient sign", "crammer", "g / N", "-g / N"),
        slip("squared", "crammer", "losses = np.maximum(0, 1 + logits[rows, best] - logits[rows, labels])", "losses = np.maximum(0, 1 + logits[rows, best] - logits[rows, labels]) ** 2", "losses > 0", "losses > 0"),
        slip("least rival for the greatest", "crammer", "-np.inf", "np.inf", "argmax", "argmin"),
    ],
)

assignments = [hinge, squared, soft_margin, multi_margin, crammer]
