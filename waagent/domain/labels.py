"""What a conversation is labelled with: the vocabulary of the labelling guide.

The four enums are part of the public interface (``docs/reference``): values are only ever added.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """How far the customer is from buying."""

    NEW_LEAD = "new_lead"
    WARM_LEAD = "warm_lead"
    HOT_LEAD = "hot_lead"
    CUSTOMER = "customer"
    LOST = "lost"
    NOT_LEAD = "not_lead"


class Intent(StrEnum):
    """What the customer's last meaningful message is for."""

    PURCHASE = "purchase"
    PRICE_INQUIRY = "price_inquiry"
    AVAILABILITY = "availability"
    PRODUCT_INFO = "product_info"
    ORDER_STATUS = "order_status"
    PAYMENT = "payment"
    COMPLAINT = "complaint"
    CANCEL = "cancel"
    GREETING = "greeting"
    OPT_OUT = "opt_out"
    OTHER = "other"


class Sentiment(StrEnum):
    """The customer's most recent clear feeling towards the business."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Engine(StrEnum):
    """What labels conversations; docs/reference/ai.md."""

    LOCAL = "local"
    OPENAI = "openai"
    CASCADE = "cascade"


OPEN_SALE = frozenset({Status.NEW_LEAD, Status.WARM_LEAD, Status.HOT_LEAD})
"""The statuses in which a sale may still be made."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, oldest first when in a sequence."""

    author: Literal["customer", "business"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What an engine says of a conversation after its last message.

    ``confidence`` is the probability, 0 to 1, that ``status`` and ``intent`` are both right;
    ``status_confidence`` and ``intent_confidence`` are those of each, None where the engine does
    not tell. ``product`` is the catalogue's name of it where ``product_id`` is not None, else a
    slug. ``need`` is one Indonesian sentence for the owner, or None. ``fallback_reason`` says why
    another engine than the one wanted answered. Tokens are all that were spent on this answer,
    failed attempts included; ``latency_ms`` is wall-clock time.
    """

    status: Status
    intent: Intent
    sentiment: Sentiment
    needs_follow_up: bool
    product: str | None
    need: str | None
    confidence: float
    engine: str
    model: str
    product_id: str | None = None
    status_confidence: float | None = None
    intent_confidence: float | None = None
    fallback_reason: str | None = None
    prompt_version: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0
