"""Storing what WhatsApp delivered: each message once, in one transaction for a tenant's batch.

Everything that must be true the moment a message is stored happens in the same transaction: the
conversation and its lead exist, a file is noted to be fetched, and a follow-up that a reply made
pointless is cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.followups import CancelReason
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageChange, Receipt
from waagent.domain.texts import identifier
from waagent.services.core import Core, Scope
from waagent.services.followup_plans import cancel_follow_ups, person_answered
from waagent.services.gaps import Arrived, record_gaps
from waagent.services.inbound_changes import LookAgain, apply_changes
from waagent.services.inbound_history import store_history
from waagent.services.inbound_rows import Arrival, New, insert, place
from waagent.services.media import MediaStore

__all__ = ["LONGEST_WAIT_PERIODS", "Arrival", "InboundService"]

LONGEST_WAIT_PERIODS = 6
"""A customer who never stops typing is looked at after this many quiet periods."""


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
    """Stores messages, and what happens to them afterwards."""

    def __init__(self, core: Core, quiet_period: timedelta, media: MediaStore) -> None:
        self._core = core
        self._quiet = quiet_period
        self._media = media

    def store(self, tenant_id: str, arrivals: Sequence[Arrival]) -> int:
        """Store a batch in arrival order; returns how many were new.

        A message that is stored already is left alone, so a batch may be stored again after a
        failure. History among it sets nothing going.
        """
        live = [arrival for arrival in arrivals if not arrival.message.history]
        old = [arrival for arrival in arrivals if arrival.message.history]
        with self._core.tenant(tenant_id) as scope:
            stored = self._store_live(scope, live) if live else 0
            if old:
                stored += store_history(scope, old, self._media.limit)
            scope.tx.run("sessions.touch", session_ids=list({a.session_id for a in arrivals}))
        return stored

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
                wa_message_ids=[identifier(id_) for id_ in ordered],
                states=list(ordered.values()),
            )
            for message in known:
                scope.changed("message", message.id, message.conversation_id)
        return set(ordered) - {message.wa_message_id for message in known}

    def changes(
        self, tenant_id: str, session_id: str, changes: Sequence[MessageChange]
    ) -> list[MessageChange]:
        """Apply edits, deletions and reactions; returns those whose message is not known (yet).

        Any of them may be applied again, and an older one after a newer one changes nothing.
        """
        again = LookAgain(quiet=self._quiet, longest=self._quiet * LONGEST_WAIT_PERIODS)
        with self._core.tenant(tenant_id) as scope:
            unknown, erased = apply_changes(scope, session_id, changes, again)
        for file in erased:
            self._media.discard(file)
        return unknown

    def _store_live(self, scope: Scope, arrivals: Sequence[Arrival]) -> int:
        placed = place(scope, arrivals, readdress=True)
        scope.tx.run(
            "messages.was_history",
            session_ids=[each.session_id for each in placed],
            wa_message_ids=[each.message.wa_message_id for each in placed],
            directions=[each.direction for each in placed],
        )
        new = insert(scope, placed, self._media.limit)
        if not new:
            return 0
        record_gaps(
            scope,
            [
                Arrived(
                    session_id=each.row.session_id,
                    conversation_id=each.row.conversation_id,
                    message=each.placed.message,
                )
                for each in new
            ],
        )
        self._after(scope, _touches(new))
        return len(new)

    def _after(self, scope: Scope, touched: Sequence[_Touch]) -> None:
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
        person_answered(scope, answered)
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


def _touches(new: Sequence[New]) -> list[_Touch]:
    touches: dict[str, _Touch] = {}
    for each in new:
        row, at = each.row, each.placed.message.sent_at
        touch = touches.setdefault(row.conversation_id, _Touch(row.conversation_id, row.id, at))
        touch.message_id, touch.at = row.id, max(touch.at, at)
        if row.direction == Direction.IN:
            touch.inbound += 1
            touch.unread += row.fresh
        else:
            touch.outbound += 1
            touch.unread = 0
    return list(touches.values())
