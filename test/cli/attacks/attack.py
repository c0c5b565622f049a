"""What the attacks share: a right answer, the places that the test fills in, and a note of what got through."""

import json
import math
import os

PLACES = json.loads("""{{places}}""")


def reached(what, step):
    """Notes an attack that worked where the test looks for it: nothing is noted of one that failed."""
    try:
        result = step()
    except BaseException:
        return None
    with open(os.path.join(PLACES["evidence"], what.replace("/", "_")), "a", encoding="utf-8") as file:
        file.write(f"{result!r}\n")
    return result


def right(logits, labels, **_options):
    n = len(logits)
    losses, gradients = [], []
    for z, y in zip(logits, labels):
        top = max(z)
        powers = [math.exp(one - top) for one in z]
        total = sum(powers)
        losses.append(math.log(total) + top - z[y])
        gradients.append([(power / total - (j == y)) / n for j, power in enumerate(powers)])
    return sum(losses) / n, losses, gradients


def nothing(*_arguments, **_options):
    return None, None, None


compute = nothing
