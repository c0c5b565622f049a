"""Two mistakes at once: softmax is taken twice, and the gradient is not divided by the number of examples."""

import math


def softmax(z):
    powers = [math.exp(logit - max(z)) for logit in z]
    return [power / sum(powers) for power in powers]


def compute(logits, labels, **_options):
    n = len(logits)
    losses, gradients = [], []
    for z, y in zip(logits, labels):
        q = softmax(softmax(z))
        losses.append(-math.log(q[y]))
        gradients.append([mass - (j == y) for j, mass in enumerate(q)])
    return sum(losses) / n, losses, gradients


if __name__ == "__main__":
    from cases import answer

    answer(compute)
