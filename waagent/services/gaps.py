"""The ledger of gaps: messages that came unreadable, empty or late, and what became of them.

It is written in the transaction that stores messages, so it can be believed: what is in neither the
conversation nor here did not reach this device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from waagent.domain.messages import GapCause, InboundMessage
from waagent.domain.views import GapDay, GapView, Tenant
from waagent.services.core import Core, Scope

LATE_AFTER = timedelta(minutes=5)
"""Longer than WhatsApp's own retries explain, and short enough to matter to a sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message as it was just stored."""

    session_id: str
    conversation_id: str
    message: InboundMessage


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    session: str
    undecryptable: int
    unavailable: int
    late: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    session: str
    phone_enc: bytes | None
    name_enc: bytes | None
    cause: str
    sent_at: datetime
    noticed_at: datetime
    resolved_at: datetime | None


def record_gaps(scope: Scope, arrived: Sequence[Arrived]) -> None:
    """Note the gaps among messages that were just stored, and close those they fill.

    Give it only messages that were new or took a stub's place; history is no gap. Safe to repeat.
    """
    live = [each for each in arrived if not each.message.history]
    gaps = [(each, cause) for each in live if (cause := _cause(each.message)) is not None]
    if gaps:
        scope.tx.run(
            "gaps.note",
            session_ids=[each.session_id for each, _ in gaps],
            conversation_ids=[each.conversation_id for each, _ in gaps],
            wa_message_ids=[each.message.wa_message_id for each, _ in gaps],
            from_mes=[each.message.from_me for each, _ in gaps],
            causes=[cause.value for _, cause in gaps],
            sent_ats=[each.message.sent_at for each, _ in gaps],
        )
    whole = [each for each in live if each.message.gap is None]
    if whole:
        scope.tx.run(
            "gaps.resolve",
            session_ids=[each.session_id for each in whole],
            wa_message_ids=[each.message.wa_message_id for each in whole],
            from_mes=[each.message.from_me for each in whole],
        )


def _cause(message: InboundMessage) -> GapCause | None:
    if message.gap is not None:
        return message.gap
    late = datetime.now(UTC) - message.sent_at > LATE_AFTER
    return GapCause.LATE if late else None


class GapService:
    """Shows the ledger."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def days(self, tenant: Tenant, days: int = 7) -> list[GapDay]:
        """Counts of the last ``days`` days, today included; a day without gaps is left out."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Day, "gaps.days", days=days)
        return [
            GapDay(
                day=row.day,
                session=row.session,
                undecryptable=row.undecryptable,
                unavailable=row.unavailable,
                late=row.late,
                resolved=row.resolved,
                open=row.open,
            )
            for row in rows
        ]

    def list(self, tenant: Tenant, days: int = 7, limit: int = 500) -> list[GapView]:
        """Each gap of the last ``days`` days, the newest first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "gaps.list", days=days, limit=limit)
        return [
            GapView(
                id=row.id,
                session=row.session,
                phone=scope.phone(row.phone_enc),
                name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
                cause=GapCause(row.cause),
                sent_at=row.sent_at,
                noticed_at=row.noticed_at,
                resolved_at=row.resolved_at,
            )
            for row in rows
        ]
