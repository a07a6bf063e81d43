"""The counters of sends, which Redis keeps and PostgreSQL can always fill again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waagent.domain.pacing import ANSWERS_WITHIN, day_of
from waagent.pacing.limiter import Ask, CountersLost, Full, Granted, Limiter, Sent, Session, Usage
from waagent.services.core import Core

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    message_id: str
    conversation_id: str
    at: datetime
    unasked: bool


@dataclass(frozen=True, slots=True)
class PacingCounters:
    """Every method raises RedisError and DatabaseError. ``zone`` is the shop's IANA zone."""

    core: Core
    limiter: Limiter

    def spend(self, session: Session, ask: Ask, zone: str) -> Granted | Full:
        """Take one send from every limit, or from none."""
        try:
            return self.limiter.spend(session, ask)
        except CountersLost:
            self._rebuild(session, ask.now, zone)
            return self.limiter.spend(session, ask)

    def today(self, session: Session, now: datetime, zone: str) -> Usage:
        """What the session sent in the shop's day so far."""
        begun, _ = day_of(now, zone)
        try:
            return self.limiter.usage(session, begun)
        except CountersLost:
            self._rebuild(session, now, zone)
            return self.limiter.usage(session, begun)

    def rest(self, session: Session, until: datetime) -> None:
        """Let nothing at all go out for a moment."""
        self.limiter.rest(session, until)

    def _rebuild(self, session: Session, now: datetime, zone: str) -> None:
        begun, _ = day_of(now, zone)
        with self.core.tenant(session.tenant_id) as scope:
            rows = scope.tx.all(
                _Sent,
                "pacing.sent",
                session_id=session.id,
                since=min(begun, now - timedelta(days=1)),
                answers_within=ANSWERS_WITHIN,
            )
        self.limiter.rebuild(
            session,
            [
                Sent(
                    message_id=row.message_id,
                    conversation_id=row.conversation_id,
                    at=row.at,
                    unasked=row.unasked,
                )
                for row in rows
            ],
        )
        log.info(
            "pacing.rebuilt",
            action="rebuild",
            tenant=session.tenant_id,
            session=session.id,
            messages=len(rows),
        )
