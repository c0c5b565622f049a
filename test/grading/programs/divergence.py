"""Divergences between a teacher's distribution and a student's."""

from assignment import Assignment, slip, variant
from draws import numbers, of_logits
from softmax_targets import distributions

kl_source = """
def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def compute(logits, label_logits, temperature, scale_by_temperature_squared):
    N = len(logits)
    T = temperature
    P = softmax(label_logits / T)
    p = softmax(logits / T)
    losses = T ** 2 * np.sum(P * (np.log(P) - np.log(p)), axis=1)
    g = T * (p - P) / N
    return losses.mean(), losses, g
"""


def teachers(seed, sizes=((6, 4), (8, 3))):
    return [
        {"id": "ab"[k], "logits": numbers(seed + k, size, 2), "label_logits": numbers(seed + 5 + k, size, 2)}
        for k, size in enumerate(sizes)
    ]


distillation_options = {"loss": "kl_divergence", "temperature": 2.5, "scale_by_temperature_squared": True, "parts": of_logits}

distillation_slips = [
    slip("t squared missing", "kl", "T ** 2 * ", "", "T * (p", "1 / T * (p"),
    slip("t squared missing in loss", "kl", "T ** 2 * ", ""),
    slip("t squared missing in gradient", "kl", "T * (p", "1 / T * (p"),
    slip("factor t missing in gradient", "kl", "g = T * (p", "g = (p"),
    slip("t squared in gradient", "kl", "g = T * (p", "g = T ** 2 * (p"),
    slip("t for t squared in loss", "kl", "T ** 2", "T"),
    slip("teacher's temperature missing", "kl", "softmax(label_logits / T)", "softmax(label_logits)"),
    slip("student's temperature missing", "kl", "softmax(logits / T)", "softmax(logits)"),
    slip("both temperatures missing", "kl", "/ T)", ")"),
    slip("temperature ignored", "kl", "T = temperature", "T = 1"),
    slip("temperature multiplied", "kl", "/ T)", "* T)"),
    slip("reversed", "kl", "P * (np.log(P) - np.log(p))", "p * (np.log(p) - np.log(P))"),
    slip("reversed weight alone", "kl", "P * (np.log(P)", "p * (np.log(P)"),
    slip("cross-entropy for divergence", "kl", "P * (np.log(P) - np.log(p))", "-P * np.log(p)"),
    slip("loss sign", "kl", "P * (np.log(P) - np.log(p))", "P * (np.log(p) - np.log(P))"),
    slip("gradient sign", "kl", "(p - P)", "(P - p)"),
    slip("losses averaged over classes", "kl", "np.sum(P *", "np.mean(P *"),
    slip("loss averaged over classes too", "kl", "return losses.mean()", "return losses.sum() / logits.size"),
    slip("gradient not averaged", "kl", " / N", ""),
    slip("softmax over rows", "kl", "axis=1, keepdims=True", "axis=0, keepdims=True"),
    slip("hard labels for soft", "kl", "P = softmax(label_logits / T)", "P = np.eye(logits.shape[1])[label_logits.argmax(1)] * (1 - 1e-300) + 1e-300"),
    slip("log2", "kl", "np.log(", "np.log2("),
    slip("softmax twice", "kl", "p = softmax(logits / T)", "p = softmax(softmax(logits / T))"),
    slip("all halved", "kl", "T ** 2 * ", "T ** 2 / 2 * ", "g = T", "g = T / 2"),
    slip("gradient with the loss's factor p", "kl", "T * (p - P)", "T * p * (p - P)"),
]

distillation = Assignment(
    "kl_divergence distillation", {**distillation_options, "cases": teachers(301)}, {"kl": kl_source}, distillation_slips
)

one_case = Assignment(
    "kl_divergence one case, n = t",
    {**distillation_options, "temperature": 4, "cases": teachers(351, ((4, 3),))},
    {"kl": kl_source},
    [
        slip("factor t missing in gradient", "kl", "g = T * (p", "g = (p"),
        slip("gradient not averaged", "kl", " / N", ""),
        slip("gradient divided by n twice", "kl", " / N", " / N ** 2"),
        slip("loss summed", "kl", "losses.mean()", "losses.sum()"),
        slip("t for t squared in loss", "kl", "T ** 2", "T"),
    ],
)

labels_source = """
def compute(logits, labels):
    N, C = logits.shape
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    losses = np.sum(p * np.log(p / labels), axis=1)
    g = p * (np.log(p / labels) - losses[:, None]) / N
    return losses.mean(), losses, g
"""


def targets(seed):
    return [
        {"id": "a", "logits": numbers(seed, (6, 4)), "labels": distributions(seed + 2, 6, 4)},
        {"id": "b", "logits": numbers(seed + 1, (8, 3)), "labels": distributions(seed + 3, 8, 3)},
    ]


reverse = Assignment(
    "reverse_kl",
    {"loss": "reverse_kl", "parts": of_logits, "cases": targets(311)},
    {"reverse": labels_source},
    slips=[
        slip("reversed", "reverse", "p * np.log(p / labels), axis", "labels * np.log(labels / p), axis"),
        slip("reversed with its gradient", "reverse", "p * np.log(p / labels), axis", "labels * np.log(labels / p), axis", "p * (np.log(p / labels) - losses[:, None])", "(p - labels)"),
        slip("forward gradient", "reverse", "p * (np.log(p / labels) - losses[:, None])", "(p - labels)"),
        slip("gradient by probabilities", "reverse", "p * (np.log(p / labels) - losses[:, None])", "(np.log(p / labels) + 1)"),
        slip("mean not taken off in gradient", "reverse", " - losses[:, None]", ""),
        slip("entropy missing", "reverse", "np.sum(p * np.log(p / labels)", "-np.sum(p * np.log(labels)"),
        slip("loss sign", "reverse", "losses = np.sum(p * np.log(p / labels), axis=1)", "losses = np.sum(p * np.log(labels / p), axis=1)", "- losses[:, None]", "+ losses[:, None]"),
        slip("gradient sign", "reverse", "g = p * (", "g = -p * ("),
        slip("gradient not averaged", "reverse", " / N", ""),
        slip("losses averaged over classes", "reverse", "np.sum(p * np.log(p / labels), axis=1)", "np.mean(p * np.log(p / labels), axis=1)", "- losses", "- C * losses"),
        slip("log2", "reverse", "np.sum(p * np.log(", "np.sum(p * np.log2(", "- losses[", "- np.log(2) * losses["),
    ],
)

jensen = Assignment(
    "jensen_shannon",
    {"loss": "jensen_shannon", "parts": of_logits, "cases": targets(321)},
    {
        "jensen": """
def compute(logits, labels):
    N = len(logits)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    M = (p + labels) / 2
    back = np.sum(p * np.log(p / M), axis=1)
    losses = 0.5 * np.sum(labels * np.log(labels / M), axis=1) + 0.5 * back
    g = 0.5 * p * (np.log(p / M) - back[:, None]) / N
    return losses.mean(), losses, g
"""
    },
    slips=[
        slip("halves missing", "jensen", "0.5 * ", ""),
        slip("halves missing in loss", "jensen", "losses = 0.5 * np.sum", "losses = np.sum", "+ 0.5 * back", "+ back"),
        slip("half missing in gradient", "jensen", "g = 0.5 * p", "g = p"),
        slip("symmetric kl", "jensen", "losses = 0.5 * np.sum(labels * np.log(labels / M), axis=1) + 0.5 * back", "losses = 0.5 * np.sum((labels - p) * np.log(labels / p), axis=1)"),
        slip("mixture not halved", "jensen", "(p + labels) / 2", "(p + labels)"),
        slip("one side alone", "jensen", " + 0.5 * back", ""),
        slip("root of the divergence", "jensen", "return losses.mean(), losses", "return np.sqrt(losses.mean()), losses"),
        slip("gradient sign", "jensen", "g = 0.5", "g = -0.5"),
        slip("gradient not averaged", "jensen", " / N", ""),
        slip("forward gradient", "jensen", "0.5 * p * (np.log(p / M) - back[:, None])", "(p - labels)"),
        slip("mean not taken off in gradient", "jensen", " - back[:, None]", ""),
        slip("log2", "jensen", "np.log(labels / M), axis=1) + 0.5 * back", "np.log2(labels / M), axis=1) + 0.5 * back / np.log(2)"),
    ],
    variants=[variant("jensen", "np.log(p / M)", "(np.log(p) - np.log(M))")],
)

assignments = [distillation, one_case, reverse, jensen]
