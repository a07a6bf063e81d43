"""The clock: one tick, over and over, that neither piles up nor gets lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from waagent.bootstrap import HostServices
from waagent.queueing import names
from waagent.queueing.jobs import JsonJob, JsonQueue
from waagent.queueing.scheduler import TICK_ID, TickScheduler

pytestmark = pytest.mark.usefixtures("redis_clean")


@pytest.fixture
def redis(host: HostServices) -> Redis:
    return host.redis


@pytest.fixture
def scheduler(redis: Redis) -> TickScheduler:
    scheduler = TickScheduler(redis)
    scheduler.register_birth()
    return scheduler


def scheduled(redis: Redis) -> dict[bytes, float]:
    return dict(redis.zrange(TickScheduler.scheduled_jobs_key, 0, -1, withscores=True))


def queued(redis: Redis) -> int:
    return int(JsonQueue(names.MAINTENANCE, connection=redis).count)


def make_due(redis: Redis) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    redis.zadd(TickScheduler.scheduled_jobs_key, {TICK_ID: past.timestamp()})


def test_one_tick_is_registered_however_often_it_looks(
    redis: Redis, scheduler: TickScheduler
) -> None:
    for _ in range(5):
        scheduler.heartbeat()
        TickScheduler(redis).heartbeat()
    assert list(scheduled(redis)) == [TICK_ID.encode()]
    job = JsonJob.fetch(TICK_ID, connection=redis)
    assert (job.func_name, job.origin, job.args) == (names.TICK, names.MAINTENANCE, [])


def test_it_is_due_at_once_and_then_again_and_again(redis: Redis, scheduler: TickScheduler) -> None:
    scheduler.heartbeat()
    assert scheduled(redis)[TICK_ID.encode()] <= datetime.now(UTC).timestamp()
    scheduler.enqueue_jobs()
    assert queued(redis) == 1
    ahead = scheduled(redis)[TICK_ID.encode()] - datetime.now(UTC).timestamp()
    assert -0.5 < ahead <= 1.5


def test_a_worker_that_was_away_finds_one_tick(redis: Redis, scheduler: TickScheduler) -> None:
    scheduler.heartbeat()
    for _ in range(10):
        make_due(redis)
        scheduler.enqueue_jobs()
    assert queued(redis) == 1
    assert TICK_ID.encode() in scheduled(redis), "and the next one is still planned"


def test_after_redis_lost_everything_it_ticks_again(redis: Redis, scheduler: TickScheduler) -> None:
    scheduler.heartbeat()
    redis.flushdb()
    scheduler.heartbeat()
    scheduler.enqueue_jobs()
    assert queued(redis) == 1


def test_a_plan_without_its_job_is_mended(redis: Redis, scheduler: TickScheduler) -> None:
    scheduler.heartbeat()
    redis.delete(JsonJob.key_for(TICK_ID))
    make_due(redis)
    scheduler.enqueue_jobs()
    scheduler.heartbeat()
    scheduler.enqueue_jobs()
    assert queued(redis) == 1
