"""The clock: rq-scheduler queues the tick, over and over. What is due stands in PostgreSQL.

A tick that is missing, late or doubled does no harm, so rq-scheduler's known weaknesses (a lock
without an owner, a crash between queueing and removing) do none either.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq_scheduler import Scheduler

from waagent.queueing import names
from waagent.queueing.jobs import JsonJob, JsonQueue

TICK_ID = "tick"
TICK_S = 1


class TickScheduler(Scheduler):  # type: ignore[misc]  # rq-scheduler has no types
    """rq-scheduler with the one recurring tick, which it never loses and never piles up."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(
            queue=JsonQueue(names.MAINTENANCE, connection=redis),
            connection=redis,
            interval=TICK_S,
            job_class=JsonJob,
            queue_class=JsonQueue,
        )

    def heartbeat(self) -> None:
        """Also put the tick back when Redis has lost its data."""
        super().heartbeat()
        if TICK_ID not in self:
            self._register()

    def enqueue_job(self, job: Any) -> None:
        """Queue a tick unless one waits already: a stopped worker must not find thousands."""
        if self.get_queue_for_job(job).count == 0:
            super().enqueue_job(job)
        else:
            self._register()

    def _register(self) -> None:
        self.schedule(
            datetime.now(UTC).replace(tzinfo=None),  # rq-scheduler reads naive times as UTC
            names.TICK,
            interval=TICK_S,
            id=TICK_ID,
            timeout=60,
            queue_name=names.MAINTENANCE,
        )
