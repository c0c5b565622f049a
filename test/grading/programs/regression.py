"""Regression losses: squared, of a sigmoid, robust, and counts."""

from assignment import Assignment, slip, variant
from draws import numbers, of_logits
from binary import elementwise


def real(seed, scale=1.5):
    return [
        {"id": "a", "logits": numbers(seed, (7,), scale), "labels": numbers(seed + 1, (7,), scale)},
        {"id": "b", "logits": numbers(seed + 2, (9,), scale), "labels": numbers(seed + 3, (9,), scale)},
    ]


mse_source = """
def compute(logits, labels):
    N = len(logits)
    d = logits - labels
    losses = d ** 2
    loss = np.mean(losses)
    g = 2 * d / N
    return loss, losses, g
"""

mse = Assignment(
    "mse",
    {"loss": "mse", "parts": of_logits, "cases": real(101)},
    {"mse": mse_source},
    slips=[
        slip("all halved", "mse", "d ** 2", "d ** 2 / 2", "2 * d", "d"),
        slip("two missing in gradient", "mse", "2 * d", "d"),
        slip("loss halved", "mse", "np.mean(losses)", "np.sum(losses) / (2 * N)"),
        slip("gradient not averaged", "mse", "/ N", ""),
        slip("two and n missing in gradient", "mse", "2 * d / N", "d"),
        slip("gradient sign", "mse", "2 * d", "-2 * d"),
        slip("loss summed", "mse", "np.mean(losses)", "np.sum(losses)"),
        slip("all summed", "mse", "np.mean(losses)", "np.sum(losses)", "/ N", ""),
        slip("root of the loss", "mse", "np.mean(losses)", "np.sqrt(np.mean(losses))"),
        slip("root with its gradient", "mse", "np.mean(losses)", "np.sqrt(np.mean(losses))", "2 * d / N", "d / N / loss"),
        slip("root of the sum", "mse", "np.mean(losses)", "np.linalg.norm(d)"),
        slip("absolute for squared", "mse", "d ** 2", "np.abs(d)"),
        slip("absolute with its gradient", "mse", "d ** 2", "np.abs(d)", "2 * d", "np.sign(d)"),
        slip("mean before the square", "mse", "np.mean(losses)", "np.mean(d) ** 2"),
        slip("square missing", "mse", "d ** 2", "d"),
        slip("plus for minus", "mse", "logits - labels", "logits + labels"),
        slip("squares subtracted", "mse", "d ** 2", "logits ** 2 - labels ** 2"),
        slip("broadcast n by n", "mse", "np.mean(losses)", "np.mean((logits[:, None] - labels) ** 2)"),
        slip("gradient times input", "mse", "2 * d / N", "2 * d * logits / N"),
        slip("gradient the mean everywhere", "mse", "2 * d / N", "np.full(N, 2 * d.mean() / N)"),
        slip("loss divided by n - 1", "mse", "np.mean(losses)", "np.sum(losses) / (N - 1)"),
        slip("divided by n - 1", "mse", "np.mean(losses)", "np.sum(losses) / (N - 1)", "/ N", "/ (N - 1)"),
        slip("gradient divided by n twice", "mse", "/ N", "/ N ** 2"),
        slip("losses averaged already", "mse", "return loss, losses", "return loss, losses / N"),
        slip("losses all the mean", "mse", "return loss, losses", "return loss, loss + 0 * losses"),
        slip("relative error", "mse", "d ** 2", "(d / labels) ** 2"),
        slip("cubed", "mse", "d ** 2", "d ** 3"),
    ],
    variants=[
        variant("mse", "d ** 2", "np.square(logits) - 2 * logits * labels + np.square(labels)"),
        variant("mse", "2 * d / N", "np.array([2 * (a - b) for a, b in zip(logits, labels)]) / N"),
    ],
)

sigmoid_source = """
def compute(logits, labels):
    N = len(logits)
    a = 1 / (1 + np.exp(-logits))
    d = a - labels
    losses = d ** 2
    g = 2 * d * a * (1 - a) / N
    return losses.mean(), losses, g
"""

mse_sigmoid = Assignment(
    "mse_sigmoid",
    {"loss": "mse_sigmoid", "parts": of_logits, "cases": elementwise(111)},
    {"sigmoid": sigmoid_source},
    slips=[
        slip("sigmoid slope missing", "sigmoid", " * a * (1 - a)", ""),
        slip("slope of the logits in gradient", "sigmoid", "a * (1 - a)", "logits * (1 - logits)"),
        slip("slope of a sigmoid of a sigmoid", "sigmoid", "    g =", "    s = 1 / (1 + np.exp(-a))\n    g =", "a * (1 - a)", "s * (1 - s)"),
        slip("slope one minus a", "sigmoid", "a * (1 - a)", "(1 - a)"),
        slip("two missing in gradient", "sigmoid", "2 * d", "d"),
        slip("all halved", "sigmoid", "d ** 2", "d ** 2 / 2", "2 * d", "d"),
        slip("two and n missing in gradient with a sign", "sigmoid", "2 * d * a * (1 - a) / N", "(labels - a) * a * (1 - a)"),
        slip("two and n missing in gradient", "sigmoid", "2 * d * a * (1 - a) / N", "d * a * (1 - a)"),
        slip("gradient not averaged", "sigmoid", "/ N", ""),
        slip("gradient sign", "sigmoid", "g = 2", "g = -2"),
        slip("sigmoid's minus missing", "sigmoid", "np.exp(-logits)", "np.exp(logits)"),
        slip("sigmoid missing", "sigmoid", "a = 1 / (1 + np.exp(-logits))", "a = logits"),
        slip("cross-entropy's loss", "sigmoid", "losses = d ** 2", "losses = -(labels * np.log(a) + (1 - labels) * np.log(1 - a))"),
        slip("loss summed", "sigmoid", "losses.mean()", "losses.sum()"),
        slip("slope of tanh", "sigmoid", "a * (1 - a)", "(1 - a ** 2)"),
    ],
)

huber_source = """
def compute(logits, labels, delta):
    N = len(logits)
    d = logits - labels
    small = np.abs(d) <= delta
    losses = np.where(small, 0.5 * d ** 2, delta * (np.abs(d) - 0.5 * delta))
    g = np.where(small, d, delta * np.sign(d)) / N
    return losses.mean(), losses, g
"""

huber = Assignment(
    "huber",
    {"loss": "huber", "delta": 1.5, "parts": of_logits, "cases": real(121, 1.8)},
    {"huber": huber_source},
    slips=[
        slip("half missing", "huber", "0.5 * d ** 2", "d ** 2"),
        slip("half missing with its gradient", "huber", "0.5 * d ** 2", "d ** 2", "small, d,", "small, 2 * d,"),
        slip("half delta missing", "huber", "np.abs(d) - 0.5 * delta", "np.abs(d)"),
        slip("delta missing outside", "huber", "delta * (np.abs(d)", "(np.abs(d)", "delta * np.sign(d)", "np.sign(d)"),
        slip("delta missing in gradient", "huber", "delta * np.sign(d)", "np.sign(d)"),
        slip("sign missing in gradient", "huber", "delta * np.sign(d)", "delta"),
        slip("delta 1 always", "huber", "compute(logits, labels, delta):", "compute(logits, labels, delta):\n    delta = 1.0"),
        slip("absolute value missing in the test", "huber", "np.abs(d) <= delta", "d <= delta"),
        slip("branches exchanged", "huber", "np.abs(d) <= delta", "np.abs(d) > delta"),
        slip("never clipped", "huber", "np.abs(d) <= delta", "d == d"),
        slip("gradient not averaged", "huber", "/ N", ""),
        slip("gradient sign", "huber", "d = logits - labels", "d = labels - logits"),
        slip("delta squared missing half", "huber", "delta * (np.abs(d) - 0.5 * delta)", "delta * np.abs(d) - delta ** 2"),
    ],
    variants=[variant("huber", "np.abs(d) <= delta", "np.abs(d) < delta")],
)

poisson_source = """
def compute(logits, labels):
    N = len(logits)
    rate = np.exp(logits)
    losses = rate - labels * logits
    return np.mean(losses), losses, (rate - labels) / N
"""

poisson = Assignment(
    "poisson_nll",
    {
        "loss": "poisson_nll",
        "parts": of_logits,
        "cases": [
            {"id": "a", "logits": numbers(131, (7,), 0.8), "labels": [0, 3, 1, 2, 5, 1, 0]},
            {"id": "b", "logits": numbers(132, (9,), 0.8), "labels": [2, 0, 4, 1, 1, 0, 3, 6, 2]},
        ],
    },
    {"poisson": poisson_source},
    slips=[
        slip("exp missing", "poisson", "np.exp(logits)", "logits"),
        slip("log of the logits", "poisson", "rate - labels * logits", "logits - labels * np.log(np.abs(logits))"),
        slip("rate times the label", "poisson", "labels * logits", "labels * rate"),
        slip("gradient sign", "poisson", "(rate - labels)", "(labels - rate)"),
        slip("exp missing in gradient", "poisson", "(rate - labels)", "(logits - labels)"),
        slip("gradient by the rate", "poisson", "(rate - labels) / N", "(1 - labels / rate) / N"),
        slip("gradient not averaged", "poisson", "/ N", ""),
        slip("loss sign", "poisson", "losses = rate - labels * logits", "losses = labels * logits - rate"),
        slip("loss summed", "poisson", "np.mean(losses)", "np.sum(losses)"),
        slip("rate missing in loss", "poisson", "losses = rate - labels * logits", "losses = -labels * logits"),
    ],
)

assignments = [mse, mse_sigmoid, huber, poisson]
