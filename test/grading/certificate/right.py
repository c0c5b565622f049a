"""Right programs of five losses in NumPy, over logits or a linear model: what the wrong ones of mistakes.py start from."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Batch:
    """One case: logits z (N×C, or N for an elementwise loss), labels y, the task's options, and a model or none."""

    loss: str
    z: np.ndarray
    y: np.ndarray
    options: dict
    model: dict | None = None
    N: int = field(init=False)

    def __post_init__(self):
        self.N = len(self.z)

    @property
    def tau(self):
        return self.options.get("temperature", 1)

    @property
    def pi(self):
        return self.options.get("pos_weight", 1)

    @property
    def C(self):
        return self.z.shape[1]


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def examples(b):
    """Each example's loss and its gradient by the logits, before the mean."""
    if b.loss == "mse":
        return (b.z - b.y) ** 2, 2 * (b.z - b.y)
    if b.loss == "binary_cross_entropy":
        losses = b.pi * b.y * softplus(-b.z) + (1 - b.y) * softplus(b.z)
        return losses, (1 - b.y) * sigmoid(b.z) - b.pi * b.y * sigmoid(-b.z)
    if b.loss == "hinge":
        slack = 1 - b.y * b.z
        return np.maximum(0, slack), np.where(slack > 0, -b.y, 0.0)
    rows = np.arange(b.N)
    if b.loss == "multi_margin":
        slack = 1 - b.z[rows, b.y][:, None] + b.z
        slack[rows, b.y] = 0
        g = (slack > 0) / b.C
        g[rows, b.y] = -g.sum(axis=1)
        return np.maximum(slack, 0).sum(axis=1) / b.C, g
    z = b.z / b.tau
    m = z.max(axis=1)
    losses = m + np.log(np.exp(z - m[:, None]).sum(axis=1)) - z[rows, b.y]
    return losses, (softmax(z) - np.eye(b.C)[b.y]) / b.tau


def outputs(b, losses, gradients, loss=None):
    """All outputs without a penalty; `gradients` are those of the reduced loss."""
    found = {"loss": losses.mean() if loss is None else loss, "losses": losses, "gradients": gradients}
    if b.model:
        g = gradients.reshape(b.N, -1)
        found["gradients_weights"] = b.model["inputs"].T @ g
        found["gradients_bias"] = g.sum(axis=0)
        found["gradients_inputs"] = g @ b.model["weights"].T
    return found


def penalised(b, found, penalty=None, slope=None, bias=0):
    """The outputs with l2·Σw² in the loss and 2·l2·w in the weights' gradient, or with others in their places."""
    if not b.model:
        return found
    w, l2 = b.model["weights"], b.model["l2"]
    own = l2 * (w**2).sum() if penalty is None else penalty
    return {
        **found,
        "loss": found["loss"] + own,
        "gradients_weights": found["gradients_weights"] + (2 * l2 * w if slope is None else slope),
        "gradients_bias": found["gradients_bias"] + bias,
    }


def right(b):
    losses, g = examples(b)
    return penalised(b, outputs(b, losses, g / b.N))
