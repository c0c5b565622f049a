"""The REST client of the KServe SDK against a running service."""

import asyncio
import logging
import sys
from importlib.metadata import version

import httpx
import numpy as np
import v2_batch as reference
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput
from v2_batch import holds, same

MODEL = "cross_entropy"
TYPES = {np.float64: "FP64", np.float32: "FP32"}


def request_of(logits, labels, binary, outputs=None, parameters=None):
    tensors = [
        InferInput("logits", list(logits.shape), TYPES[logits.dtype.type]),
        InferInput("labels", list(labels.shape), "INT64"),
    ]
    tensors[0].set_data_from_numpy(logits, binary_data=binary)
    tensors[1].set_data_from_numpy(labels, binary_data=binary)
    return InferRequest(MODEL, tensors, request_id="7", request_outputs=outputs, parameters=parameters or {})


async def infer_in_every_form(client, url):
    for dtype in TYPES:
        for binary_in in (True, False):
            # Its JSON turns an infinite number into null, without a word.
            logits, labels = reference.batch(dtype) if binary_in else reference.finite(*reference.batch(dtype))
            want = reference.expected(url, logits, labels)
            for binary_out in (True, False):
                outputs = [RequestedOutput(name, {"binary_data": binary_out}) for name in want]
                reply = await client.infer(url, request_of(logits, labels, binary_in, outputs), model_name=MODEL)
                holds("the id comes back", reply.id == "7" and reply.model_name == MODEL)
                for name, tensor in want.items():
                    output = reply.get_output_by_name(name)
                    what = f"{name} of {dtype.__name__}, binary {binary_in}, {binary_out}"
                    same(what, output.as_numpy().astype(dtype).reshape(output.shape), tensor)


async def read_errors(client, url):
    logits, labels = reference.batch(np.float64)
    parameters = {"temperature": "warm"}
    cases = [
        (MODEL, request_of(logits, labels, False), "null at byte"),
        (MODEL, request_of(logits, labels + reference.CLASSES, True), "class index"),
        (MODEL, request_of(logits, labels, True, parameters=parameters), "/parameters/temperature"),
        ("nothing", request_of(logits, labels, True), "the models are"),
    ]
    for model, request, says in cases:
        try:
            await client.infer(url, request, model_name=model)
        except httpx.HTTPStatusError as error:
            holds(f"{error} says {says}", says in str(error))
        else:
            holds(f"{model} is refused", False)


async def main():
    logging.disable(logging.ERROR)
    url = sys.argv[1]
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
        holds("live", await client.is_server_live(url))
        holds("ready", await client.is_server_ready(url))
        holds("the model is ready", await client.is_model_ready(url, MODEL))
        await infer_in_every_form(client, url)
        await read_errors(client, url)
    print(f"kserve {version('kserve')}: {reference.checks} checks hold")


asyncio.run(main())
