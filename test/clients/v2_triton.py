"""tritonclient.http, NVIDIA's client of the protocol, synchronous and on asyncio, against a running service."""

import asyncio
import sys
from importlib.metadata import version

import numpy as np
import tritonclient.http as sync
import tritonclient.http.aio as aio
import v2_batch as reference
from tritonclient.utils import InferenceServerException
from v2_batch import holds, same

MODEL = "cross_entropy"
TYPES = {np.float64: "FP64", np.float32: "FP32"}


class Direct:
    """Both clients by one face: the synchronous one's calls are awaited too."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        method = getattr(self.client, name)

        async def call(*args, **options):
            result = method(*args, **options)
            return await result if asyncio.iscoroutine(result) else result

        return call


def inputs_of(library, logits, labels, binary):
    tensors = [
        library.InferInput("logits", logits.shape, TYPES[logits.dtype.type]),
        library.InferInput("labels", labels.shape, "INT64"),
    ]
    tensors[0].set_data_from_numpy(logits, binary_data=binary)
    tensors[1].set_data_from_numpy(labels, binary_data=binary)
    return tensors


def outputs_of(library, binary, names=("loss", "losses", "gradients")):
    return [library.InferRequestedOutput(name, binary_data=binary) for name in names]


async def infer_in_every_form(library, client, url):
    for dtype in TYPES:
        logits, labels = reference.batch(dtype)
        want = reference.expected(url, logits, labels)
        holds("a loss is infinite", np.isinf(want["losses"][-1]))
        for binary_in in (True, False):
            inputs = inputs_of(library, logits, labels, binary_in)
            for outputs in (outputs_of(library, True), outputs_of(library, False), None):
                result = await client.infer(MODEL, inputs, outputs=outputs, request_id="7")
                for name, tensor in want.items():
                    same(f"{name} of {dtype.__name__}", result.as_numpy(name), tensor)
                holds("the id comes back", result.get_response()["id"] == "7")


async def infer_compressed(library, client, url):
    logits, labels = reference.batch(np.float64)
    want = reference.expected(url, logits, labels, reduction="sum", label_smoothing=0.1)
    inputs = inputs_of(library, logits, labels, True)
    parameters = {"reduction": "sum", "label_smoothing": "0.1"}
    for coding in ("gzip", "deflate"):
        result = await client.infer(
            MODEL,
            inputs,
            parameters=parameters,
            request_compression_algorithm=coding,
            response_compression_algorithm=coding,
        )
        same(f"gradients, the request in {coding}", result.as_numpy("gradients"), want["gradients"])


async def ask_for_models(client):
    holds("live", await client.is_server_live())
    holds("ready", await client.is_server_ready())
    holds("the model is ready", await client.is_model_ready(MODEL))
    holds("version 1 is ready", await client.is_model_ready(MODEL, "1"))
    holds("another model is not", not await client.is_model_ready("nothing"))
    server = await client.get_server_metadata()
    holds("binary tensors are offered", "binary_tensor_data" in server["extensions"])
    metadata = await client.get_model_metadata(MODEL)
    holds("the platform", metadata["platform"] == "lossd" and metadata["versions"] == ["1"])
    config = await client.get_model_config(MODEL, "1")
    required = [tensor["name"] for tensor in config["input"] if not tensor["optional"]]
    holds("the required inputs", config["max_batch_size"] == 0 and required == ["logits", "labels"])
    index = await client.get_model_repository_index()
    holds("the repository", {"name": MODEL, "version": "1", "state": "READY", "reason": ""} in index)


async def read_errors(library, client):
    logits, labels = reference.batch(np.float64)
    inputs = inputs_of(library, logits, labels + reference.CLASSES, True)
    cases = [
        (MODEL, inputs, {}, "400", "class index"),
        ("nothing", inputs, {}, "404", "cross_entropy"),
        (MODEL, inputs, {"parameters": {"tau": 2}}, "400", "temperature"),
        (MODEL, inputs, {"outputs": outputs_of(library, True, ["kl"])}, "400", "kl_divergence"),
        (MODEL, inputs, {"model_version": "2"}, "404", "version 1"),
    ]
    for model, tensors, options, status, says in cases:
        try:
            await client.infer(model, tensors, **options)
        except InferenceServerException as error:
            holds(f"{error} is a {status} with {says}", error.status() in (status, int(status)) and says in error.message())
        else:
            holds(f"{model} with {options} is refused", False)


async def run(library, make):
    host = sys.argv[1].removeprefix("http://")
    raw = make(host)
    client = Direct(raw)
    await ask_for_models(client)
    await infer_in_every_form(library, client, sys.argv[1])
    await infer_compressed(library, client, sys.argv[1])
    await read_errors(library, client)
    await client.close()


async def main():
    await run(sync, sync.InferenceServerClient)
    print(f"tritonclient.http {version('tritonclient')}: {reference.checks} checks hold")
    reference.checks = 0
    await run(aio, aio.InferenceServerClient)
    print(f"tritonclient.http.aio {version('tritonclient')}: {reference.checks} checks hold")


asyncio.run(main())
