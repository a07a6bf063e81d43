"""Messages as they pass between WhatsApp, the database and the front ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Seen from the shop."""

    IN = "in"
    OUT = "out"


class MessageKind(StrEnum):
    """What a message carries. Only text has a body; the others are stored as visible stubs."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    UNDECRYPTABLE = "undecryptable"
    OTHER = "other"


class MessageState(StrEnum):
    """Where a message is. ``received`` is for incoming ones, the rest for outgoing ones.

    ``queued → sending → sent → delivered → read``; ``failed`` was surely not sent; ``unknown`` may
    have been sent (a crash or a time-out in between) and is never sent again by itself;
    ``cancelled`` was taken back before it was sent.
    """

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    PHONE = "phone"
    """The owner, on the shop's own phone."""
    HUMAN = "human"
    """An agent, through waagent."""
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message WhatsApp delivered to a linked device; also the owner's own, typed on the phone.

    ``lid`` and ``phone`` name the *other* side of a one-to-one chat: ``lid`` is the user part of
    its LID, never to be shown as a number; ``phone`` is digits with the country code. At least one
    is set. ``chat_jid`` is what an answer is addressed to. ``sent_at`` is aware and in UTC.
    """

    wa_message_id: str
    chat_jid: str
    lid: str | None
    phone: str | None
    from_me: bool
    push_name: str | None
    kind: MessageKind
    text: str
    sent_at: datetime


class ReceiptKind(StrEnum):
    """What a receipt says of our messages."""

    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side's device got, or its owner read, messages of ours."""

    wa_message_ids: tuple[str, ...]
    kind: ReceiptKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What WhatsApp's server said of a message it took."""

    wa_message_id: str
    at: datetime
