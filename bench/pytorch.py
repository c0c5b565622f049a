"""Random requests with `preset: "pytorch"`, beside PyTorch's own functions: losses and gradients.

Inputs of one to four axes, weights, ignored classes, smoothing, every reduction, and classes on axis 1 as PyTorch has
them or last. Not drawn: what PyTorch answers with NaN (no example left), and numbers beyond 30, where its own float64
loses digits that ours keeps. Needs dist/ (npm run build) and, in a virtual environment: pip install torch
    python bench/pytorch.py [COUNT] [SEED]      # 6,000 by default; exit code 1 if one is beyond the bound
"""

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import torch
import torch.nn.functional as F

ROOT = Path(__file__).parents[1]
COMMAND = [str(ROOT / "node_modules/.bin/node"), str(ROOT / "dist/main.js"), "compute"]
# Of the greater of 1 and the numbers in question: PyTorch's sums are plain ones.
BOUND = 1e-12


def shape_of(rng: random.Random, ranks: range) -> list[int]:
    return [rng.randint(1, 5) for _ in range(rng.choice(ranks))]


def filled(shape: list[int], draw) -> torch.Tensor:
    count = torch.Size(shape).numel()
    return torch.tensor([draw() for _ in range(count)], dtype=torch.float64).reshape(shape)


def normals(rng: random.Random, shape: list[int]) -> torch.Tensor:
    return filled(shape, lambda: max(-30.0, min(30.0, rng.gauss(0, 3))))


def uniforms(rng: random.Random, shape: list[int], low: float = 0.1, high: float = 3.0) -> torch.Tensor:
    return filled(shape, lambda: rng.uniform(low, high))


def indices(rng: random.Random, shape: list[int], classes: int) -> torch.Tensor:
    return filled(shape, lambda: rng.randrange(classes)).long()


def reduced(losses: torch.Tensor, reduction: str) -> torch.Tensor:
    return losses if reduction == "none" else getattr(losses, reduction)()


def elementwise(call, labels, options=lambda rng: {}, weight: bool = False):
    """A loss of numbers; `weight`: whether PyTorch's function takes weights."""

    def draw(rng: random.Random):
        shape = shape_of(rng, range(1, 5))
        z, y = normals(rng, shape), labels(rng, shape)
        settings = {"reduction": rng.choice(["mean", "sum", "none"])} | options(rng)
        request = {"logits": z.tolist(), "labels": y.tolist()} | settings
        more = {}
        if weight and rng.random() < 0.5:
            more["weight"] = uniforms(rng, shape)
            request["sample_weights"] = more["weight"].tolist()
        return request, z, lambda x: call(x, y, settings, **more)

    return draw


def signs(rng: random.Random, shape: list[int]) -> torch.Tensor:
    return torch.where(normals(rng, shape) > 0, 1.0, -1.0).double()


def bits(rng: random.Random, shape: list[int]) -> torch.Tensor:
    return (normals(rng, shape) > 0).double()


def shares(rng: random.Random, shape: list[int]) -> torch.Tensor:
    return uniforms(rng, shape, 0.0, 1.0)


def counts(rng: random.Random, shape: list[int]) -> torch.Tensor:
    return uniforms(rng, shape, 0.0, 9.0).round()


def bce(x, y, settings, weight=None):
    positives = torch.tensor(settings.get("pos_weight", 1.0), dtype=torch.float64)
    return F.binary_cross_entropy_with_logits(x, y, weight, reduction=settings["reduction"], pos_weight=positives)


def focal(x, y, settings):
    """As torchvision.ops defines sigmoid_focal_loss."""
    gamma, alpha = settings.get("gamma", 2), settings.get("alpha", 0.25)
    p = torch.sigmoid(x)
    losses = F.binary_cross_entropy_with_logits(x, y, reduction="none") * (1 - (p * y + (1 - p) * (1 - y))) ** gamma
    return reduced((alpha * y + (1 - alpha) * (1 - y)) * losses, settings["reduction"])


def of_classes(rng: random.Random):
    """Logits with their classes on PyTorch's axis, and what of that is to be said to us: half of the deep ones have them last."""
    shape = shape_of(rng, range(1, 5))
    axis = 1 if len(shape) > 1 else 0
    shape[axis] = rng.randint(2, 5)
    last = len(shape) > 2 and rng.random() < 0.5
    return normals(rng, shape), axis, last


def ours_of(tensor: torch.Tensor, axis: int, last: bool) -> list:
    return (tensor.movedim(axis, -1) if last else tensor).tolist()


def cross_entropy(rng: random.Random):
    z, axis, last = of_classes(rng)
    classes = z.shape[axis]
    settings = {"reduction": rng.choice(["mean", "sum", "none"])}
    if rng.random() < 0.5:
        settings["label_smoothing"] = rng.choice([0.0, 0.1, 0.5, rng.random()])
    weight = uniforms(rng, [classes]) if rng.random() < 0.5 else None
    request = dict(settings) | ({"class_axis": -1} if last else {})
    if weight is not None:
        request["class_weights"] = weight.tolist()
    if rng.random() < 0.4:
        y = torch.softmax(normals(rng, list(z.shape)), axis)
        request["labels"] = ours_of(y, axis, last)
        call = settings
    else:
        shape = [size for at, size in enumerate(z.shape) if at != axis]
        y = indices(rng, shape, classes)
        ignored = rng.choice([-100, 255, -1])
        if rng.random() < 0.5 and y.numel() > 1:
            y = torch.where(uniforms(rng, shape, 0, 1) < 0.3, ignored, y)
            y.view(-1)[0] = y.view(-1)[0].clamp(0, classes - 1)
            request["ignore_index"] = ignored
        request["labels"] = y.tolist()
        call = settings | ({"ignore_index": ignored} if "ignore_index" in request else {})
    request["logits"] = ours_of(z, axis, last)
    return request, z, lambda x: F.cross_entropy(x, y, weight, **call), lambda g: ours_of(g, axis, last)


def multi_margin(rng: random.Random):
    shape = shape_of(rng, range(1, 3))
    shape[-1] = rng.randint(2, 5)
    z = normals(rng, shape)
    y = indices(rng, shape[:-1], shape[-1])
    settings = {"reduction": rng.choice(["mean", "sum", "none"]), "p": rng.choice([1, 2]), "margin": rng.choice([1.0, 0.5])}
    weight = uniforms(rng, shape[-1:]) if rng.random() < 0.5 else None
    request = {"logits": z.tolist(), "labels": y.tolist()} | settings
    if weight is not None:
        request["class_weights"] = weight.tolist()
    return request, z, lambda x: F.multi_margin_loss(x, y, weight=weight, **settings)


def divergence(rng: random.Random):
    """The classes of kl_div are where its caller takes the softmax; batchmean divides by the length of the first axis."""
    shape = shape_of(rng, range(1, 5))
    z = normals(rng, shape)
    axis = rng.randrange(len(shape)) if len(shape) > 2 else len(shape) - 1
    # A first axis of classes has no examples to be counted by.
    axis = max(axis, 1) if len(shape) > 1 else axis
    y = torch.softmax(normals(rng, shape), axis)
    request = {"logits": z.tolist(), "labels": y.tolist()}
    if axis != len(shape) - 1:
        request["class_axis"] = axis
    return request, z, lambda x: F.kl_div(F.log_softmax(x, axis), y, reduction="batchmean")


def simple(function, *names):
    def call(x, y, settings, **more):
        options = {name: settings[name] for name in names if name in settings}
        return function(x, y, reduction=settings["reduction"], **options, **more)

    return call


DRAWS = {
    "mse": elementwise(simple(F.mse_loss), normals, weight=True),
    "l1": elementwise(simple(F.l1_loss), normals, weight=True),
    "huber": elementwise(simple(F.huber_loss, "delta"), normals, lambda r: {"delta": r.uniform(0.1, 3)}, True),
    "smooth_l1": elementwise(simple(F.smooth_l1_loss, "beta"), normals, lambda r: {"beta": r.uniform(0.1, 3)}),
    "soft_margin": elementwise(simple(F.soft_margin_loss), signs),
    "hinge": elementwise(lambda x, y, s: reduced((1 - y * x).clamp(min=0), s["reduction"]), signs),
    "poisson_nll": elementwise(simple(F.poisson_nll_loss), counts),
    "binary_cross_entropy": elementwise(
        bce, shares, lambda r: {"pos_weight": r.uniform(0.2, 5)} if r.random() < 0.5 else {}, True
    ),
    "focal": elementwise(focal, bits, lambda r: {"gamma": r.choice([0, 0.5, 1, 2, 5]), "alpha": r.random()}),
    "cross_entropy": cross_entropy,
    "multi_margin": multi_margin,
    "kl_divergence": divergence,
}


def numbers(value) -> list[float]:
    return [x for item in value for x in numbers(item)] if isinstance(value, list) else [float(value)]


def difference(ours, theirs) -> float:
    """The greatest difference, in parts of the bound."""
    mine, other = numbers(ours), numbers(theirs)
    if len(mine) != len(other):
        return float("inf")
    return max(abs(a - b) / (BOUND * max(1.0, abs(b))) for a, b in zip(mine, other))


def answers(loss: str, requests: list[dict]) -> list[dict]:
    lines = "".join(json.dumps(request | {"preset": "pytorch"}) + "\n" for request in requests)
    done = subprocess.run([*COMMAND, loss], input=lines, capture_output=True, text=True)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    if len(replies) != len(requests) + 1:
        raise SystemExit(f"{loss}: {len(replies)} lines for {len(requests)} requests\n{done.stderr}")
    return replies


def check(loss: str, rng: random.Random, count: int) -> list[str]:
    drawn = [DRAWS[loss](rng) for _ in range(count)]
    faults = []
    for (request, z, call, *back), reply in zip(drawn, answers(loss, [request for request, *_ in drawn])):
        x = z.clone().requires_grad_()
        value = call(x)
        value.sum().backward()
        gradient = back[0](x.grad) if back else x.grad.tolist()
        own = reply.get("losses") if request.get("reduction") == "none" else reply.get("loss")
        if own is None or "gradients" not in reply:
            faults.append(f"{loss}: {json.dumps(request)}\n    {json.dumps(reply)[:300]}")
        elif max(difference(own, value.tolist()), difference(reply["gradients"], gradient)) > 1:
            faults.append(f"{loss}: {json.dumps(request)}\n    {own}, PyTorch {value.tolist()}")
    return faults


def main(words: list[str]) -> int:
    count, seed = int(words[0]) if words else 6000, int(words[1]) if len(words) > 1 else 1
    rng = random.Random(seed)
    asked = Counter(rng.choice(list(DRAWS)) for _ in range(count))
    faults = {loss: check(loss, rng, asked[loss]) for loss in DRAWS if asked[loss]}
    for loss, found in faults.items():
        print(f"{loss}: {asked[loss]} requests, {len(found)} beyond the bound")
        for fault in found[:3]:
            print(f"  {fault}")
    wrong = sum(map(len, faults.values()))
    print(f"PyTorch {torch.__version__}, seed {seed}: {count} requests, {wrong} beyond {BOUND}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
