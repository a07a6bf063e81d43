"""What one shop's corrections add to the ``local`` engine: small regressions on its features.

For each head that gained by it, weights are added to the scores of the shipped ones. They hold for
exactly those shipped weights (``base_version``) and are ignored with any others. How they are
learnt: ``waagent.ai.learning``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waagent.ai.heads import CLASSES, Array, Heads
from waagent.errors import AiError


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantHead:
    """``weights`` and ``biases`` by head: features by classes, and classes.

    ``name`` stands behind the model's name in the insights it had a part in.
    """

    weights: Mapping[str, Array]
    biases: Mapping[str, Array]
    base_version: str
    name: str

    def fits(self, heads: Heads) -> bool:
        """Whether it was learnt on top of exactly these weights."""
        return self.base_version == heads.base_version

    def of(self, head: str, row: Array) -> Array | float:
        """What is added to the scores of ``head`` for a feature vector."""
        if head not in self.weights:
            return 0.0
        added: Array = row @ self.weights[head] + self.biases[head]
        return added

    def to_bytes(self) -> bytes:
        """As it is stored."""
        arrays = {f"{head}.w": w.astype(np.float16) for head, w in self.weights.items()}
        biases = {f"{head}.b": b.astype(np.float32) for head, b in self.biases.items()}
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays, **biases)
        return file.getvalue()


def from_bytes(stored: bytes, *, base_version: str, name: str) -> TenantHead:
    """A stored head. Raises AiError if it cannot be read."""
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as found:
            weights = {h: found[f"{h}.w"].astype(np.float32) for h in CLASSES if f"{h}.w" in found}
            biases = {h: found[f"{h}.b"].astype(np.float32) for h in weights}
    except (OSError, KeyError, ValueError) as error:
        raise AiError(
            "what was learnt for this shop cannot be read", hint="run: waagent ai learn"
        ) from error
    return TenantHead(weights=weights, biases=biases, base_version=base_version, name=name)
