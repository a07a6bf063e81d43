"""The queues and the workers that are registered, for those who watch the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from redis import Redis
from rq.registry import FailedJobRegistry
from rq.worker_registration import get_keys

from waagent.domain.overview import QueueOverview, RedisOverview, WorkerOverview
from waagent.queueing import names
from waagent.queueing.connection import translated
from waagent.queueing.health import QueueHealth
from waagent.queueing.jobs import JsonQueue

_FIELDS = ("queues", "hostname", "pid", "state", "birth", "last_heartbeat")


class QueueRoll:
    """Looks, and changes nothing."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._health = QueueHealth(redis)

    def look(self) -> RedisOverview:
        """Queues, workers and the clock.

        Raises:
            waagent.errors.RedisError: Redis cannot be used.
        """
        return RedisOverview(
            queues=tuple(map(self._queue, names.QUEUES)),
            workers=self._workers(),
            tick_late_s=self._health.tick_late_s(),
        )

    def _queue(self, name: str) -> QueueOverview:
        state = self._health.queue(name)
        with translated():
            failed = FailedJobRegistry(queue=JsonQueue(name, connection=self._redis))
            kept = self._redis.zcard(failed.key)
        return QueueOverview(
            name=name,
            length=state.length,
            oldest_s=state.oldest_s,
            failed=int(kept),
            workers=state.workers,
        )

    def _workers(self) -> tuple[WorkerOverview, ...]:
        """By queue and start. One that was killed has its name on the roll for a while."""
        with translated():
            keys = [_text(key) or "" for key in get_keys(connection=self._redis)]
            asked = self._redis.pipeline(transaction=False)
            for key in keys:
                asked.hmget(key, *_FIELDS)
            found = [
                _worker(key, values) for key, values in zip(keys, asked.execute(), strict=True)
            ]
        return tuple(sorted(found, key=lambda each: (not each.alive, each.queues, each.name)))


def _worker(key: str, values: list[Any]) -> WorkerOverview:
    queues, machine, pid, state, birth, seen = map(_text, values)
    return WorkerOverview(
        name=key.rpartition(":")[2],
        queues=tuple((queues or "").split(",")) if queues else (),
        machine=machine,
        pid=int(pid) if pid else None,
        alive=seen is not None,
        busy=state == "busy",
        started_at=_moment(birth),
        seen_at=_moment(seen),
    )


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _moment(text: str | None) -> datetime | None:
    """RQ writes UTC, with a Z."""
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))
