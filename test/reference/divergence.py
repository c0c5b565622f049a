"""Cross-entropy = entropy + KL divergence, for a target t of mass T: T·H(u) and T·KL(u||p) with u = t/T."""

from mpmath import isinf, mpf

from sigmoid import minus_log

UNIT = mpf(2) ** -53
# Given probabilities whose sum misses 1 by no more than this are taken to sum to 1.
SUM_ROUNDING = mpf(2) ** -48


def decomposition(target: list, p: list) -> dict:
    """
    The entropy, the divergence, and how far a double's divergence may be from it. A mass of 0 gives 0.

    The last term of the bound is the rounding of the target itself: it enters squared, and is all there is at u = p.
    """
    mass = sum(target)
    if mass == 0:
        return {"entropy": mpf(0), "kl_divergence": mpf(0), "kl_bound": mpf(0)}
    u = [t / mass for t in target]
    entropy = sum((mass * share * minus_log(share) for share in u if share > 0), mpf(0))
    divergence = sum((mass * share * (minus_log(q) - minus_log(share)) for share, q in zip(u, p) if share > 0), mpf(0))
    excess = sum(p, mpf(0)) - 1
    # A target of one class has no entropy: there the divergence is the loss, as it is.
    if abs(excess) <= SUM_ROUNDING and sum(share > 0 for share in u) > 1:
        divergence += mass * excess
    terms = [abs(share - q) * (1 + size_of_log(share) + minus_log(q)) for share, q in zip(u, p) if q > 0]
    bound = mpf(0) if isinf(divergence) else 16 * UNIT * (sum(terms, mpf(0)) + UNIT) * mass
    return {"entropy": entropy, "kl_divergence": divergence, "kl_bound": bound}


def size_of_log(share):
    return minus_log(share) if share > 0 else mpf(0)
