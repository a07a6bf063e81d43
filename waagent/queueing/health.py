"""How Redis, the queues, their workers and the clock are, for ``waagent doctor``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq.worker_registration import get_keys

from waagent.queueing.connection import translated
from waagent.queueing.jobs import JsonQueue
from waagent.queueing.scheduler import TICK_ID, TickScheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisState:
    """What the server says of itself. ``writes_ok`` is false if the last write to disk failed."""

    version: str
    lag_ms: float
    appendonly: bool
    writes_ok: bool
    replica: bool
    policy: str
    used_mb: int
    limit_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue: jobs that wait, the age of the oldest in seconds, workers that live."""

    name: str
    length: int
    oldest_s: float
    workers: int


class QueueHealth:
    """Looks, and changes nothing. Every method raises waagent.errors.RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def state(self) -> RedisState:
        """The server; ``lag_ms`` is the slowest of three questions."""
        with translated():
            lags = [self._ask() for _ in range(3)]
            info = self._redis.info()
        memory = 1024 * 1024
        return RedisState(
            version=str(info.get("valkey_version") or info.get("redis_version")),
            lag_ms=max(lags) * 1000,
            appendonly=bool(info.get("aof_enabled")),
            writes_ok=all(
                info.get(name, "ok") == "ok"
                for name in ("aof_last_write_status", "rdb_last_bgsave_status")
            ),
            replica=info.get("role") != "master",
            policy=str(info.get("maxmemory_policy")),
            used_mb=int(info.get("used_memory", 0)) // memory,
            limit_mb=int(info.get("maxmemory", 0)) // memory,
        )

    def queue(self, name: str) -> QueueState:
        """One queue."""
        with translated():
            queue = JsonQueue(name, connection=self._redis)
            first = queue.get_job_ids(0, 1)
            keys = get_keys(queue=queue)
            return QueueState(
                name=name,
                length=int(queue.count),
                oldest_s=self._age(first[0]) if first else 0.0,
                # A worker that was killed stays in the set until its own key runs out.
                workers=int(self._redis.exists(*keys)) if keys else 0,
            )

    def tick_late_s(self) -> float | None:
        """By how long the next tick is overdue at the clock; None if no tick is planned."""
        with translated():
            planned = self._redis.zscore(TickScheduler.scheduled_jobs_key, TICK_ID)
        return None if planned is None else max(0.0, time.time() - float(planned))

    def _ask(self) -> float:
        began = time.perf_counter()
        self._redis.ping()
        return time.perf_counter() - began

    def _age(self, job_id: str) -> float:
        """Seconds since the job was queued; 0 for one that was taken meanwhile."""
        at = self._redis.hget(f"rq:job:{job_id}", "enqueued_at")
        if not at:
            return 0.0
        text = at.decode() if isinstance(at, bytes) else str(at)
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (datetime.now(UTC) - aware).total_seconds())
