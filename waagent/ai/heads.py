"""The trained part of the ``local`` engine: logistic regressions as plain arrays in one file.

The file is written by ``scripts/train_classifier.py`` and holds, for each head, ``<head>.w``
(features by classes, float16) and ``<head>.b`` (float32). ``status`` and ``follow`` also see the
probabilities of heads before them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from waagent.domain.labels import Intent, Sentiment, Status
from waagent.errors import AiError

FORMAT = 1
Array = NDArray[np.float32]

CLASSES: Mapping[str, tuple[str, ...]] = {
    "intent": tuple(Intent),
    "sentiment": tuple(Sentiment),
    "status": tuple(Status),
    "follow": ("false", "true"),
}
STACK: Mapping[str, tuple[str, ...]] = {
    "intent": (),
    "sentiment": (),
    "status": ("intent", "sentiment"),
    "follow": ("intent", "status"),
}
"""Each head in order of evaluation, and the heads whose probabilities it takes as features."""
SCALE_STACK = 2.0


class Shift(Protocol):
    """What is added to the scores of a head, in the order of ``CLASSES``."""

    def of(self, head: str, row: Array) -> Array | float:
        """For one feature vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probabilities:
    """One vector per head, in the order of ``CLASSES``; each sums to 1."""

    intent: Array
    sentiment: Array
    status: Array
    follow: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The weights, and where they come from."""

    weights: Mapping[str, Array]
    biases: Mapping[str, Array]
    confidence: tuple[float, float, float]
    data_sha256: str
    version: str

    @property
    def base_version(self) -> str:
        """What these weights are: whatever is learnt on top of them holds for no others."""
        return f"{self.version}-{self.data_sha256[:16]}"

    def probabilities(self, row: Array, shift: Shift | None = None) -> Probabilities:
        """The four distributions for one feature vector; ``shift`` is added to the scores."""
        found: dict[str, Array] = {}
        for head, before in STACK.items():
            full = np.concatenate([row, *(SCALE_STACK * found[name] for name in before)])
            scores = full @ self.weights[head] + self.biases[head]
            found[head] = softmax(scores if shift is None else scores + shift.of(head, row))
        return Probabilities(**found)

    def both_right(self, status: float, intent: float) -> float:
        """The calibrated probability that status and intent are both right, given each one's."""
        bias, of_status, of_intent = self.confidence
        score = bias + of_status * logit(status) + of_intent * logit(intent)
        return float(1.0 / (1.0 + np.exp(-score)))


def softmax(scores: Array) -> Array:
    """The distribution of ``scores``."""
    raised = np.exp(scores - scores.max())
    total: Array = (raised / raised.sum()).astype(np.float32)
    return total


def logit(probability: float) -> float:
    """Log odds, bounded."""
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return float(np.log(bounded / (1 - bounded)))


def load() -> Heads:
    """The weights shipped with the package. Raises AiError if the file cannot be used."""
    try:
        with as_file(files("waagent.ai") / "data" / "local.npz") as path, np.load(path) as stored:
            return _read({name: stored[name] for name in stored.files})
    except (OSError, KeyError, ValueError) as error:
        raise AiError(
            "the weights of the local engine cannot be read",
            hint="reinstall waagent; in a checkout run scripts/train_classifier.py",
        ) from error


def _read(stored: Mapping[str, NDArray[np.generic]]) -> Heads:
    if int(stored["format"]) != FORMAT:
        raise ValueError("another format")
    return Heads(
        weights={head: stored[f"{head}.w"].astype(np.float32) for head in STACK},
        biases={head: stored[f"{head}.b"].astype(np.float32) for head in STACK},
        confidence=tuple(float(x) for x in stored["confidence"]),  # type: ignore[arg-type]
        data_sha256=str(stored["data_sha256"]),
        version=str(stored["version"]),
    )
