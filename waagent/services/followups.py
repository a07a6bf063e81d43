"""Follow-ups: planned when a sale was left open, cancelled by any reply, sent at most once.

Due times stand in PostgreSQL. A due one is checked again under a lock and written to the outbox
in the same transaction, under a key of its own: a doubled tick or a crash sends nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from waagent.domain.followups import (
    SALE_LASTS,
    STALE_AFTER,
    CancelReason,
    FollowUpFacts,
    FollowUpState,
    due_at,
    reason_against,
)
from waagent.domain.leads import Stage
from waagent.domain.messages import Origin
from waagent.domain.views import FollowUpView, Tenant
from waagent.errors import BackendError
from waagent.i18n import t
from waagent.services.core import Core, Scope
from waagent.services.outbox import enqueue

log = structlog.get_logger(__name__)

BATCH = 100
_TITLES = {
    *("bu", "ibu", "pak", "bapak", "mas", "mbak", "mba", "kak", "kakak", "bang", "abang", "om"),
    *("tante", "teh", "kang", "uni", "uda", "cik", "koh", "ci"),
}


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True)
class _Taken:
    id: str
    conversation_id: str
    session_id: str
    contact_id: str
    name_enc: bytes | None
    stage: str
    due_at: datetime
    product: str | None
    intent: str | None
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    paired: bool
    opted_out: bool
    sent_for_sale: int


@dataclass(frozen=True, slots=True)
class _Cancelled:
    id: str
    conversation_id: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    lead: str
    due_at: datetime
    state: str
    reason: str | None
    phone_enc: bytes | None
    name_enc: bytes | None


class FollowUpService:
    """Lists follow-ups and sends those that are due."""

    def __init__(self, core: Core, *, quiet_hours: bool = True) -> None:
        self._core = core
        self._quiet_hours = quiet_hours

    def list(self, tenant: Tenant) -> list[FollowUpView]:
        """All follow-ups of a shop, the next one first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "followups.list")
        return [
            FollowUpView(
                id=row.id,
                lead=row.lead,
                phone=scope.phone(row.phone_enc),
                name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
                due_at=row.due_at,
                state=FollowUpState(row.state),
                reason=row.reason,
            )
            for row in rows
        ]

    def dispatch_due(self) -> int:
        """Put what is due into the outbox; returns how many were. Safe to run twice at once."""
        with self._core.db.system() as tx:
            due = tx.all(_Due, "followups.due", limit=BATCH)
        return sum(self._dispatch_alone(each) for each in due)

    def _dispatch_alone(self, due: _Due) -> bool:
        """One that cannot be dispatched is no reason to hold back those of everybody else."""
        try:
            return self._dispatch(due)
        except BackendError:
            raise
        except Exception:
            log.exception("follow_up.failed", tenant=due.tenant_id, follow_up=due.id)
            return False

    def _dispatch(self, due: _Due) -> bool:
        with self._core.tenant(due.tenant_id) as scope:
            taken = scope.tx.one(
                _Taken, "followups.take", follow_up_id=due.id, sale_lasts=SALE_LASTS
            )
            if taken is None:
                return False
            scope.changed("follow_up", taken.id, taken.conversation_id)
            reason = _reason_against(taken)
            if reason is not None:
                scope.tx.run("followups.skip", follow_up_id=due.id, reason=reason.value)
            elif self._postponed(scope, due.id):
                return False
            else:
                self._enqueue(scope, taken)
        log.info(
            "follow_up.dispatched",
            action="follow_up",
            tenant=due.tenant_id,
            follow_up=due.id,
            skipped=reason and reason.value,
        )
        return reason is None

    def _postponed(self, scope: Scope, follow_up_id: str) -> bool:
        """Whether it is night for the shop now, however that came about; then it waits."""
        now = datetime.now(UTC)
        zone = str(scope.tx.value("tenants.timezone"))
        morning = due_at(now, timedelta(0), zone, quiet_hours=self._quiet_hours)
        if morning == now:
            return False
        scope.tx.run("followups.postpone", follow_up_id=follow_up_id, due_at=morning)
        return True

    def _enqueue(self, scope: Scope, taken: _Taken) -> None:
        message_id = enqueue(
            scope,
            session_id=taken.session_id,
            conversation_id=taken.conversation_id,
            text=_text(scope, taken),
            origin=Origin.FOLLOW_UP,
            dedupe_key=f"follow_up:{taken.id}",
        )
        scope.tx.run("followups.queued", follow_up_id=taken.id, message_id=message_id)


def cancel_follow_ups(scope: Scope, conversation_ids: Sequence[str], reason: CancelReason) -> None:
    """Cancel what is still to come for these conversations, in the outbox too."""
    if not conversation_ids:
        return
    ids = list(conversation_ids)
    scope.tx.column("conversations.lock", conversation_ids=ids)
    messages = scope.tx.column("followups.cancel_messages", conversation_ids=ids)
    scope.tx.run("followups.mark_messages_cancelled", message_ids=messages)
    cancelled = scope.tx.all(
        _Cancelled, "followups.cancel", conversation_ids=ids, reason=reason.value
    )
    for each in cancelled:
        scope.changed("follow_up", each.id, each.conversation_id)


def _reason_against(taken: _Taken) -> CancelReason | None:
    if not taken.paired:
        return CancelReason.UNLINKED
    if datetime.now(UTC) - taken.due_at > STALE_AFTER:
        return CancelReason.STALE
    return reason_against(
        FollowUpFacts(
            stage=Stage(taken.stage),
            opted_out=taken.opted_out,
            customer_wrote=taken.last_inbound_at is not None,
            sent_for_sale=taken.sent_for_sale,
        )
    )


def _text(scope: Scope, taken: _Taken) -> str:
    """The follow-up in the catalogue's words, with the customer's name and product if known."""
    greeting = _greeting(scope.cipher.decrypt_or_none(taken.name_enc, "contacts.name"))
    answered = taken.last_outbound_at is not None
    topic = "product" if taken.product else "question"
    key = f"follow_up.{topic}" if answered else f"follow_up.{topic}_unanswered"
    return t(key, greeting=greeting, product=(taken.product or "").replace("_", " "))


def _greeting(name: str | None) -> str:
    """By the profile's name if it can be a person's: Sari → kak Sari, Pak Joko RT 05 → Pak Joko."""
    words = [word for word in (name or "").split() if word.isalpha() and 2 <= len(word) <= 20]
    if not words or words[0] != (name or "").split()[0]:
        return t("follow_up.greeting")
    if words[0].lower() in _TITLES:
        if len(words) == 1:
            return t("follow_up.greeting")
        return t("follow_up.greeting_titled", name=f"{words[0].title()} {words[1].title()}")
    return t("follow_up.greeting_named", name=words[0].title())
