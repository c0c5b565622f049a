"""{{summary}} The logits are those of a linear model: inputs · weights + bias.

{{formula}}

This is the file to hand in. It may import what the grader has: the standard library, and whatever your course names.
"""


def compute(inputs, weights, bias, labels, l2=0.0, **options):
    """Return the tuple (loss, losses, gradients_weights, gradients_bias); None in place of what you do not have yet.

    inputs: N rows, one an example, with D numbers each.
    weights: D rows, one a feature, with C numbers each (C = 1 where a logit is a single number).
    bias: C numbers.
    labels: {{labels}}
    l2: the loss has l2 times the sum of the squares of all weights added to it; the bias is not regularised.
    options: what else the task gives, by name{{options}}.

    loss: one number, the mean of the losses plus the regularisation.
    losses: one number an example, without regularisation.
    gradients_weights: the derivative of loss by each weight, in the shape of weights.
    gradients_bias: the derivative of loss by each bias, C numbers.
    """
    return None, None, None, None
