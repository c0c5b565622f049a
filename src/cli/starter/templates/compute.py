"""{{summary}}

{{formula}}

This is the file to hand in. It may import what the grader has: the standard library, and whatever your course names.
"""


def compute(logits, labels, **options):
    """Return the tuple (loss, losses, gradients); None in place of what you do not have yet.

    logits: {{logits}}
    labels: {{labels}}
    options: what else the task gives, by name{{options}}.

    loss: one number, the mean of the losses unless the option reduction says otherwise.
    losses: one number an example.
    gradients: the derivative of loss by each logit, in the shape of logits.
    """
    return None, None, None
