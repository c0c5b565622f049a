"""The requests of each loss: ordinary inputs, the same with weights, and, for the hinges, ties."""

SCORES = [0.5, -1.25, 2.0, 0.0, -0.375, 3.5]
WEIGHTS = {"sample_weights": [1.0, 0.5, 2.0, 3.0, 0.25, 1.5]}
ROWS = [[2.0, 1.0, 0.1], [0.5, -0.25, 1.5], [-1.0, 0.0, 0.75], [0.25, 0.25, -3.0]]
ROW_WEIGHTS = {"sample_weights": [1.0, 0.5, 2.0, 3.0]}
CLASS_WEIGHTS = {"class_weights": [1.0, 2.0, 0.5]}
INDICES = [1, 0, 2, 1]
DISTRIBUTIONS = [[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5]]

SIGNED = {"logits": SCORES, "labels": [1.0, -1.0, -1.0, 1.0, 1.0, 1.0]}
TIES = {"logits": [1.0, -1.0, 1.0, -1.0], "labels": [1.0, -1.0, -1.0, 1.0]}
BINARY = {"logits": SCORES, "labels": [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]}
SOFT = {"logits": SCORES, "labels": [0.9, 0.0, 0.3, 1.0, 0.5, 0.2]}
REAL = {"logits": SCORES, "labels": [0.5, -0.5, 1.75, 3.0, -0.375, 0.0]}
COUNTS = {"logits": SCORES, "labels": [0.0, 1.0, 5.0, 2.0, 3.5, 12.0]}
INDEXED = {"logits": ROWS, "labels": INDICES}
DISTRIBUTED = {"logits": ROWS, "labels": DISTRIBUTIONS}

# PyTorch's class axis is 1, and the last one of kl_div is what its caller made of it.
MAPS = {
    "logits": [
        [[[2.0, 1.0], [0.5, -0.25]], [[-1.0, 0.0], [0.25, 3.0]], [[0.75, 0.25], [1.5, 0.0]]],
        [[[0.1, 1.0], [2.5, 0.25]], [[1.0, -2.0], [0.75, 0.5]], [[0.0, 1.25], [-1.5, 0.25]]],
    ],
    "labels": [[[0, 2], [1, -100]], [[2, 2], [-100, 0]]],
}
SEQUENCES = {
    "logits": [[[1.0, 3.0, 0.0], [0.5, 0.0, 2.0], [2.0, 1.0, 1.0]]],
    "labels": [[[0.1, 0.6, 0.0], [0.2, 0.3, 0.5], [0.7, 0.1, 0.5]]],
}
INDEXED_SEQUENCES = SEQUENCES | {"labels": [[0, 2, 1]]}
DEEP_DIVERGENCE = SEQUENCES | {"labels": [[[0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [0.0, 0.5, 0.5]]]}
ONE_ROW = {"logits": [2.0, 1.0, 0.1], "labels": 1}
ONE_DISTRIBUTION = {"logits": [2.0, 1.0, 0.1], "labels": [0.1, 0.8, 0.1]}
DEEP = [MAPS, MAPS | CLASS_WEIGHTS, INDEXED_SEQUENCES, SEQUENCES]

HINGES = [SIGNED, TIES, SIGNED | WEIGHTS]
REGRESSION = [REAL, REAL | WEIGHTS]
# Without a 0, which Keras clips.
POSITIVE = {"logits": ROWS, "labels": [[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.05, 0.05, 0.9], [0.25, 0.25, 0.5]]}
DIVERGENCE = [DISTRIBUTED, POSITIVE, POSITIVE | ROW_WEIGHTS]
REQUESTS = {
    "mse": REGRESSION,
    "l1": REGRESSION,
    "huber": REGRESSION,
    "smooth_l1": [REAL],
    "log_cosh": REGRESSION,
    "poisson_nll": [COUNTS],
    "binary_cross_entropy": [SOFT, SOFT | WEIGHTS],
    "focal": [BINARY, BINARY | WEIGHTS],
    "hinge": HINGES,
    "squared_hinge": HINGES,
    "soft_margin": [SIGNED],
    "cross_entropy": [
        INDEXED,
        DISTRIBUTED,
        INDEXED | CLASS_WEIGHTS,
        DISTRIBUTED | CLASS_WEIGHTS,
        INDEXED | ROW_WEIGHTS,
        DISTRIBUTED | ROW_WEIGHTS,
        *DEEP,
        ONE_ROW,
        ONE_DISTRIBUTION,
    ],
    "multiclass_hinge": [INDEXED, INDEXED | ROW_WEIGHTS],
    "multi_margin": [INDEXED, INDEXED | CLASS_WEIGHTS],
    "kl_divergence": [*DIVERGENCE, DEEP_DIVERGENCE, ONE_DISTRIBUTION],
    "softmax_focal": [INDEXED, INDEXED | ROW_WEIGHTS],
}


def rank(value: object) -> int:
    return 1 + rank(value[0]) if isinstance(value, list) else 0


def requests(loss: str) -> list[dict]:
    return REQUESTS[loss]
