"""Cross-entropy and its gradient, without a mistake."""

import math


def compute(logits, labels, **_options):
    n = len(logits)
    losses, gradients = [], []
    for z, y in zip(logits, labels):
        top = max(z)
        powers = [math.exp(logit - top) for logit in z]
        total = sum(powers)
        losses.append(math.log(total) + top - z[y])
        gradients.append([(power / total - (j == y)) / n for j, power in enumerate(powers)])
    return sum(losses) / n, losses, gradients


if __name__ == "__main__":
    from cases import answer

    answer(compute)
