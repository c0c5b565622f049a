"""The losses of a batch as raw doubles, by the Open Inference Protocol and no SDK: python examples/python/binary.py"""

import array
import json
import math
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ.get("LOSSD_URL", "http://127.0.0.1:8080")
ATTEMPTS = 4
TYPECODES = {"FP64": "d", "FP32": "f", "INT64": "q"}


def blob_of(datatype, numbers):
    """Numbers as little-endian bytes."""
    blob = array.array(TYPECODES[datatype], numbers)
    if sys.byteorder == "big":
        blob.byteswap()
    return blob.tobytes()


def numbers_of(datatype, blob):
    numbers = array.array(TYPECODES[datatype], blob)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def message(tensors, outputs):
    """JSON, and right behind it the blobs in the JSON's order. tensors: (name, datatype, shape, numbers)."""
    blobs = [blob_of(datatype, numbers) for _, datatype, _, numbers in tensors]
    inputs = [
        {"name": name, "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": len(blob)}}
        for (name, datatype, shape, _), blob in zip(tensors, blobs)
    ]
    wanted = [{"name": name, "parameters": {"binary_data": True}} for name in outputs]
    head = json.dumps({"inputs": inputs, "outputs": wanted}).encode()
    # The header is how the service knows where the JSON ends.
    headers = {"content-type": "application/octet-stream", "inference-header-content-length": str(len(head))}
    return head + b"".join(blobs), headers


def infer(model, tensors, outputs):
    """The outputs by name, flat. Raises an HTTPError."""
    request = urllib.request.Request(f"{URL}/v2/models/{model}/infer", *message(tensors, outputs))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return split(reply.read(), int(reply.headers["inference-header-content-length"]))
        except urllib.error.HTTPError as error:
            # The queue is full, or the service is starting or stopping: it says when to ask again.
            if error.code not in (429, 503) or attempt == ATTEMPTS:
                raise
            error.close()
            time.sleep(float(error.headers.get("retry-after", 1)))


def split(body, start):
    """The outputs of a reply whose blobs start at that byte."""
    results = {}
    for output in json.loads(body[:start])["outputs"]:
        end = start + output["parameters"]["binary_data_size"]
        results[output["name"]] = numbers_of(output["datatype"], body[start:end])
        start = end
    return results


def main():
    logits = [2.0, 1.0, 0.1, 0.5, -math.inf, -1.0]
    tensors = [("logits", "FP64", [2, 3], logits), ("labels", "INT64", [2], [1, 1])]
    try:
        outputs = infer("cross_entropy", tensors, ["losses", "loss"])
    except urllib.error.HTTPError as error:
        # Also 413 (too large) and 400 (not allowed): the message names the field, its value and the bound.
        sys.exit(f"{error.code}: {json.load(error)['error']}")
    for row, loss in enumerate(outputs["losses"]):
        print(f"row {row}: {loss}")
    print(f"mean: {outputs['loss'][0]}")


main()
