"""The port of what writes follow-ups; it imports no client of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from waagent.domain.labels import Turn

PROMPT = "follow-up-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is to be said, by the ``template``'s filled-in text, and to whom: the chat so far."""

    template: str
    product: str | None
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A proposal, and what it cost."""

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    prompt_version: str = PROMPT


class Writer(Protocol):
    """Writes follow-ups."""

    def write(self, brief: Brief) -> Written:
        """A proposal. Raises EngineError, with the tokens that were spent all the same."""
