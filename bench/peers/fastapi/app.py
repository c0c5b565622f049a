"""Softmax cross-entropy as a team that trains in PyTorch would serve it."""

import torch
import torch.nn.functional as F
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Batch(BaseModel):
    logits: list[list[float]]
    labels: list[int]


class Answer(BaseModel):
    loss: float
    losses: list[float]
    gradients: list[list[float]]


def differentiate(batch: Batch) -> dict:
    logits = torch.tensor(batch.logits, dtype=torch.float64, requires_grad=True)
    losses = F.cross_entropy(logits, torch.tensor(batch.labels), reduction="none")
    loss = losses.mean()
    loss.backward()
    return {"loss": loss.item(), "losses": losses.tolist(), "gradients": logits.grad.tolist()}


@app.post("/cross_entropy")
def cross_entropy(batch: Batch):
    return differentiate(batch)


@app.post("/cross_entropy/typed")
def cross_entropy_typed(batch: Batch) -> Answer:
    return differentiate(batch)
