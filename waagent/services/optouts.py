"""Opt-outs: heard once, confirmed once, noted in the audit log, and taken back by a person only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from waagent.domain.followups import CancelReason
from waagent.domain.messages import Origin
from waagent.domain.templates import names_of, render
from waagent.i18n.follow_ups import OPTED_OUT
from waagent.services.core import Scope
from waagent.services.followup_plans import cancel_follow_ups
from waagent.services.outbox import enqueue

CONFIRM_WITHIN = timedelta(hours=24)
"""After that an answer would only be one more message."""


@dataclass(frozen=True, slots=True)
class _Asked:
    session_id: str
    paired: bool
    last_inbound_at: datetime | None
    name_enc: bytes | None
    told: bool


def customer_opted_out(scope: Scope, contact_id: str, conversation_id: str) -> None:
    """A customer asked, in this conversation, for no more messages.

    The first time it is confirmed by one polite message; no later one ever is.
    """
    if not _opt_out(scope, contact_id, source="customer", actor="customer"):
        return
    asked = scope.tx.one(
        _Asked,
        "contacts.opt_out_facts",
        conversation_id=conversation_id,
        dedupe_key=_key(contact_id),
    )
    if asked is None or asked.told or not asked.paired or asked.last_inbound_at is None:
        return
    if datetime.now(UTC) - asked.last_inbound_at > CONFIRM_WITHIN:
        return
    address, _ = names_of(scope.cipher.decrypt_or_none(asked.name_enc, "contacts.name"))
    message_id = enqueue(
        scope,
        session_id=asked.session_id,
        conversation_id=conversation_id,
        text=render(OPTED_OUT, {"sapaan": address}),
        origin=Origin.CONFIRMATION,
        dedupe_key=_key(contact_id),
    )
    scope.tx.run("contacts.opt_out_told", contact_id=contact_id, message_id=message_id)


def opt_out(scope: Scope, contact_id: str, *, actor: str) -> None:
    """A person of the shop notes that a customer wants none; the customer is told nothing."""
    _opt_out(scope, contact_id, source="shop", actor=actor)


def opt_in(scope: Scope, contact_id: str, *, actor: str) -> None:
    """A person of the shop notes that a customer wants them again. Doing it again does nothing."""
    if scope.tx.run("contacts.opt_in", contact_id=contact_id):
        scope.tx.run("audit.note", actor=actor, action="contact.opt_in", subject=contact_id)


def _opt_out(scope: Scope, contact_id: str, *, source: str, actor: str) -> bool:
    """Whether it is new."""
    conversations = scope.tx.column("contacts.conversations", contact_id=contact_id)
    cancel_follow_ups(scope, conversations, CancelReason.OPTED_OUT)
    if not scope.tx.run("contacts.opt_out", contact_id=contact_id, source=source):
        return False
    scope.tx.run("audit.note", actor=actor, action="contact.opt_out", subject=contact_id)
    return True


def _key(contact_id: str) -> str:
    return f"opt_out:{contact_id}"
