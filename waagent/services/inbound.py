"""Storing what WhatsApp delivered: each message once, in one transaction for a tenant's batch.

Everything that must be true the moment a message is stored happens in the same transaction: the
conversation and its lead exist, and a follow-up that a reply made pointless is cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.followups import CancelReason
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, InboundMessage, MessageState, Origin, Receipt
from waagent.services.contacts import Identity, resolve_contacts
from waagent.services.core import Core, Scope
from waagent.services.followups import cancel_follow_ups

LONGEST_WAIT_PERIODS = 6
"""A customer who never stops typing is looked at after this many quiet periods."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and the session it came to."""

    session_id: str
    message: InboundMessage


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: str
    session_id: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class _Stored:
    id: str
    conversation_id: str
    direction: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    id: str
    conversation_id: str


@dataclass(frozen=True, slots=True)
class _Acknowledged:
    wa_message_id: str
    id: str
    conversation_id: str


class InboundService:
    """Stores messages and receipts."""

    def __init__(self, core: Core, quiet_period: timedelta) -> None:
        self._core = core
        self._quiet = quiet_period

    def store(self, tenant_id: str, arrivals: Sequence[Arrival]) -> int:
        """Store a batch in arrival order; returns how many were new.

        A message that is stored already is left alone, so a batch may be stored again after a
        failure.
        """
        with self._core.tenant(tenant_id) as scope:
            identities = [_identity(arrival.message) for arrival in arrivals]
            contacts = resolve_contacts(scope, identities)
            conversations = _upsert_conversations(scope, arrivals, contacts)
            stored = _insert(scope, arrivals, conversations)
            if stored:
                self._after(scope, arrivals, conversations, stored)
            scope.tx.run("sessions.touch", session_ids=list({a.session_id for a in arrivals}))
        return len(stored)

    def receipts(self, tenant_id: str, session_id: str, receipts: Sequence[Receipt]) -> set[str]:
        """Apply receipts; returns the ids of messages that are not known (yet)."""
        pairs = {(i, receipt.kind.value) for receipt in receipts for i in receipt.wa_message_ids}
        # "read" after "delivered", so that the stronger one wins where a batch has both.
        ordered = dict(sorted(pairs, key=lambda pair: pair[1]))
        with self._core.tenant(tenant_id) as scope:
            known = scope.tx.all(
                _Acknowledged,
                "messages.receipts",
                session_id=session_id,
                wa_message_ids=list(ordered),
                states=list(ordered.values()),
            )
            for message in known:
                scope.changed("message", message.id, message.conversation_id)
        return set(ordered) - {message.wa_message_id for message in known}

    def _after(
        self,
        scope: Scope,
        arrivals: Sequence[Arrival],
        conversations: Sequence[str],
        stored: Sequence[_Stored],
    ) -> None:
        touched = _touches(arrivals, conversations, stored)
        scope.tx.run(
            "messages.touch_conversations",
            quiet=self._quiet,
            longest=self._quiet * LONGEST_WAIT_PERIODS,
            ids=[touch.id for touch in touched],
            ats=[touch.at for touch in touched],
            inbound=[touch.inbound for touch in touched],
            outbound=[touch.outbound for touch in touched],
            unread=[touch.unread for touch in touched],
        )
        replied = [touch.id for touch in touched if touch.inbound]
        opened = scope.tx.all(
            _Opened, "leads.open", conversation_ids=replied, stage=Stage.NEW.value
        )
        for lead in opened:
            scope.changed("lead", lead.id, lead.conversation_id)
        answered = [touch.id for touch in touched if not touch.inbound]
        cancel_follow_ups(scope, replied, CancelReason.CUSTOMER_REPLIED)
        cancel_follow_ups(scope, answered, CancelReason.BUSINESS_REPLIED)
        for touch in touched:
            scope.changed("message", touch.message_id, touch.id)


@dataclass(slots=True)
class _Touch:
    """What a batch did to a conversation; ``unread`` counts since the owner last wrote in it."""

    id: str
    message_id: str
    at: datetime
    inbound: int = 0
    outbound: int = 0
    unread: int = 0


def _identity(message: InboundMessage) -> Identity:
    name = None if message.from_me else message.push_name
    return Identity(lid=message.lid, phone=message.phone, name=name)


def _upsert_conversations(
    scope: Scope, arrivals: Sequence[Arrival], contacts: Sequence[str]
) -> list[str]:
    """The conversation's id of each arrival."""
    newest = {
        (arrival.session_id, contact): arrival.message
        for arrival, contact in zip(arrivals, contacts, strict=True)
    }
    rows = scope.tx.all(
        _Conversation,
        "messages.upsert_conversations",
        session_ids=[session_id for session_id, _ in newest],
        contact_ids=[contact for _, contact in newest],
        chats=[
            scope.cipher.encrypt(message.chat_jid, "conversations.chat")
            for message in newest.values()
        ],
        ats=[message.sent_at for message in newest.values()],
    )
    ids = {(row.session_id, row.contact_id): row.id for row in rows}
    return [
        ids[arrival.session_id, contact]
        for arrival, contact in zip(arrivals, contacts, strict=True)
    ]


def _insert(
    scope: Scope, arrivals: Sequence[Arrival], conversations: Sequence[str]
) -> list[_Stored]:
    # One statement must not meet the same key twice: a redelivery may be in the same batch.
    unique = {
        (arrival.session_id, arrival.message.wa_message_id, arrival.message.from_me): (
            arrival.session_id,
            arrival.message,
            conversation,
        )
        for arrival, conversation in zip(arrivals, conversations, strict=True)
    }.values()
    messages = [message for _, message, _ in unique]
    return scope.tx.all(
        _Stored,
        "messages.insert_arrived",
        session_ids=[session for session, _, _ in unique],
        conversation_ids=[conversation for _, _, conversation in unique],
        wa_message_ids=[message.wa_message_id for message in messages],
        directions=[_direction(message).value for message in messages],
        origins=[
            (Origin.PHONE if message.from_me else Origin.CUSTOMER).value for message in messages
        ],
        kinds=[message.kind.value for message in messages],
        bodies=[scope.cipher.encrypt(message.text, "messages.body") for message in messages],
        states=[
            (MessageState.SENT if message.from_me else MessageState.RECEIVED).value
            for message in messages
        ],
        ats=[message.sent_at for message in messages],
    )


def _direction(message: InboundMessage) -> Direction:
    return Direction.OUT if message.from_me else Direction.IN


def _touches(
    arrivals: Sequence[Arrival], conversations: Sequence[str], stored: Sequence[_Stored]
) -> list[_Touch]:
    newest: dict[str, datetime] = {}
    for arrival, conversation in zip(arrivals, conversations, strict=True):
        at = arrival.message.sent_at
        newest[conversation] = max(newest.get(conversation, at), at)
    touches: dict[str, _Touch] = {}
    for row in stored:
        touch = touches.setdefault(
            row.conversation_id, _Touch(row.conversation_id, row.id, newest[row.conversation_id])
        )
        touch.message_id = row.id
        if row.direction == Direction.IN:
            touch.inbound += 1
            touch.unread += row.fresh
        else:
            touch.outbound += 1
            touch.unread = 0
    return list(touches.values())
