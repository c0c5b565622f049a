"""What schemathesis needs to know of this service's media types: application/x-ndjson is lines, most of them JSON."""

import json

import schemathesis
from hypothesis import strategies as st

FIELDS = ["id", "logits", "labels", "reduction", "task", "claims", "case", "loss", "other"]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)
rows = st.lists(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2), min_size=1, max_size=4)
requests = rows.map(lambda logits: {"id": len(logits), "logits": logits, "labels": [0] * len(logits)})
lines = st.one_of(requests.map(json.dumps), values.map(json.dumps), st.text()).map(str.encode) | st.binary(max_size=40)

schemathesis.openapi.media_type("application/x-ndjson", st.lists(lines, max_size=6).map(b"\n".join))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Examples of lines as bytes: it takes no other for a media type whose bodies are drawn as above."""
    for operation in (operation for path in raw_schema["paths"].values() for operation in path.values()):
        content = operation.get("requestBody", {}).get("content", {})
        for example in content.get("application/x-ndjson", {}).get("examples", {}).values():
            example["value"] = example["value"].encode()


@schemathesis.hook
def filter_query(context, query):
    """An empty array or object leaves no trace in a URL: drawn as wrong, it would arrive as right."""
    return not any(value in ([], {}) for value in (query or {}).values())
