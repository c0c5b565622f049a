"""Does as it should."""

compute = right
