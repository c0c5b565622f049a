"""Cross-entropy of a linear model, and its gradients by weights and bias: compute.py of `lossd init --features`."""

import math


def compute(inputs, weights, bias, labels, l2=0.0, **options):
    """Return (loss, losses, gradients_weights, gradients_bias), in plain Python."""
    losses, gradients = [], []
    for x, label in zip(inputs, labels):
        row = [b + sum(a * w[c] for a, w in zip(x, weights)) for c, b in enumerate(bias)]
        top = max(row)
        powers = [math.exp(z - top) for z in row]
        total = sum(powers)
        losses.append(math.log(total) + top - row[label])
        gradients.append([(power / total - (c == label)) / len(labels) for c, power in enumerate(powers)])
    loss = sum(losses) / len(losses) + l2 * sum(w * w for row in weights for w in row)
    by_weights = [
        [sum(x[d] * g[c] for x, g in zip(inputs, gradients)) + 2 * l2 * w for c, w in enumerate(row)]
        for d, row in enumerate(weights)
    ]
    by_bias = [sum(g[c] for g in gradients) for c in range(len(bias))]
    return loss, losses, by_weights, by_bias
