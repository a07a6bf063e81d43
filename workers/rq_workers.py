"""RQ workers, made to keep their word through a Redis outage and a SIGTERM."""

from __future__ import annotations

import signal
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker

from waagent.queueing.jobs import JsonJob, JsonQueue


class HorseWorker(Worker):
    """Forks a work-horse for a job that runs for long and ends well when it is told to.

    The stock worker quits during a Redis outage and leaves its work-horse behind, and never tells
    the work-horse of a SIGTERM.
    """

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """As RQ's, but an unreachable Redis is no reason to abandon the job."""
        try:
            super().maintain_heartbeats(job, execution)
        except (RedisConnectionError, RedisTimeoutError):
            self.log.warning("Redis is unreachable; the job goes on")

    def handle_warm_shutdown_request(self) -> None:
        """Pass the request on: the job's own handler drains and returns."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            self.kill_horse(sig=signal.SIGTERM)


def run_forking(redis: Redis, queue: str) -> None:
    """Work on ``queue`` with a fresh process for each job, until told to stop."""
    _run(HorseWorker, redis, queue)


def run_in_process(redis: Redis, queue: str) -> None:
    """Work on ``queue`` in this process, where what jobs load stays loaded. For short jobs only:
    this worker sends no heartbeat while one runs."""
    _run(SimpleWorker, redis, queue)


def _run(kind: type[BaseWorker], redis: Redis, queue: str) -> None:
    worker = kind(
        [JsonQueue(queue, connection=redis)],
        connection=redis,
        serializer=JSONSerializer,
        job_class=JsonJob,
        queue_class=JsonQueue,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
