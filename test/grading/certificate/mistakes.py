"""Wrong programs in NumPy, written from the formulas alone: nothing of them comes from the catalogue's code.

Each is (id of the catalogue, index of the way to make it, losses that it is of, program).
"""

import numpy as np
from right import examples, outputs, penalised, sigmoid, softmax, softplus

every = ("cross_entropy", "mse", "binary_cross_entropy", "hinge", "multi_margin")
softmaxed, binary, squared = ("cross_entropy",), ("binary_cross_entropy",), ("mse",)
logarithmic = softmaxed + binary
rowwise = ("cross_entropy", "multi_margin")


def multiplied(loss=None, losses=None, gradients=None):
    """The right numbers times factors, which depend on the batch."""

    def program(b):
        each, g = examples(b)
        by = {name: of(b) if of else 1 for name, of in [("l", loss), ("each", losses), ("g", gradients)]}
        found = outputs(b, each * by["each"], g / b.N * by["g"], each.mean() * by["l"])
        return penalised(b, found)

    return program


def of_examples(change):
    """Other losses and gradients of the examples."""
    return lambda b: penalised(b, outputs(b, *_averaged(b, change(b, *examples(b)))))


def _averaged(b, pair):
    losses, g = pair
    return losses, g / b.N


def of_loss(change):
    """Another reduced loss."""

    def program(b):
        each, g = examples(b)
        return penalised(b, outputs(b, each, g / b.N, change(b, each)))

    return program


def of_penalty(loss=1, slope=1):
    def program(b):
        each, g = examples(b)
        w, l2 = b.model["weights"], b.model["l2"]
        a, s = (one(b) if callable(one) else one for one in (loss, slope))
        return penalised(b, outputs(b, each, g / b.N), a * l2 * (w**2).sum(), s * 2 * l2 * w)

    return program


def another_penalty(loss, slope):
    def program(b):
        each, g = examples(b)
        w, l2 = b.model["weights"], b.model["l2"]
        return penalised(b, outputs(b, each, g / b.N), l2 * loss(w), l2 * slope(w))

    return program


def penalty_of_bias(b):
    each, g = examples(b)
    w, bias, l2 = b.model["weights"], b.model["bias"], b.model["l2"]
    total = l2 * ((w**2).sum() + (bias**2).sum())
    return penalised(b, outputs(b, each, g / b.N), total, bias=2 * l2 * bias)


def bias_gradient(change):
    def program(b):
        each, g = examples(b)
        found = outputs(b, each, g / b.N)
        return penalised(b, {**found, "gradients_bias": change(b, found["gradients_bias"])})

    return program


def zero_by_logits(b):
    """The gradient by the logits was never filled in; those of a model are right."""
    losses, g = examples(b)
    found = penalised(b, outputs(b, losses, g / b.N))
    return {**found, "gradients": 0 * g}


def without_temperature(b, _losses, _g):
    rows = np.arange(b.N)
    p = softmax(b.z)
    return -np.log(p[rows, b.y]), p - np.eye(b.C)[b.y]


def p_of(b):
    return softmax(b.z / b.tau)[np.arange(b.N), b.y]


def eps_added(eps):
    return of_examples(lambda b, _losses, g: (-np.log(p_of(b) + eps), g))


def clipped(eps):
    return of_examples(lambda b, _losses, g: (-np.log(np.clip(p_of(b), eps, 1 - eps)), g))


def added_to_both(eps):
    def change(b, _losses, g):
        p, q = sigmoid(b.z), sigmoid(-b.z)
        return -(b.pi * b.y * np.log(p + eps) + (1 - b.y) * np.log(q + eps)), g

    return of_examples(change)


def both_terms_weighted(b, _losses, _g):
    return b.pi * (b.y * softplus(-b.z) + (1 - b.y) * softplus(b.z)), b.pi * (sigmoid(b.z) - b.y)


def unweighted(b, _losses, _g):
    return b.y * softplus(-b.z) + (1 - b.y) * softplus(b.z), sigmoid(b.z) - b.y


N, over_N, over_C = (lambda b: b.N), (lambda b: 1 / b.N), (lambda b: 1 / b.C)
constant = lambda value: lambda _b: value
bits, decades, half, minus = (constant(value) for value in (1 / np.log(2), 1 / np.log(10), 0.5, -1))

mistakes = [
    ("sum-instead-of-mean", 0, every, multiplied(loss=N, gradients=N)),
    ("grad-missing-1-over-n", 0, every, multiplied(gradients=N)),
    ("loss-sum-grad-mean", 0, every, multiplied(loss=N)),
    ("grad-divided-by-n-twice", 0, every, multiplied(gradients=over_N)),
    ("mean-divided-by-n-twice", 0, every, multiplied(loss=over_N, gradients=over_N)),
    ("losses-averaged-already", 0, every, multiplied(losses=over_N)),
    ("mean-over-classes-too", 0, rowwise, multiplied(loss=over_C, gradients=over_C)),
    ("loss-sign-flipped", 0, every, multiplied(loss=minus, losses=minus)),
    ("grad-sign-flipped", 0, every, multiplied(gradients=minus)),
    ("both-signs-flipped", 0, every, multiplied(minus, minus, minus)),
    ("grad-doubled", 0, every, multiplied(gradients=constant(2))),
    ("log2", 0, logarithmic, multiplied(bits, bits, bits)),
    ("log2-loss-only", 0, logarithmic, multiplied(bits, bits)),
    ("log10", 0, logarithmic, multiplied(decades, decades, decades)),
    ("half-convention", 0, squared, multiplied(half, half, half)),
    ("grad-missing-factor-two", 0, squared, multiplied(gradients=half)),
    ("half-loss-full-grad", 0, squared, multiplied(half, half)),
    ("learning-rate-times-gradient", 1, every, multiplied(gradients=constant(-0.01))),
    ("gradient-zero", 0, every, zero_by_logits),
    ("perplexity-for-loss", 0, every, of_loss(lambda b, losses: np.exp(losses.mean()))),
    ("row-skipped", 1, every, of_loss(lambda b, losses: losses[1:].sum() / b.N)),
    ("row-skipped", 3, every, of_loss(lambda b, losses: losses[:-1].sum() / b.N)),
    ("mean-before-square", 0, squared, of_loss(lambda b, _: (b.z - b.y).mean() ** 2)),
    ("temperature-ignored", 0, softmaxed, of_examples(without_temperature)),
    ("grad-missing-1-over-t", 0, softmaxed, multiplied(gradients=lambda b: b.tau)),
    ("temperature-squared-added", 0, softmaxed, multiplied(*[lambda b: b.tau**2] * 3)),
    ("grad-onehot-not-subtracted", 0, softmaxed, of_examples(lambda b, l, _: (l, softmax(b.z / b.tau) / b.tau))),
    ("eps-added", 0, softmaxed, eps_added(1e-7)),
    ("eps-added", 2, softmaxed, eps_added(1e-12)),
    ("eps-large", 0, softmaxed, eps_added(1e-4)),
    ("eps-clip", 1, softmaxed, clipped(1e-7)),
    ("eps-added-binary", 0, binary, added_to_both(1e-7)),
    ("negative-term-missing", 0, binary, of_examples(
        lambda b, *_: (b.pi * b.y * softplus(-b.z), -b.pi * b.y * sigmoid(-b.z)))),
    ("pos-weight-omitted", 0, binary, of_examples(unweighted)),
    ("pos-weight-on-both", 0, binary, of_examples(both_terms_weighted)),
    ("clamp-missing", 0, ("hinge",), of_examples(lambda b, *_: (1 - b.y * b.z, -b.y * 1.0))),
    ("grad-mask-missing", 0, ("hinge",), of_examples(lambda b, losses, _: (losses, -b.y * 1.0))),
    ("hinge-squared", 0, ("hinge",), of_examples(lambda b, l, _: (l**2, -2 * b.y * l))),
]

of_models = [
    ("regularisation-omitted", 0, every, of_penalty(0, 0)),
    ("regularisation-grad-omitted", 0, every, of_penalty(1, 0)),
    ("regularisation-loss-omitted", 0, every, of_penalty(0, 1)),
    ("regularisation-grad-missing-two", 0, every, of_penalty(1, 0.5)),
    ("regularisation-halved", 0, every, of_penalty(0.5, 0.5)),
    ("regularisation-divided-by-n", 0, every, of_penalty(over_N, over_N)),
    ("regularisation-over-2n", 0, every, of_penalty(lambda b: 0.5 / b.N, lambda b: 0.5 / b.N)),
    ("regularisation-subtracted", 0, every, of_penalty(-1, -1)),
    ("regularisation-doubled", 0, every, of_penalty(2, 2)),
    ("regularisation-absolute", 0, every, another_penalty(lambda w: np.abs(w).sum(), np.sign)),
    ("regularisation-norm", 1, every, another_penalty(lambda w: np.sqrt((w**2).sum()), lambda w: 2 * w)),
    ("regularisation-of-bias", 0, every, penalty_of_bias),
    ("bias-gradient-averaged", 0, every, bias_gradient(lambda b, g: g / b.N)),
    ("bias-gradient-missing", 0, every, bias_gradient(lambda b, g: 0 * g)),
]
