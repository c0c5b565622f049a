"""Softmax cross-entropy as a custom runtime: MLServer hands it the tensors of a v2 request."""

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class CrossEntropy(MLModel):
    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        tensors = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        logits, labels = tensors["logits"], tensors["labels"]
        rows = np.arange(len(labels))
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        losses = np.log(sums[:, 0]) - shifted[rows, labels]
        gradients = exponentials / sums
        gradients[rows, labels] -= 1
        gradients /= len(labels)
        answer = {"loss": np.array([losses.mean()]), "losses": losses, "gradients": gradients}
        outputs = [NumpyCodec.encode_output(name, tensor) for name, tensor in answer.items()]
        return InferenceResponse(model_name=self.name, outputs=outputs)
