"""What the front ends are given to show: read models, one frozen dataclass for each list.

Ids are UUID strings; times are aware and in UTC. Text fields are plain and come from customers:
a front end escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from waagent.domain.followups import FollowUpState
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.sessions import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A shop. ``timezone`` is an IANA name."""

    id: str
    slug: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A linked number. ``phone`` is E.164 or None before pairing; ``tenant`` is the slug.

    ``owner`` names the session host that holds its lease, or None; ``outbox`` counts messages
    that wait to be sent.
    """

    id: str
    tenant: str
    name: str
    phone: str | None
    state: SessionState
    reason: str | None
    owner: str | None
    last_event_at: datetime | None
    outbox: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView:
    """A card of the lead board. Labels are None until the conversation was first understood.

    ``phone`` is E.164, or None while only the customer's LID is known.
    """

    id: str
    conversation_id: str
    phone: str | None
    name: str | None
    stage: Stage
    status: Status | None
    intent: Intent | None
    sentiment: Sentiment | None
    product: str | None
    need: str | None
    follow_up_at: datetime | None
    last_message_at: datetime
    unread: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightView:
    """The newest insight of a conversation."""

    status: Status
    intent: Intent
    sentiment: Sentiment
    product: str | None
    need: str | None
    needs_follow_up: bool
    confidence: float
    engine: str
    model: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message. ``phone`` is the customer's (E.164 or None); ``at`` is WhatsApp's time of it."""

    id: str
    conversation_id: str
    direction: Direction
    origin: Origin
    phone: str | None
    kind: MessageKind
    text: str
    state: MessageState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpView:
    """A follow-up; ``lead`` is the lead's id, ``reason`` says why it was cancelled or skipped."""

    id: str
    lead: str
    phone: str | None
    name: str | None
    due_at: datetime
    state: FollowUpState
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something of a tenant changed: ids only. ``id`` is that of the thing named by ``kind``."""

    kind: Literal["lead", "message", "session", "follow_up", "insight"]
    id: str
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectEvent:
    """A step of linking a number, as ``waagent connect`` shows it.

    ``qr`` has ``code`` (what the QR must hold) and ``expires_in`` (seconds); ``paired`` has
    ``jid``; ``connected`` has ``phone`` (E.164) and ``session`` (its name); ``expired``,
    ``refused`` and ``passkey_required`` end it and have ``reason``.
    """

    event: Literal["qr", "paired", "connected", "expired", "refused", "passkey_required"]
    code: str | None = None
    expires_in: int | None = None
    jid: str | None = None
    phone: str | None = None
    session: str | None = None
    reason: str | None = None
