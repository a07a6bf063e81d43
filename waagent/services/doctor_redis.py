"""What ``waagent doctor`` sees in Redis: the server, the queues and their workers, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from waagent.domain.checks import Check, Fact, Level, by_limits
from waagent.errors import ConfigError, RedisError
from waagent.queueing import connection, names
from waagent.queueing.health import QueueHealth, RedisState
from waagent.services.doctor_checks import failed, found, looked, skipped, span, stopped

ANSWER_WITHIN_S = 5.0
LAG_WARN_MS = 100
MEMORY_WARN = 0.8
TICK_WARN_S, TICK_FAIL_S = 10, 60
QUEUE_S = {names.SESSIONS: (60, 300), names.PAIRING: (10, 60)}
"""From which age of the oldest job on a queue is a warning, and a failure."""
QUEUE_OTHERWISE_S = (60, 600)
WORKER_OF = {names.SESSIONS: "sessions", names.PAIRING: "pairing"}
"""Which ``waagent worker`` listens to a queue; ``jobs`` to the others."""

_SERVER = ("redis_disk", "redis_memory")
_QUEUES = tuple(f"{what}_{name}" for name in names.QUEUES for what in ("queue", "workers"))


def redis_checks(url: str | None, *, embedded: bool) -> Iterator[Check]:
    """All of them; where Redis cannot be asked, the first one says so and the rest are skipped."""
    rest = (*_SERVER, "scheduler", *_QUEUES)
    if url is None:
        yield stopped("redis", "Valkey")
        yield from skipped(rest, "redis")
        return
    try:
        redis = connection.connect(url, answer_within_s=ANSWER_WITHIN_S)
    except ConfigError as error:
        yield failed("redis", error)
        yield from skipped(rest, "redis")
        return
    try:
        yield from _checks(QueueHealth(redis), rest, embedded=embedded)
    finally:
        redis.close()


def _checks(health: QueueHealth, rest: tuple[str, ...], *, embedded: bool) -> Iterator[Check]:
    states: list[RedisState] = []

    def reach() -> Check:
        try:
            states.append(health.state())
        except RedisError:
            if embedded:
                return stopped("redis", "Valkey")
            raise
        return _server(states[0])

    yield looked("redis", reach)
    if not states:
        yield from skipped(rest, "redis")
        return
    yield looked("redis_disk", partial(_disk, states[0]))
    yield looked("redis_memory", partial(_memory, states[0]))
    yield looked("scheduler", partial(_scheduler, health))
    for name in names.QUEUES:
        yield looked(f"queue_{name}", partial(_queue, health, name))
        yield looked(f"workers_{name}", partial(_workers, health, name))


def _server(state: RedisState) -> Check:
    lag_ms = round(state.lag_ms, 1)
    level = Level.FAIL if state.replica else by_limits(lag_ms, LAG_WARN_MS, -1)
    facts: dict[str, Fact] = {"version": state.version, "lag_ms": lag_ms, "replica": state.replica}
    return found("redis", level, facts=facts)


def _disk(state: RedisState) -> Check:
    level = Level.OK if state.appendonly else Level.WARN
    if not state.writes_ok:
        level = Level.FAIL
    return found("redis_disk", level, facts={"appendonly": state.appendonly})


def _memory(state: RedisState) -> Check:
    level = Level.OK
    if state.limit_mb:
        level = by_limits(state.used_mb / state.limit_mb, MEMORY_WARN, -1)
    if state.policy not in ("noeviction", "None"):
        level = Level.FAIL
    facts: dict[str, Fact] = {
        "used_mb": state.used_mb,
        "limit_mb": state.limit_mb,
        "policy": state.policy,
    }
    return found("redis_memory", level, facts=facts)


def _scheduler(health: QueueHealth) -> Check:
    late_s = health.tick_late_s()
    if late_s is None:
        return found("scheduler", Level.FAIL, facts={"late_s": None})
    level = by_limits(late_s, TICK_WARN_S, TICK_FAIL_S)
    return found("scheduler", level, facts={"late_s": round(late_s, 1)}, age=span(late_s))


def _queue(health: QueueHealth, name: str) -> Check:
    state = health.queue(name)
    oldest_s = round(state.oldest_s)
    level = by_limits(oldest_s, *QUEUE_S.get(name, QUEUE_OTHERWISE_S))
    facts = {"length": state.length, "oldest_s": oldest_s}
    kind = WORKER_OF.get(name, "jobs")
    return found(f"queue_{name}", level, key="queue", facts=facts, age=span(oldest_s), kind=kind)


def _workers(health: QueueHealth, name: str) -> Check:
    workers = health.queue(name).workers
    level = Level.OK if workers else Level.FAIL
    kind = WORKER_OF.get(name, "jobs")
    return found(f"workers_{name}", level, key="workers", facts={"workers": workers}, kind=kind)
