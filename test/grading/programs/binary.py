"""Binary cross-entropy of logits, weighted, and focal losses."""

from assignment import Assignment, slip, variant
from draws import numbers, of_logits, rowwise

labels_a, labels_b = [1, 0, 1, 1, 0, 0, 1], [0, 1, 1, 0, 0, 1, 0, 1, 0]


def elementwise(seed, **more):
    return [
        {"id": "a", "logits": numbers(seed, (7,)), "labels": labels_a, **more},
        {"id": "b", "logits": numbers(seed + 1, (9,)), "labels": labels_b, **more},
    ]


sigmoid_source = """
def compute(logits, labels):
    N = logits.size
    p = 1 / (1 + np.exp(-logits))
    losses = -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
    loss = losses.mean()
    g = (p - labels) / N
    return loss, losses, g
"""

stable_source = """
def compute(logits, labels):
    losses = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    e = np.exp(-np.abs(logits))
    p = np.where(logits >= 0, 1 / (1 + e), e / (1 + e))
    return np.sum(losses) / len(logits), losses, (p - labels) / len(logits)
"""

both = "labels * np.log(p) + (1 - labels) * np.log(1 - p)"

plain = Assignment(
    "binary_cross_entropy",
    {"loss": "binary_cross_entropy", "parts": of_logits, "cases": elementwise(51)},
    {"sigmoid": sigmoid_source, "stable": stable_source},
    slips=[
        slip("sigmoid's minus missing", "sigmoid", "np.exp(-logits)", "np.exp(logits)"),
        slip("labels exchanged", "sigmoid", both, "(1 - labels) * np.log(p) + labels * np.log(1 - p)", "(p - labels)", "(p - 1 + labels)"),
        slip("labels exchanged in loss", "sigmoid", both, "(1 - labels) * np.log(p) + labels * np.log(1 - p)"),
        slip("positive term alone", "sigmoid", both, "labels * np.log(p)"),
        slip("negative term alone", "sigmoid", both, "(1 - labels) * np.log(1 - p)"),
        slip("plus between for minus", "sigmoid", f"-({both})", "-labels * np.log(p) + (1 - labels) * np.log(1 - p)"),
        slip("loss sign", "sigmoid", f"-({both})", f"({both})"),
        slip("single loss sign", "sigmoid", "return loss", "return -loss"),
        slip("gradient sign", "sigmoid", "(p - labels)", "(labels - p)"),
        slip("loss summed", "sigmoid", "losses.mean()", "losses.sum()"),
        slip("all summed", "sigmoid", "losses.mean()", "losses.sum()", "/ N", ""),
        slip("gradient not averaged", "sigmoid", "/ N", ""),
        slip("gradient divided by n twice", "sigmoid", "/ N", "/ N ** 2"),
        slip("all halved", "sigmoid", "losses.mean()", "losses.mean() / 2", "/ N", "/ (2 * N)"),
        slip("sigmoid slope in gradient", "sigmoid", "(p - labels) / N", "(p - labels) * p * (1 - p) / N"),
        slip("gradient by probabilities", "sigmoid", "(p - labels) / N", "(p - labels) / (p * (1 - p)) / N"),
        slip("slope of the logits in gradient", "sigmoid", "(p - labels) / N", "(p - labels) * logits * (1 - logits) / N"),
        slip("sigmoid twice", "sigmoid", "    losses", "    p = 1 / (1 + np.exp(-p))\n    losses"),
        slip("sigmoid twice in loss", "sigmoid", "    losses", "    q = 1 / (1 + np.exp(-p))\n    losses", both, both.replace("p)", "q)")),
        slip("sigmoid missing in gradient", "sigmoid", "(p - labels)", "(logits - labels)"),
        slip("sigmoid missing", "sigmoid", "p = 1 / (1 + np.exp(-logits))", "p = logits"),
        slip("tanh for sigmoid", "sigmoid", "1 / (1 + np.exp(-logits))", "(np.tanh(logits) + 1) / 2"),
        slip("log2", "sigmoid", "np.log(", "np.log2("),
        slip("log10", "sigmoid", "np.log(", "np.log10("),
        slip("eps 1e-2 added", "sigmoid", "np.log(p)", "np.log(p + 1e-2)", "np.log(1 - p)", "np.log(1 - p + 1e-2)"),
        slip("eps 1e-5 added", "sigmoid", "np.log(p)", "np.log(p + 1e-5)", "np.log(1 - p)", "np.log(1 - p + 1e-5)"),
        slip("eps 1e-7 added", "sigmoid", "np.log(p)", "np.log(p + 1e-7)", "np.log(1 - p)", "np.log(1 - p + 1e-7)"),
        slip("clipped at 0.3", "sigmoid", "    losses", "    p = np.clip(p, 0.3, 0.7)\n    losses"),
        slip("clipped at 0.3 in loss", "sigmoid", "np.log(p)", "np.log(np.maximum(p, 0.3))", "np.log(1 - p)", "np.log(np.maximum(1 - p, 0.3))"),
        slip("signed labels", "sigmoid", "    N =", "    labels = 2 * labels - 1\n    N ="),
        slip("hinge's sign in the stable form", "stable", "np.maximum(logits, 0) - logits * labels", "np.maximum(logits, 0) + logits * labels"),
        slip("absolute value missing", "stable", "np.log1p(np.exp(-np.abs(logits)))", "np.log1p(np.exp(logits))"),
        slip("maximum missing", "stable", "np.maximum(logits, 0) - logits", "logits - logits"),
        slip("absolute value missing in sigmoid", "stable", "e = np.exp(-np.abs(logits))", "e = np.exp(-logits)"),
        slip("hard predictions in gradient", "sigmoid", "(p - labels)", "((p > 0.5) - labels)"),
        slip("squared error of probabilities", "sigmoid", f"-({both})", "(p - labels) ** 2"),
        slip("labels times prediction for outer product", "sigmoid", "losses.mean()", "-np.mean(labels[:, None] * np.log(p) + (1 - labels[:, None]) * np.log(1 - p))"),
        slip("last row skipped", "sigmoid", "losses.mean()", "losses[:-1].sum() / N"),
        slip("pos_weight 2 unasked", "sigmoid", "labels * np.log(p) +", "2 * labels * np.log(p) +", "(p - labels)", "(p - labels) * (1 + labels)"),
        slip("minus the learning rate", "sigmoid", "/ N", "/ N * -0.01"),
        slip("losses all the mean", "sigmoid", "return loss, losses", "return loss, np.full(N, loss)"),
        slip("losses as a column", "sigmoid", "return loss, losses", "return loss, losses.reshape(-1, 1)"),
        slip("one minus log", "sigmoid", "np.log(1 - p)", "(1 - np.log(p))"),
    ],
    variants=[
        variant("sigmoid", "np.log(p)", "np.log(p + 1e-15)"),
        variant("sigmoid", "    losses", "    p = np.clip(p, 1e-12, 1 - 1e-12)\n    losses"),
        variant("sigmoid", "1 / (1 + np.exp(-logits))", "0.5 * (1 + np.tanh(logits / 2))"),
    ],
)

weighted_source = """
def compute(logits, labels, pos_weight):
    N = len(logits)
    p = 1 / (1 + np.exp(-logits))
    losses = -(pos_weight * labels * np.log(p) + (1 - labels) * np.log(1 - p))
    g = ((1 - labels) * p - pos_weight * labels * (1 - p)) / N
    return losses.mean(), losses, g
"""

weighted = Assignment(
    "binary_cross_entropy weighted",
    {"loss": "binary_cross_entropy", "pos_weight": 3, "parts": of_logits, "cases": elementwise(61)},
    {"weighted": weighted_source},
    slips=[
        slip("pos_weight forgotten", "weighted", "pos_weight * labels", "labels"),
        slip("pos_weight forgotten in gradient", "weighted", "- pos_weight * labels", "- labels"),
        slip("pos_weight forgotten in loss", "weighted", "-(pos_weight * labels", "-(labels"),
        slip("pos_weight on the negatives", "weighted", "pos_weight * labels * np.log(p) + ", "labels * np.log(p) + pos_weight * ", "(1 - labels) * p - pos_weight * labels", "pos_weight * (1 - labels) * p - labels"),
        slip("pos_weight on both terms", "weighted", "+ (1 - labels)", "+ pos_weight * (1 - labels)", "((1 - labels) * p", "(pos_weight * (1 - labels) * p"),
        slip("pos_weight on both terms of the gradient", "weighted", "((1 - labels) * p - pos_weight * labels * (1 - p))", "pos_weight * (p - labels)"),
        slip("mean over weights", "weighted", "losses.mean()", "losses.sum() / (1 + 2 * labels).sum()", "/ N", "/ (1 + 2 * labels).sum()"),
        slip("gradient sign", "weighted", "((1 - labels) * p - pos_weight * labels * (1 - p))", "(pos_weight * labels * (1 - p) - (1 - labels) * p)"),
        slip("gradient not averaged", "weighted", "/ N", ""),
        slip("pos_weight inverted", "weighted", "pos_weight * labels", "labels / pos_weight"),
    ],
)

focal_source = """
def compute(logits, labels, gamma, alpha):
    N = logits.size
    p = 1 / (1 + np.exp(-logits))
    pt = np.where(labels == 1, p, 1 - p)
    at = np.where(labels == 1, alpha, 1 - alpha)
    losses = -at * (1 - pt) ** gamma * np.log(pt)
    sign = np.where(labels == 1, 1, -1)
    g = sign * at * (1 - pt) ** gamma * (gamma * pt * np.log(pt) - (1 - pt)) / N
    return losses.mean(), losses, g
"""

focal = Assignment(
    "focal",
    {"loss": "focal", "gamma": 2.5, "alpha": 0.3, "parts": of_logits, "cases": elementwise(71)},
    {"focal": focal_source},
    slips=[
        slip("gamma ignored", "focal", "* (1 - pt) ** gamma *", "*", "gamma * pt * np.log(pt) - (1 - pt)", "-(1 - pt)"),
        slip("gamma and alpha ignored", "focal", "* (1 - pt) ** gamma *", "*", "gamma * pt * np.log(pt) - (1 - pt)", "-(1 - pt)", "at * ", "1 * "),
        slip("alpha ignored", "focal", "np.where(labels == 1, alpha, 1 - alpha)", "1"),
        slip("alpha exchanged", "focal", "labels == 1, alpha, 1 - alpha", "labels == 1, 1 - alpha, alpha"),
        slip("alpha on both", "focal", "np.where(labels == 1, alpha, 1 - alpha)", "alpha"),
        slip("focal power of pt", "focal", "losses = -at * (1 - pt) ** gamma", "losses = -at * pt ** gamma"),
        slip("gamma one less", "focal", "(1 - pt) ** gamma", "(1 - pt) ** (gamma - 1)"),
        slip("gamma 2 always", "focal", "compute(logits, labels, gamma, alpha):", "compute(logits, labels, gamma, alpha):\n    gamma = 2"),
        slip("modulation not differentiated", "focal", "(gamma * pt * np.log(pt) - (1 - pt))", "-(1 - pt)"),
        slip("plain gradient", "focal", "sign * at * (1 - pt) ** gamma * (gamma * pt * np.log(pt) - (1 - pt)) / N", "(p - labels) / N"),
        slip("plain gradient with alpha", "focal", "sign * at * (1 - pt) ** gamma * (gamma * pt * np.log(pt) - (1 - pt)) / N", "at * (p - labels) / N"),
        slip("sign of the labels missing in gradient", "focal", "g = sign *", "g ="),
        slip("gradient sign", "focal", "g = sign *", "g = -sign *"),
        slip("gradient by probabilities", "focal", "(gamma * pt * np.log(pt) - (1 - pt))", "(gamma * np.log(pt) / (1 - pt) - 1 / pt)"),
        slip("divided by the positives", "focal", "losses.mean()", "losses.sum() / (labels == 1).sum()", "/ N", "/ (labels == 1).sum()"),
        slip("divided by the sum of alpha", "focal", "losses.mean()", "losses.sum() / at.sum()", "/ N", "/ at.sum()"),
        slip("gradient not averaged", "focal", "/ N", ""),
        slip("loss summed", "focal", "losses.mean()", "losses.sum()"),
    ],
)

softmax_focal_source = """
def compute(logits, labels, gamma):
    N, C = logits.shape
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    Y = np.eye(C)[labels]
    pt = p[np.arange(N), labels]
    losses = -((1 - pt) ** gamma) * np.log(pt)
    slope = (1 - pt) ** gamma / pt - gamma * (1 - pt) ** (gamma - 1) * np.log(pt)
    g = (slope * pt)[:, None] * (p - Y) / N
    return losses.mean(), losses, g
"""

softmax_focal = Assignment(
    "softmax_focal",
    {"loss": "softmax_focal", "gamma": 1.5, "parts": of_logits, "cases": rowwise(81)},
    {"focal": softmax_focal_source},
    slips=[
        slip("gamma ignored", "focal", "compute(logits, labels, gamma):", "compute(logits, labels, gamma):\n    gamma = 0"),
        slip("plain gradient", "focal", "(slope * pt)[:, None] * ", ""),
        slip("modulation not differentiated", "focal", " - gamma * (1 - pt) ** (gamma - 1) * np.log(pt)", ""),
        slip("focal power of pt", "focal", "losses = -((1 - pt) ** gamma)", "losses = -(pt ** gamma)"),
        slip("gamma one less", "focal", "losses = -((1 - pt) ** gamma)", "losses = -((1 - pt) ** (gamma - 1))"),
        slip("gamma 2 always", "focal", "compute(logits, labels, gamma):", "compute(logits, labels, gamma):\n    gamma = 2"),
        slip("gradient not averaged", "focal", "/ N", ""),
        slip("gradient sign", "focal", "(p - Y)", "(Y - p)"),
        slip("loss sign", "focal", "losses = -(", "losses = ("),
        slip("gradient by probabilities", "focal", "(slope * pt)[:, None] * (p - Y)", "-slope[:, None] * Y"),
    ],
)

assignments = [plain, weighted, focal, softmax_focal]
