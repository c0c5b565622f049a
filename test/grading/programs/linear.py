"""Linear models with a regularisation: softmax, logistic and linear regression, and a support vector machine."""

from assignment import Assignment, slip, variant
from draws import classes, linear, numbers, of_model, parts


def task(loss, cases, asked=of_model):
    return {"loss": loss, "parts": asked, "cases": cases}


tail = """
    dW = inputs.T @ dz
    dW += 2 * l2 * weights
    db = dz.sum(axis=0)
    return loss, dW, db
"""

softmax_source = (
    """
def compute(inputs, weights, bias, labels, l2):
    N = inputs.shape[0]
    C = weights.shape[1]
    z = inputs @ weights + bias
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), labels]).mean()
    loss += l2 * np.sum(weights ** 2)
    dz = p.copy()
    dz[np.arange(N), labels] -= 1
    dz /= N
"""
    + tail.lstrip("\n")
)

penalty, slope = "l2 * np.sum(weights ** 2)", "2 * l2 * weights"


def regularisation(form):
    return [
        slip("penalty halved", form, penalty, "0.5 * l2 * np.sum(weights ** 2)", slope, "l2 * weights"),
        slip("penalty halved in loss", form, penalty, "0.5 * l2 * np.sum(weights ** 2)"),
        slip("penalty halved in gradient", form, slope, "l2 * weights"),
        slip("penalty forgotten", form, penalty, "0", slope, "0"),
        slip("penalty forgotten in loss", form, penalty, "0"),
        slip("penalty forgotten in gradient", form, slope, "0"),
        slip("penalty over 2n", form, penalty, "l2 / (2 * N) * np.sum(weights ** 2)", slope, "l2 / N * weights"),
        slip("penalty over n", form, penalty, "l2 / N * np.sum(weights ** 2)", slope, "2 * l2 / N * weights"),
        slip("penalty over n in gradient", form, slope, "2 * l2 / N * weights"),
        slip("penalty over 2n in loss", form, penalty, "l2 / (2 * N) * np.sum(weights ** 2)"),
        slip("penalty halved in loss, forgotten in gradient", form, penalty, "0.5 * l2 * np.sum(weights ** 2)", slope, "0"),
        slip("penalty absolute", form, penalty, "l2 * np.sum(np.abs(weights))", slope, "l2 * np.sign(weights)"),
        slip("penalty a norm", form, penalty, "l2 * np.sqrt(np.sum(weights ** 2))"),
        slip("penalty a mean", form, penalty, "l2 * np.mean(weights ** 2)"),
        slip("penalty taken off", form, "loss += l2", "loss -= l2", "dW += 2", "dW -= 2"),
        slip("penalty taken off in gradient", form, "dW += 2", "dW -= 2"),
        slip("penalty for the gradient", form, "dW += 2", "dW = 2"),
        slip("penalty of the bias too", form, penalty, "l2 * (np.sum(weights ** 2) + np.sum(bias ** 2))", "dz.sum(axis=0)", "dz.sum(axis=0) + 2 * l2 * bias"),
        slip("penalty of the bias too in loss", form, penalty, "l2 * (np.sum(weights ** 2) + np.sum(bias ** 2))"),
        slip("penalty squared in gradient", form, slope, "2 * l2 * weights ** 2"),
        slip("penalty twice in gradient", form, slope, "4 * l2 * weights"),
        slip("bias gradient averaged", form, "dz.sum(axis=0)", "dz.mean(axis=0)"),
        slip("bias gradient a single sum", form, "dz.sum(axis=0)", "np.full(bias.shape, dz.sum())"),
        slip("bias gradient of the first row", form, "dz.sum(axis=0)", "dz[0]"),
        slip("bias forgotten", form, "@ weights + bias", "@ weights"),
        slip("bias gradient sign", form, "db = dz", "db = -dz"),
        slip("weights' gradient not averaged", form, "inputs.T @ dz", "N * inputs.T @ dz"),
        slip("weights' gradient sign", form, "inputs.T @ dz", "-inputs.T @ dz"),
        slip("weights' gradient divided by n twice", form, "inputs.T @ dz", "inputs.T @ dz / N"),
        slip("weights' gradient transposed", form, "return loss, dW", "return loss, dW.T"),
        slip("bias gradient not averaged", form, "dz.sum(axis=0)", "N * dz.sum(axis=0)"),
        slip("inputs summed", form, "inputs.T @ dz", "inputs.sum(0)[:, None] * dz.sum(0)"),
    ]


softmax = Assignment(
    "softmax regression",
    task("cross_entropy", linear(401, (4, 3), classes, l2=0.1)),
    {"softmax": softmax_source},
    [
        *regularisation("softmax"),
        slip("gradient not averaged", "softmax", "    dz /= N\n", ""),
        slip("loss summed", "softmax", ".mean()", ".sum()"),
        slip("target missing in gradient", "softmax", "    dz[np.arange(N), labels] -= 1\n", ""),
        slip("labels from 1", "softmax", "    z =", "    labels = labels - 1\n    z ="),
        slip("softmax over rows", "softmax", "axis=1, keepdims=True", "axis=0, keepdims=True"),
        slip("bias gradient over classes", "softmax", "dz.sum(axis=0)", "dz.sum(axis=1)"),
        slip("log2", "softmax", "np.log(", "np.log2("),
        slip("loss averaged over classes too", "softmax", ".mean()", ".sum() / (N * C)"),
        slip("all averaged over classes too", "softmax", ".mean()", ".sum() / (N * C)", "dz /= N", "dz /= N * C"),
    ],
    [variant("softmax", "dz.sum(axis=0)", "np.ones(N) @ dz"), variant("softmax", "inputs.T @ dz", "sum(np.outer(x, g) for x, g in zip(inputs, dz))")],
)


def of_one_column(form):
    """A model of one output has no transpose of its own, and one bias."""
    slips = regularisation(form)
    return [one for one in slips if one.name not in ("weights' gradient transposed", "bias gradient a single sum")]


def column(labels):
    return lambda seed, rows, _width: [labels[i % len(labels)] for i in range(seed % 3, seed % 3 + rows)]


logistic_source = (
    """
def compute(inputs, weights, bias, labels, l2):
    N = len(inputs)
    z = inputs @ weights + bias
    p = 1 / (1 + np.exp(-z))
    y = labels.reshape(-1, 1)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    loss += l2 * np.sum(weights ** 2)
    dz = (p - y) / N
"""
    + tail.lstrip("\n")
)

logistic = Assignment(
    "logistic regression",
    task("binary_cross_entropy", linear(421, (1, 1), column([1, 0, 0, 1, 1, 0, 1]), l2=0.2)),
    {"logistic": logistic_source},
    [
        *of_one_column("logistic"),
        slip("gradient not averaged", "logistic", "(p - y) / N", "(p - y)"),
        slip("gradient sign", "logistic", "(p - y)", "(y - p)"),
        slip("sigmoid slope in gradient", "logistic", "(p - y) / N", "(p - y) * p * (1 - p) / N"),
        slip("broadcast n by n", "logistic", "loss = -np.mean(y *", "y = labels; loss = -np.mean(y *", "(p - y) / N", "(p - labels.reshape(-1, 1)) / N"),
        slip("loss halved", "logistic", "loss = -np.mean", "loss = -0.5 * np.mean"),
        slip("plus between for minus", "logistic", "-np.mean(y * np.log(p) + (1 - y)", "np.mean(-y * np.log(p) + (1 - y)"),
        slip("sigmoid's minus missing", "logistic", "np.exp(-z)", "np.exp(z)"),
    ],
)

regression_source = logistic_source.replace("    p = 1 / (1 + np.exp(-z))\n", "").replace(
    "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))", "np.mean((z - y) ** 2)"
).replace("(p - y) / N", "2 * (z - y) / N")

regression = Assignment(
    "linear regression",
    task("mse", linear(441, (1, 1), lambda seed, rows, _width: numbers(seed, (rows,), 1), l2=0.15)),
    {"regression": regression_source},
    [
        *of_one_column("regression"),
        slip("all halved", "regression", "np.mean((z - y) ** 2)", "np.mean((z - y) ** 2) / 2", "2 * (z - y) / N", "(z - y) / N"),
        slip("two missing in gradient", "regression", "2 * (z - y)", "(z - y)"),
        slip("gradient not averaged", "regression", "(z - y) / N", "(z - y)"),
        slip("gradient sign", "regression", "2 * (z - y)", "-2 * (z - y)"),
        slip("broadcast n by n", "regression", "np.mean((z - y) ** 2)", "np.mean((z - labels) ** 2)"),
        slip("root of the loss", "regression", "np.mean((z - y) ** 2)", "np.sqrt(np.mean((z - y) ** 2))"),
        slip("loss summed", "regression", "np.mean((z - y) ** 2)", "np.sum((z - y) ** 2)"),
    ],
)

machine_source = (
    """
def compute(inputs, weights, labels, l2):
    N = inputs.shape[0]
    C = weights.shape[1]
    z = inputs @ weights
    m = np.maximum(0, z - z[np.arange(N), labels][:, None] + 1)
    m[np.arange(N), labels] = 0
    loss = np.sum(m) / N / C
    loss += l2 * np.sum(weights ** 2)
    dz = (m > 0).astype(float)
    dz[np.arange(N), labels] = -dz.sum(axis=1)
    dz /= N * C
"""
    + tail.lstrip("\n")
).replace("    db = dz.sum(axis=0)\n    return loss, dW, db", "    return loss, dW")

machine = Assignment(
    "support vector machine",
    task(
        "multi_margin",
        [{k: v for k, v in one.items() if k != "bias"} for one in linear(461, (4, 3), classes, l2=0.1)],
        parts("loss", "gradients_weights"),
    ),
    {"machine": machine_source},
    [
        *(one for one in regularisation("machine") if "bias" not in one.name),
        slip("c missing", "machine", "/ N / C", "/ N", "N * C", "N"),
        slip("c missing in loss", "machine", "/ N / C", "/ N"),
        slip("c missing, penalty halved", "machine", "/ N / C", "/ N", "N * C", "N", penalty, "0.5 * l2 * np.sum(weights ** 2)", slope, "l2 * weights"),
        slip("margin 0", "machine", "+ 1)", "+ 0)"),
        slip("label's class not left out", "machine", "    m[np.arange(N), labels] = 0\n    loss", "    loss"),
        slip("label's gradient always -1", "machine", "= -dz.sum(axis=1)", "= -1"),
        slip("label's gradient missing", "machine", "    dz[np.arange(N), labels] = -dz.sum(axis=1)\n", "    dz[np.arange(N), labels] = 0\n"),
        slip("gradient not averaged", "machine", "dz /= N * C", "dz /= C"),
    ],
)

assignments = [softmax, logistic, regression, machine]
