"""Each library's own function for each loss, asked as its users ask: its defaults, and weights where it takes any."""

import inspect

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import torch
import torch.nn.functional as F
import torchvision
from inputs import rank


def of_torch(function, request: dict) -> tuple:
    tensors = {
        name: torch.tensor(value, dtype=torch.int64 if is_index(name, request) else torch.float64)
        for name, value in request.items()
    }
    z = tensors.pop("logits").requires_grad_()
    value = function(z, tensors.pop("labels"), **tensors)
    value.sum().backward()
    return value.tolist(), z.grad.tolist()


def of_jax(function, request: dict) -> tuple:
    arrays = {name: jnp.asarray(value) for name, value in request.items()}
    z, y = arrays.pop("logits"), arrays.pop("labels")
    # optax has no weights: its users multiply, and its losses are one an example.
    weights = arrays.pop("sample_weights", 1.0)
    assert not arrays
    value, gradient = weights * function(z, y), jax.grad(lambda x: (weights * function(x, y)).sum())(z)
    return np.asarray(value).tolist(), np.asarray(gradient).tolist()


def is_index(name: str, request: dict) -> bool:
    return name == "labels" and rank(request["labels"]) < rank(request["logits"])


def weighted(function):
    """A function of PyTorch whose weights, if it takes any, are one an element."""
    takes = "weight" in inspect.signature(function).parameters

    def call(z, y, sample_weights=None):
        if sample_weights is None:
            return function(z, y)
        # Without a weight of its own, a user multiplies and takes the mean.
        return function(z, y, weight=sample_weights) if takes else (sample_weights * function(z, y, reduction="none")).mean()

    return call


def torch_focal(z, y, sample_weights=1.0):
    return sample_weights * torchvision.ops.sigmoid_focal_loss(z, y)


def torch_hinge(z, y, sample_weights=1.0):
    return (sample_weights * (1 - y * z).clamp(min=0)).mean()


def torch_cross_entropy(z, y, class_weights=None):
    return F.cross_entropy(z, y, weight=class_weights)


def torch_multi_margin(z, y, class_weights=None):
    return F.multi_margin_loss(z, y, weight=class_weights)


def of_keras(loss):
    """Numbers as rows of one, because Keras means over the last axis first."""

    def call(z, y, sample_weights=None):
        rows = (t[:, None] if t.ndim == 1 and z.ndim == 1 else t for t in (y, z))
        return loss(*rows, sample_weight=sample_weights)

    return call


def keras_cross_entropy(z, y, **weights):
    losses = keras.losses
    by_form = losses.SparseCategoricalCrossentropy if y.ndim < z.ndim else losses.CategoricalCrossentropy
    return of_keras(by_form(from_logits=True, dtype="float64"))(z, y, **weights)


def keras_focal(z, y, **weights):
    loss = keras.losses.CategoricalFocalCrossentropy(from_logits=True, dtype="float64")
    return of_keras(loss)(z, F.one_hot(y, z.shape[-1]).to(z.dtype), **weights)


def keras_divergence(z, y, **weights):
    return of_keras(keras.losses.KLDivergence(dtype="float64"))(torch.softmax(z, -1), y, **weights)


def optax_cross_entropy(z, y):
    return (optax.softmax_cross_entropy_with_integer_labels if y.ndim < z.ndim else optax.softmax_cross_entropy)(z, y)


PYTORCH = {
    "mse": weighted(F.mse_loss),
    "binary_cross_entropy": weighted(F.binary_cross_entropy_with_logits),
    "cross_entropy": torch_cross_entropy,
    "focal": torch_focal,
    "hinge": torch_hinge,
    "soft_margin": F.soft_margin_loss,
    "l1": weighted(F.l1_loss),
    "huber": weighted(F.huber_loss),
    "smooth_l1": F.smooth_l1_loss,
    "poisson_nll": F.poisson_nll_loss,
    "multi_margin": torch_multi_margin,
    "kl_divergence": lambda z, y: F.kl_div(F.log_softmax(z, -1), y, reduction="batchmean"),
}
KERAS = {
    "mse": of_keras(keras.losses.MeanSquaredError(dtype="float64")),
    "binary_cross_entropy": of_keras(keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")),
    "cross_entropy": keras_cross_entropy,
    "focal": of_keras(keras.losses.BinaryFocalCrossentropy(from_logits=True, dtype="float64")),
    "hinge": of_keras(keras.losses.Hinge(dtype="float64")),
    "squared_hinge": of_keras(keras.losses.SquaredHinge(dtype="float64")),
    "l1": of_keras(keras.losses.MeanAbsoluteError(dtype="float64")),
    "huber": of_keras(keras.losses.Huber(dtype="float64")),
    "log_cosh": of_keras(keras.losses.LogCosh(dtype="float64")),
    "softmax_focal": keras_focal,
    "kl_divergence": keras_divergence,
}
OPTAX = {
    "mse": optax.l2_loss,
    "binary_cross_entropy": optax.sigmoid_binary_cross_entropy,
    "cross_entropy": optax_cross_entropy,
    "focal": optax.sigmoid_focal_loss,
    "hinge": optax.hinge_loss,
    "huber": optax.huber_loss,
    "log_cosh": optax.log_cosh,
    "multiclass_hinge": optax.losses.multiclass_hinge_loss,
    "kl_divergence": lambda z, y: optax.kl_divergence(jax.nn.log_softmax(z), y),
}
CELLS = {"pytorch": PYTORCH, "keras": KERAS, "optax": OPTAX}
GRADIENT = {"pytorch": of_torch, "keras": of_torch, "optax": of_jax}
