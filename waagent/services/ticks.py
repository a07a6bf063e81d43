"""What the clock drives. Everything due stands in PostgreSQL; a tick finds it and queues it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from waagent.errors import BackendError
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.services.core import Core
from waagent.services.followups import FollowUpService
from waagent.services.hosts import HostService
from waagent.services.leases import LeaseService
from waagent.services.notices import NoticeService
from waagent.services.outbox import OutboxService
from waagent.services.pacing import PacingService

log = structlog.get_logger(__name__)

BATCH = 200
AGAIN_AFTER = timedelta(seconds=30)
"""A conversation that was queued and not judged by then is queued again: Redis may have lost it."""
DRAFT_AGAIN = timedelta(minutes=2)
"""The same of a follow-up that a language model is to write."""
UNOWNED_FOR = timedelta(seconds=3)
"""Hosts with room get this long to take a session before another host is started for it."""
HOST_STARTS_WITHIN_S = 8
"""A host that was asked for gets so long to start before another one is."""
PAIRING_ABANDONED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True)
class TickService:
    """One tick. Ticks that are missed, late or doubled do no harm."""

    core: Core
    jobs: JobQueue
    follow_ups: FollowUpService
    leases: LeaseService
    hosts: HostService
    outbox: OutboxService
    pacing: PacingService
    notices: NoticeService

    def run(self) -> None:
        """Do everything that is due. What fails is logged, and keeps nothing else from being done.

        Raises:
            BackendError: PostgreSQL or Redis cannot be used, so nothing else would work either.
        """
        for part in (
            self._queue_conversations,
            self._queue_drafts,
            self.pacing.replan,
            self.follow_ups.dispatch_due,
            self._ensure_hosts,
            self._settle,
            self._tidy_sessions,
            self.notices.tell_owners,
            self.notices.prune,
        ):
            try:
                part()
            except BackendError:
                raise
            except Exception:
                log.exception("tick.failed", action=part.__name__)

    def _settle(self) -> None:
        unknown = self.outbox.settle_uncertain(self.leases.lapsed())
        if unknown:
            log.warning("outbox.uncertain", action="settle", messages=unknown)

    def _tidy_sessions(self) -> None:
        lapsed = self.leases.lapsed()
        with self.core.db.system() as tx:
            tx.column("sessions.stale_pairings", older_than=PAIRING_ABANDONED_AFTER)
            tx.column("sessions.bans_over")
            abandoned = tx.all(_Due, "sessions.abandoned", lapsed=lapsed)
        for each in abandoned:
            log.warning("session.abandoned", tenant=each.tenant_id, session=each.id)
            with self.core.tenant(each.tenant_id) as scope:
                scope.changed("session", each.id)
        self.hosts.prune()

    def _queue_conversations(self) -> None:
        with self.core.db.system() as tx:
            due = tx.all(_Due, "conversations.claim_due", again_after=AGAIN_AFTER, limit=BATCH)
        for each in due:
            self.jobs.enqueue_once(
                names.AI,
                names.PROCESS_CONVERSATION,
                f"process-{each.id}",
                each.tenant_id,
                each.id,
            )

    def _queue_drafts(self) -> None:
        with self.core.db.system() as tx:
            wanted = tx.all(_Due, "followups.claim_drafts", again_after=DRAFT_AGAIN, limit=BATCH)
        for each in wanted:
            self.jobs.enqueue_once(
                names.AI, names.WRITE_FOLLOW_UP, f"draft-{each.id}", each.tenant_id, each.id
            )

    def _ensure_hosts(self) -> None:
        """Ask for a host while sessions lack one; a free worker of ``sessions`` takes the job."""
        patience = UNOWNED_FOR if self.hosts.with_room() else timedelta(0)
        wanted = self.leases.unowned(patience) and self.jobs.length(names.SESSIONS) == 0
        if wanted and self.jobs.first_within(HOST_STARTS_WITHIN_S, "host"):
            self.jobs.enqueue(names.SESSIONS, names.HOST_SESSIONS, timeout_s=-1)
            log.info("hosts.requested", action="host")
