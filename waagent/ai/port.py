"""What every engine is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from waagent.domain.labels import Classification, Turn
from waagent.errors import AiError


class EngineError(AiError):
    """An engine's failure with a ``reason`` slug for logs and counters (docs/reference/ai.md)."""

    def __init__(self, message: str, *, reason: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class Classifier(Protocol):
    """Says what a conversation is about. Two real ones exist: ``local`` and ``openai``."""

    name: str

    def classify(self, turns: Sequence[Turn], catalogue: Sequence[str] = ()) -> Classification:
        """The labels of ``turns`` (oldest first) after the last one.

        ``catalogue`` holds the shop's own product names; a match is preferred as ``product``.
        Raises AiError when the engine cannot give a usable answer.
        """
