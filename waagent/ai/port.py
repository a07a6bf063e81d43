"""What every engine is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from waagent.domain.labels import Classification, Turn
from waagent.errors import AiError

if TYPE_CHECKING:
    from waagent.ai.catalogue import Catalogue
    from waagent.ai.tenant_head import TenantHead


class EngineError(AiError):
    """An engine's failure with a ``reason`` slug for logs and counters (docs/reference/ai.md).

    ``tokens_in`` and ``tokens_out`` were spent on the attempt all the same.
    """

    def __init__(self, message: str, *, reason: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.tokens_in = 0
        self.tokens_out = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopContext:
    """What an engine knows of the shop whose conversation it labels.

    ``catalogue`` is what it sells, ``head`` what was learnt of its owner's corrections. With
    ``budget_used_up`` no engine that costs tokens is asked.
    """

    catalogue: Catalogue | None = None
    head: TenantHead | None = None
    budget_used_up: bool = False


ANY_SHOP = ShopContext()


class Classifier(Protocol):
    """Says what a conversation is about: ``local``, ``openai`` or both, one behind the other."""

    name: str

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        """The labels of ``turns`` (oldest first) after the last one.

        Raises AiError when the engine cannot give a usable answer.
        """
