"""Cross-entropy over a softmax, of class indices."""

from assignment import Assignment, slip, variant
from draws import of_logits, rowwise

shifted = """
def compute(logits, labels):
    N, C = logits.shape
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    losses = -np.log(p[np.arange(N), labels])
    loss = losses.mean()
    g = p.copy()
    g[np.arange(N), labels] -= 1
    g /= N
    return loss, losses, g
"""

log_sum_exp = """
def compute(logits, labels):
    N, C = logits.shape
    m = logits.max(axis=1)
    lse = m + np.log(np.exp(logits - m[:, None]).sum(axis=1))
    losses = lse - logits[np.arange(N), labels]
    p = np.exp(logits - lse[:, None])
    Y = np.eye(C)[labels]
    return np.mean(losses), losses, (p - Y) / N
"""

loop = """
def compute(logits, labels):
    N = len(logits)
    losses, g = np.zeros(N), np.zeros_like(logits)
    for i in range(N):
        e = np.exp(logits[i])
        p = e / np.sum(e)
        losses[i] = -np.log(p[labels[i]])
        g[i] = p / N
        g[i, labels[i]] -= 1 / N
    loss = np.sum(losses) / N
    return loss, losses, g
"""

mean, nll = "losses.mean()", "losses = -np.log(p[np.arange(N), labels])"
minus_one, over_n = "g[np.arange(N), labels] -= 1", "g /= N"
probabilities = "p = e / e.sum(axis=1, keepdims=True)"
hot = "np.eye(C)[labels]"

plain = Assignment(
    "cross_entropy",
    {"loss": "cross_entropy", "parts": of_logits, "cases": rowwise(11)},
    {"shifted": shifted, "log_sum_exp": log_sum_exp, "loop": loop},
    slips=[
        slip("loss summed", "shifted", mean, "losses.sum()"),
        slip("all summed", "shifted", mean, "losses.sum()", over_n, "pass"),
        slip("loss averaged over classes too", "shifted", mean, "losses.sum() / logits.size"),
        slip("all averaged over classes too", "shifted", mean, "losses.sum() / logits.size", over_n, "g /= N * C"),
        slip("gradient not averaged", "shifted", over_n, "pass"),
        slip("gradient averaged over classes too", "shifted", over_n, "g /= g.size"),
        slip("gradient divided by n twice", "shifted", over_n, "g /= N ** 2"),
        slip("gradient divided by classes for n", "shifted", over_n, "g /= C"),
        slip("loss divided by classes for n", "shifted", mean, "losses.sum() / C"),
        slip("loss divided by n - 1", "shifted", mean, "losses.sum() / (N - 1)"),
        slip("all halved", "shifted", mean, "losses.sum() / (2 * N)", over_n, "g /= 2 * N"),
        slip("loss halved", "shifted", mean, "losses.sum() / (2 * N)"),
        slip("losses averaged already", "shifted", "return loss, losses", "return loss, losses / N"),
        slip("losses all the mean", "shifted", "return loss, losses", "return loss, np.full(N, loss)"),
        slip("loss sign", "shifted", nll, nll.replace("-np", "np")),
        slip("single loss sign", "shifted", "return loss", "return -loss"),
        slip("gradient sign", "shifted", over_n, "g /= -N"),
        slip("one added to the gradient", "shifted", minus_one, minus_one.replace("-=", "+=")),
        slip("target missing in gradient", "shifted", minus_one, "pass"),
        slip("one off everywhere", "shifted", minus_one, "g -= 1"),
        slip("one off in columns", "shifted", minus_one, "g[:, labels] -= 1"),
        slip("one off in rows", "shifted", minus_one, "g[labels % N] -= 1"),
        slip("labels from 1", "shifted", nll, nll.replace("labels", "labels - 1"), minus_one, minus_one.replace("labels", "labels - 1")),
        slip("labels from 1 in gradient", "shifted", minus_one, minus_one.replace("labels", "labels - 1")),
        slip("labels one too high", "shifted", "N, C = logits.shape", "N, C = logits.shape; labels = (labels + 1) % C"),
        slip("log2", "shifted", "np.log(", "np.log2("),
        slip("log10", "shifted", "np.log(", "np.log10("),
        slip("eps 1e-2 added", "shifted", "labels])\n", "labels] + 1e-2)\n"),
        slip("eps 1e-3 added", "loop", "p[labels[i]])", "p[labels[i]] + 1e-3)"),
        slip("eps 1e-5 added", "shifted", "labels])\n", "labels] + 1e-5)\n"),
        slip("eps 1e-7 added", "shifted", "labels])\n", "labels] + 1e-7)\n"),
        slip("log1p for log", "shifted", "-np.log(", "-np.log1p("),
        slip("softmax over rows", "shifted", "axis=1", "axis=0"),
        slip("softmax over everything", "shifted", "e.sum(axis=1, keepdims=True)", "e.sum()"),
        slip("denominator over rows", "shifted", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0)"),
        slip("shift by columns", "shifted", "logits.max(axis=1, keepdims=True)", "logits.max(axis=0)"),
        slip("softmax twice", "shifted", probabilities, f"{probabilities}; p = np.exp(p) / np.exp(p).sum(1, keepdims=True)"),
        slip("softmax twice in loss", "shifted", nll, "q = np.exp(p) / np.exp(p).sum(1, keepdims=True); losses = -np.log(q[np.arange(N), labels])"),
        slip("softmax missing", "shifted", "p = e /", "p = logits; q = e /"),
        slip("exp missing", "loop", "e = np.exp(logits[i])", "e = logits[i]"),
        slip("sigmoid for softmax", "shifted", probabilities, "p = 1 / (1 + np.exp(-logits))"),
        slip("gradient by probabilities", "shifted", "g = p.copy()", "g = np.zeros_like(p)", minus_one, "g[np.arange(N), labels] = -1 / p[np.arange(N), labels]"),
        slip("sigmoid slope in gradient", "shifted", over_n, "g = g * p * (1 - p) / N"),
        slip("target changed before the log", "shifted", nll, "p[np.arange(N), labels] -= 1; losses = -np.log(p[np.arange(N), labels])", minus_one, "pass"),
        slip("greatest for the label", "shifted", "p[np.arange(N), labels])", "p.max(axis=1))"),
        slip("one minus log", "shifted", "= -np.log", "= 1 - np.log"),
        slip("one minus p in log", "shifted", "-np.log(p[", "-np.log(1 - p["),
        slip("log missing", "shifted", nll, "losses = -p[np.arange(N), labels]"),
        slip("label's logit missing", "log_sum_exp", "losses = lse - logits[np.arange(N), labels]", "losses = lse"),
        slip("maximum not added back", "log_sum_exp", "losses = lse -", "losses = lse - m -"),
        slip("first row skipped", "loop", "range(N)", "range(1, N)"),
        slip("last row skipped", "loop", "range(N)", "range(N - 1)"),
        slip("last row's gradient alone", "shifted", over_n, "g /= N; g[:-1] = 0"),
        slip("binary cross-entropy of probabilities", "log_sum_exp", "return np.mean(losses)", "losses = -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).sum(1); return np.mean(losses)"),
        slip("binary cross-entropy of probabilities, averaged", "log_sum_exp", "return np.mean(losses)", "losses = -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).mean(1); return np.mean(losses)"),
        slip("squared error of probabilities", "log_sum_exp", "return np.mean(losses)", "losses = ((p - Y) ** 2).sum(1); return np.mean(losses)"),
        slip("minus the learning rate", "shifted", over_n, "g *= -0.1 / N"),
        slip("temperature 2 unasked", "shifted", "z = logits", "logits = logits / 2; z = logits"),
        slip("smoothing 0.1 unasked", "log_sum_exp", hot, f"0.9 * {hot} + 0.1 / C", "losses = lse - logits[np.arange(N), labels]", f"losses = lse - (logits * (0.9 * {hot} + 0.1 / C)).sum(1)"),
        slip("perplexity", "shifted", "return loss", "return np.exp(loss)"),
        slip("zero gradient", "shifted", over_n, "g[:] = 0"),
        slip("losses as a column", "shifted", "return loss, losses", "return loss, losses[:, None]"),
        slip("gradient transposed", "shifted", "losses, g", "losses, g.T"),
    ],
    variants=[
        variant("shifted", "logits.max(axis=1, keepdims=True)", "logits.max()"),
        variant("shifted", "logits - logits.max(axis=1, keepdims=True)", "logits"),
        variant("shifted", "labels])\n", "labels] + 1e-12)\n"),
        variant("shifted", "labels])\n", "labels] + 1e-10)\n"),
        variant("shifted", "np.log(p[", "np.log(np.clip(p, 1e-7, 1 - 1e-7)["),
        variant("loop", "loss = np.sum(losses) / N", "loss = np.average(losses)"),
    ],
)

assignments = [plain]
