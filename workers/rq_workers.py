"""RQ workers, made to keep their word through a Redis outage and a SIGTERM."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker
from rq.worker_registration import register

from waagent.queueing.jobs import JsonJob, JsonQueue


class _KnownWorker(BaseWorker):
    """Is known to Redis again after Redis forgot it.

    The stock worker says once that it exists: with an empty Redis it would go on working, but be
    counted as missing.
    """

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """As RQ's. While idle it comes when the connection is lost, and every few minutes."""
        if pipeline is None:  # RQ counts the answers of its own
            self.say_known()
        super().heartbeat(timeout, pipeline)

    def say_known(self) -> None:
        """Put into Redis what is missing there of this worker."""
        with self.connection.pipeline() as all_at_once:
            for name, value in self.serialize().items():
                all_at_once.hsetnx(self.key, name, value)
            register(self, all_at_once)
            all_at_once.execute()


class _InProcessWorker(_KnownWorker, SimpleWorker):
    pass


class HorseWorker(_KnownWorker, Worker):
    """Forks a work-horse for a job that runs for long and ends well when it is told to.

    The stock worker quits during a Redis outage and leaves its work-horse behind, and never tells
    the work-horse of a SIGTERM.
    """

    on_gone: Callable[[int], None] | None = None
    """Told the pid of every work-horse that is gone, however it ended."""

    def monitor_work_horse(self, job: Any, queue: Any, execution: Any) -> None:
        """As RQ's; what a work-horse held is free the moment it is gone."""
        pid = self.horse_pid
        try:
            super().monitor_work_horse(job, queue, execution)
        finally:
            if self.on_gone is not None and pid and not _exists(pid):
                self.on_gone(pid)

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """As RQ's, but an unreachable Redis is no reason to abandon the job."""
        try:
            super().maintain_heartbeats(job, execution)
            self.say_known()
        except (RedisConnectionError, RedisTimeoutError):
            self.log.warning("Redis is unreachable; the job goes on")

    def handle_warm_shutdown_request(self) -> None:
        """Pass the request on: the job's own handler drains and returns."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            self.kill_horse(sig=signal.SIGTERM)


def run_forking(redis: Redis, queue: str, on_gone: Callable[[int], None] | None = None) -> None:
    """Work on ``queue`` with a fresh process for each job, until told to stop.

    ``on_gone`` is told the pid of every such process that is gone; it must not raise.
    """
    _run(HorseWorker, redis, queue, on_gone)


def run_in_process(redis: Redis, queue: str) -> None:
    """Work on ``queue`` in this process, where what jobs load stays loaded. For short jobs only:
    this worker sends no heartbeat while one runs."""
    _run(_InProcessWorker, redis, queue)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _run(
    kind: type[BaseWorker],
    redis: Redis,
    queue: str,
    on_gone: Callable[[int], None] | None = None,
) -> None:
    worker = kind(
        [JsonQueue(queue, connection=redis)],
        connection=redis,
        serializer=JSONSerializer,
        job_class=JsonJob,
        queue_class=JsonQueue,
        log_job_description=False,
    )
    if isinstance(worker, HorseWorker):
        worker.on_gone = on_gone
    worker.work(logging_level="WARNING")
