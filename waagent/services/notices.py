"""Finds what owners have to be told of their numbers, and writes it down for every channel.

What an owner was told last is a locked row for each session: of two ticks at once one decides and
the other finds it decided. A dedupe key for each channel is the second lock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from waagent.domain.notifications import (
    AWAY,
    FINAL,
    MOST_AN_HOUR,
    PASSKEY,
    QUIET,
    URGENT,
    NoticeKind,
    SessionFacts,
    Told,
    may_be_folded,
    news,
)
from waagent.domain.sessions import SessionState
from waagent.errors import BackendError
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.services.core import Core, Scope
from waagent.services.explain import FROZEN

log = structlog.get_logger(__name__)

BATCH = 200
AGAIN_AFTER = timedelta(seconds=30)
"""A notification whose job did not begin by then is queued again: Redis may have lost it."""
JOB_TIMEOUT_S = 90
PRUNE_EVERY_S = 600
PRUNE_MOST = 1000
"""Of a shop at once, so that a tick stays short."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    session_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    reason: str | None
    detail: str | None
    wanted: bool
    down_since: datetime | None
    banned_until: datetime | None
    frozen_until: datetime | None
    freeze_reason: str | None
    told_state: str | None
    outage: datetime | None
    told_frozen_until: datetime | None
    quiet_until: datetime | None
    now: datetime
    lately: int

    def session(self) -> SessionFacts:
        return SessionFacts(
            state=SessionState(self.state),
            detail=self.detail,
            wanted=self.wanted,
            down_since=self.down_since,
            frozen_until=self.frozen_until,
        )

    def told(self) -> Told:
        return Told(
            state=self.told_state,
            outage=self.outage,
            frozen_until=self.told_frozen_until,
            quiet_until=self.quiet_until,
        )


@dataclass(frozen=True, slots=True)
class NoticeService:
    """The tick's part. ``grace``: so long a number may be away before its owner hears of it;
    ``keep``: so long what was sent can be looked up."""

    core: Core
    jobs: JobQueue
    grace: timedelta
    keep: timedelta = timedelta(days=90)

    def tell_owners(self) -> None:
        """Write down what there is to tell, then queue what is due. Safe to run twice at once.

        Raises:
            BackendError: PostgreSQL or Redis cannot be used.
        """
        for each in self._candidates():
            try:
                self._tell(each)
            except BackendError:
                raise
            except Exception:
                log.exception("notice.failed", tenant=each.tenant_id, session=each.session_id)
        self._queue_due()

    def prune(self) -> None:
        """Now and then, forget what was sent long ago, but not of an outage that still lasts."""
        if self.jobs.first_within(PRUNE_EVERY_S, "prune_notifications"):
            with self.core.db.system() as tx:
                shops = tx.column("notifications.old", keep=self.keep)
            for tenant_id in shops:
                with self.core.tenant(tenant_id) as scope:
                    gone = scope.tx.run("notifications.prune", keep=self.keep, limit=PRUNE_MOST)
                log.info("notifications.pruned", action="delete", tenant=tenant_id, rows=gone)

    def _candidates(self) -> list[_Candidate]:
        with self.core.db.system() as tx:
            return tx.all(
                _Candidate,
                "notifications.news",
                final=sorted(FINAL),
                urgent=sorted(URGENT),
                away=sorted(AWAY),
                passkey=PASSKEY,
                grace=self.grace,
                limit=BATCH,
            )

    def _tell(self, candidate: _Candidate) -> None:
        with self.core.tenant(candidate.tenant_id) as scope:
            session_id = candidate.session_id
            scope.tx.run("notifications.remember", session_id=session_id)
            known = scope.tx.one(_Known, "notifications.known", session_id=session_id, quiet=QUIET)
            if known is None:
                return
            kind = news(known.session(), known.told(), now=known.now, grace=self.grace)
            if kind is None:
                return
            if may_be_folded(kind, SessionState(known.state)) and known.lately >= MOST_AN_HOUR:
                kind = NoticeKind.FLAPPING
            told = _told_after(kind, known)
            written = _write(scope, session_id, kind, known, told)
            scope.tx.run(
                "notifications.told",
                session_id=session_id,
                state=told.state,
                outage=told.outage,
                frozen_until=told.frozen_until,
                quiet_until=told.quiet_until,
            )
        log.info(
            "notice.written",
            action="notify",
            tenant=candidate.tenant_id,
            session=session_id,
            kind=kind.value,
            state=known.state,
            channels=written,
        )

    def _queue_due(self) -> None:
        with self.core.db.system() as tx:
            due = tx.all(_Due, "notifications.claim_due", again_after=AGAIN_AFTER, limit=BATCH)
        for each in due:
            self.jobs.enqueue_once(
                names.NOTIFY,
                names.SEND_NOTIFICATION,
                f"notify-{each.id}",
                each.tenant_id,
                each.id,
                timeout_s=JOB_TIMEOUT_S,
            )


def _told_after(kind: NoticeKind, known: _Known) -> Told:
    """What the owner has been told once this is sent."""
    before = known.told()
    match kind:
        case NoticeKind.FROZEN:
            return Told(
                state=before.state,
                outage=before.outage,
                frozen_until=known.frozen_until,
                quiet_until=before.quiet_until,
            )
        case NoticeKind.BACK:
            return Told(state=known.state, frozen_until=before.frozen_until)
        case NoticeKind.FLAPPING:
            # Just before an outage that is under way, so that it counts as untold when the quiet
            # is over; and set in any case, so that being connected by then is told as well.
            outage = known.down_since and known.down_since - timedelta(microseconds=1)
            return Told(
                state=before.state,
                outage=outage or before.outage or known.now,
                frozen_until=before.frozen_until,
                quiet_until=known.now + QUIET,
            )
    return Told(
        state=known.state,
        outage=known.down_since or known.now,
        frozen_until=before.frozen_until,
        quiet_until=before.quiet_until,
    )


def _write(scope: Scope, session_id: str, kind: NoticeKind, known: _Known, told: Told) -> int:
    """A row for each channel that is to hear of it; how many."""
    back = kind is NoticeKind.BACK
    if back:
        scope.tx.run("notifications.drop_overtaken", session_id=session_id)
    outage = known.outage if back else told.outage
    moment = told.frozen_until if kind is NoticeKind.FROZEN else outage
    return scope.tx.run(
        "notifications.write",
        session_id=session_id,
        kind=kind.value,
        dedupe_key=f"{kind}:{session_id}:{known.state}:{_utc(moment)}",
        outage=outage,
        facts=json.dumps(_facts(kind, known, told, outage)),
        only_told=back,
    )


def _facts(
    kind: NoticeKind, known: _Known, told: Told, outage: datetime | None
) -> dict[str, str | None]:
    """What the text is made of when it is sent; nothing of a person."""
    state, reason = known.state, known.reason or known.detail
    until = known.banned_until if state == SessionState.BANNED_UNTIL else None
    if kind is NoticeKind.FROZEN:
        state, reason, until = FROZEN, known.freeze_reason, known.frozen_until
    elif kind is NoticeKind.FLAPPING:
        until = told.quiet_until
        if state == SessionState.CONNECTED:  # this once; it is the rest that wants explaining
            state, reason = SessionState.DISCONNECTED.value, None
    return {
        "state": state,
        "reason": reason,
        "since": _utc(outage),
        "until": _utc(until),
        "at": _utc(known.now),
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
