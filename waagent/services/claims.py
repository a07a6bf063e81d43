"""What a host takes from the outbox, and what is to be transmitted of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from waagent.domain.messages import MessageKind, Origin, Outgoing, Quoted
from waagent.domain.outbox import TOO_LATE, OutboxAction
from waagent.services import outgoing
from waagent.services.core import Scope


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is next for its session; ``id`` is its own, ``message_id`` what it is about."""

    session_id: str
    tenant_id: str
    id: str
    message_id: str
    conversation_id: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the pace of a send depends on. ``length`` is in characters."""

    origin: Origin
    length: int
    chat_jid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What stands in ``sending``, under a lease of that epoch."""

    tenant_id: str
    id: str
    message_id: str
    action: OutboxAction
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Taken):
    """The right to transmit ``outgoing`` once. ``kind`` says whether a file belongs to it."""

    conversation_id: str
    chat_jid: str
    origin: Origin
    kind: MessageKind
    outgoing: Outgoing
    attempt: int


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """What the database gives of what was claimed."""

    action: str
    attempt: int
    payload_enc: bytes | None
    chat_enc: bytes
    conversation_id: str
    origin: str
    kind: str
    body_enc: bytes
    wa_message_id: str | None
    from_me: bool
    at: datetime
    quoted_wa_id: str | None
    quoted_from_me: bool | None
    quoted_body_enc: bytes | None


def message_of(scope: Scope, row: ClaimedRow) -> Outgoing:
    """What a message is to transmit, without its file."""
    quoted = None
    if row.quoted_wa_id is not None and row.quoted_body_enc is not None:
        quoted = Quoted(
            wa_message_id=row.quoted_wa_id,
            from_me=bool(row.quoted_from_me),
            text=scope.cipher.decrypt(row.quoted_body_enc, "messages.body"),
        )
    return outgoing.message(
        MessageKind(row.kind),
        scope.cipher.decrypt(row.body_enc, "messages.body"),
        scope.cipher.decrypt_or_none(row.payload_enc, "outbox.payload"),
        quoted,
    )


def claim_of(scope: Scope, taken: Taken, row: ClaimedRow, what: Outgoing) -> Claim:
    """The claim on what was taken, to transmit ``what``."""
    return Claim(
        tenant_id=taken.tenant_id,
        id=taken.id,
        message_id=taken.message_id,
        action=taken.action,
        epoch=taken.epoch,
        conversation_id=row.conversation_id,
        chat_jid=scope.cipher.decrypt(row.chat_enc, "conversations.chat"),
        origin=Origin(row.origin),
        kind=MessageKind(row.kind),
        outgoing=what,
        attempt=row.attempt,
    )


def reason_against(action: OutboxAction, row: ClaimedRow) -> str | None:
    """Why an action that waited is not worth sending any more."""
    if row.wa_message_id is None:
        return "message_not_sent"
    within = TOO_LATE.get(action)
    return "too_late" if within and datetime.now(UTC) - row.at > within else None
