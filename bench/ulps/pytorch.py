"""Each loss as a PyTorch user has it in float64: the library's own function, or the composition that is named."""

from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor


@dataclass
class Baseline:
    """`losses(z, y, **options)`: one loss an example. The gradient comes from autograd."""

    said: str
    losses: Callable[..., Tensor]


def versions() -> str:
    torch_version, vision_version = (module.__version__.split("+")[0] for module in (torch, torchvision))
    return f"PyTorch {torch_version} (CPU; torchvision {vision_version})"


def answer(name: str, logits: list, labels: list, options: dict) -> tuple[list, list] | None:
    """Losses and gradients, or None where there is no baseline."""
    if name not in BASELINES:
        return None
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    is_index = isinstance(logits[0], list) and not isinstance(labels[0], list)
    y = torch.tensor(labels, dtype=torch.int64 if is_index else torch.float64)
    losses = BASELINES[name].losses(z, y, **options)
    losses.sum().backward()
    return losses.tolist(), z.grad.tolist()


def smoothed_bce(z: Tensor, y: Tensor, pos_weight: float = 1.0, label_smoothing: float = 0.0) -> Tensor:
    target = y * (1 - label_smoothing) + label_smoothing / 2
    weight = torch.tensor(pos_weight, dtype=torch.float64)
    return F.binary_cross_entropy_with_logits(z, target, pos_weight=weight, reduction="none")


def cross_entropy(z: Tensor, y: Tensor, temperature: float = 1.0, label_smoothing: float = 0.0) -> Tensor:
    return F.cross_entropy(z / temperature, y, label_smoothing=label_smoothing, reduction="none")


def focal(z: Tensor, y: Tensor, gamma: float = 2.0, alpha: float = -1.0) -> Tensor:
    return torchvision.ops.sigmoid_focal_loss(z, y, alpha=alpha, gamma=gamma)


def softmax_focal(z: Tensor, y: Tensor, gamma: float = 2.0) -> Tensor:
    surprise = F.cross_entropy(z, y, reduction="none")
    return (1 - torch.exp(-surprise)) ** gamma * surprise


def multiclass_hinge(z: Tensor, y: Tensor, margin: float = 1.0) -> Tensor:
    is_label = F.one_hot(y, z.shape[-1]).bool()
    # max(dim) sends the slope to the first of equals, amax would share it out.
    rival = z.masked_fill(is_label, -torch.inf).max(dim=-1).values
    return torch.relu(margin + rival - z.gather(-1, y[..., None])[..., 0])


def log_cosh(z: Tensor, y: Tensor) -> Tensor:
    d = z - y
    return d + F.softplus(-2 * d) - torch.log(torch.tensor(2.0, dtype=torch.float64))


def jensen_shannon(z: Tensor, y: Tensor, beta: float = 0.5, temperature: float = 1.0) -> Tensor:
    student, teacher, share = F.log_softmax(z / temperature, -1), y.log(), torch.tensor(beta, dtype=torch.float64)
    mixture = torch.logaddexp(teacher + share.log(), student + (-share).log1p())
    of_teacher = F.kl_div(mixture, teacher, reduction="none", log_target=True).sum(-1)
    return beta * of_teacher + (1 - beta) * F.kl_div(mixture, student, reduction="none", log_target=True).sum(-1)


def kl_divergence(z: Tensor, y: Tensor, temperature: float = 1.0) -> Tensor:
    return F.kl_div(F.log_softmax(z / temperature, -1), y, reduction="none").sum(-1)


def reverse_kl(z: Tensor, y: Tensor, temperature: float = 1.0) -> Tensor:
    student = F.log_softmax(z / temperature, -1)
    return F.kl_div(y.log(), student, reduction="none", log_target=True).sum(-1)


def own(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda z, y, **options: function(z, y, reduction="none", **options)


def shortfall(z: Tensor, y: Tensor, margin: float = 1.0) -> Tensor:
    return torch.relu(margin - y * z)


BASELINES = {
    "mse": Baseline("`mse_loss`", own(F.mse_loss)),
    "mse_sigmoid": Baseline("`mse_loss(sigmoid(z), y)`", lambda z, y: own(F.mse_loss)(torch.sigmoid(z), y)),
    "binary_cross_entropy": Baseline("`binary_cross_entropy_with_logits`", smoothed_bce),
    "cross_entropy": Baseline("`cross_entropy`", cross_entropy),
    "focal": Baseline("torchvision's `sigmoid_focal_loss`", focal),
    "hinge": Baseline("`relu(m − y·z)`", shortfall),
    "squared_hinge": Baseline("`relu(m − y·z)**2`", lambda z, y, **options: shortfall(z, y, **options) ** 2),
    "soft_margin": Baseline("`soft_margin_loss`", own(F.soft_margin_loss)),
    "l1": Baseline("`l1_loss`", own(F.l1_loss)),
    "huber": Baseline("`huber_loss`", own(F.huber_loss)),
    "smooth_l1": Baseline("`smooth_l1_loss`", own(F.smooth_l1_loss)),
    "log_cosh": Baseline("`d + softplus(−2d) − log 2`", log_cosh),
    "poisson_nll": Baseline("`poisson_nll_loss`", own(F.poisson_nll_loss)),
    "softmax_focal": Baseline("`(1 − exp(−cross_entropy))**γ · cross_entropy`", softmax_focal),
    "multiclass_hinge": Baseline("`relu(m + max of the others − z_y)`", multiclass_hinge),
    "multi_margin": Baseline("`multi_margin_loss`", own(F.multi_margin_loss)),
    "kl_divergence": Baseline("`kl_div(log_softmax(z), P)`", kl_divergence),
    "reverse_kl": Baseline("`kl_div(log P, log_softmax(z), log_target)`", reverse_kl),
    "jensen_shannon": Baseline("`logaddexp` and two `kl_div` with `log_target`", jensen_shannon),
}
