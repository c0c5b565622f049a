"""Claims what no comparison is true of, or every one might be."""


def compute(logits, labels, **options):
    return math.nan, [math.inf] * len(logits), [[1e308, -math.inf, math.nan] + [math.nan] * (len(row) - 3) for row in logits]
