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
    """What a message carries."""

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
    CONFIRMATION = "confirmation"
    """The one answer to an opt-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message WhatsApp delivered to a linked device; also the owner's own, typed on the phone.

    ``lid`` and ``phone`` name the *other* side of a one-to-one chat: ``lid`` is the user part of
    its LID, never to be shown as a number; ``phone`` is digits with the country code. At least one
    is set. ``chat_jid`` is what an answer is addressed to. ``sent_at`` is aware and in UTC.
    ``quoted_id`` is WhatsApp's id of the message it answers; ``text`` of a location or a contact
    says in words where or who; ``history`` marks what came with a new pairing and is old.
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
    media: InboundMedia | None = None
    quoted_id: str | None = None
    gap: GapCause | None = None
    history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMedia:
    """A file that came with a message, not fetched yet.

    ``size`` is in bytes, as its sender says. ``ref`` is what ``Gateway.download`` needs:
    serialized, with the key of the file in it, so it is kept encrypted.
    """

    mimetype: str
    file_name: str | None
    size: int
    ref: bytes


class ChangeOfMessage(StrEnum):
    """What can happen to a message after it was sent."""

    EDIT = "edit"
    REVOKE = "revoke"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChange:
    """Somebody edited, deleted or reacted to a message that was sent before.

    ``wa_message_id`` and ``target_from_me`` name that message; ``by_me`` says who did it (the shop,
    on its phone, or the customer). ``text`` is the new text, or the emoji ("" takes it back).
    ``lid`` and ``phone`` name the other side of the chat, as in :class:`InboundMessage`.
    """

    kind: ChangeOfMessage
    wa_message_id: str
    target_from_me: bool
    by_me: bool
    chat_jid: str
    lid: str | None
    phone: str | None
    text: str
    at: datetime


class GapCause(StrEnum):
    """Why a message is not, or was not for a while, what its sender wrote."""

    UNDECRYPTABLE = "undecryptable"
    """The library could not decrypt it; it has asked the sender's phone to send it again."""
    UNAVAILABLE = "unavailable"
    """WhatsApp gives linked devices nothing of it (view once, or a message before the link)."""
    LATE = "late"
    """It came long after it was sent, though the session was connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The message that another one answers."""

    wa_message_id: str
    from_me: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMedia:
    """A file to send; the message's text is its caption."""

    kind: MessageKind
    data: bytes
    mimetype: str
    file_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingText:
    """A text, or a file with a caption, that may answer a message."""

    text: str
    media: OutgoingMedia | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLocation:
    """A place. Degrees; ``name`` may be empty."""

    latitude: float
    longitude: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingContact:
    """A person's card. ``phone`` is digits with the country code."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingChange:
    """An edit or a deletion of one's own message, or a reaction to any.

    ``text`` is the new text, or the emoji ("" takes a reaction back); a deletion has none.
    """

    kind: ChangeOfMessage
    wa_message_id: str
    target_from_me: bool
    text: str = ""


Outgoing = OutgoingText | OutgoingLocation | OutgoingContact | OutgoingChange
"""What can be transmitted to a chat."""


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
