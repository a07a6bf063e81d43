"""Queues: JSON only, our jobs only, and nothing twice under one id."""

from __future__ import annotations

import json
import pickle
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from waagent import errors
from waagent.bootstrap import HostServices
from waagent.queueing import names
from waagent.queueing.connection import check, connect
from waagent.queueing.jobs import JobQueue, JsonJob, JsonQueue

pytestmark = pytest.mark.usefixtures("redis_clean")
QUEUE = "test"


@pytest.fixture
def redis(host: HostServices) -> Redis:
    return host.redis


@pytest.fixture
def jobs(redis: Redis) -> JobQueue:
    return JobQueue(redis)


def work_off(redis: Redis) -> None:
    """Run what is queued, as our workers do, in this process."""
    worker = SimpleWorker(
        [JsonQueue(QUEUE, connection=redis)],
        connection=redis,
        serializer=JSONSerializer,
        job_class=JsonJob,
        queue_class=JsonQueue,
    )
    worker.work(burst=True, logging_level="CRITICAL")


def failures(redis: Redis) -> int:
    return int(JsonQueue(QUEUE, connection=redis).failed_job_registry.count)


@pytest.fixture
def trace(tmp_path: Path) -> Iterator[Path]:
    """A file that appears if somebody's code is run."""
    path = tmp_path / "trace"
    yield path
    assert not path.exists(), "code from Redis was run"


def plant(redis: Redis, data: bytes, **more: str | bytes) -> None:
    """What somebody with access to Redis could write."""
    job_id = "planted"
    fields = {"data": zlib.compress(data), "status": "queued", "origin": QUEUE,
              "created_at": "2026-11-22T00:00:00.000000Z", "timeout": "180", **more}  # fmt: skip
    redis.hset(f"rq:job:{job_id}", mapping=fields)
    redis.sadd("rq:queues", f"rq:queue:{QUEUE}")
    redis.rpush(f"rq:queue:{QUEUE}", job_id)


def test_every_job_name_leads_to_a_function_of_the_workers() -> None:
    assert len(set(names.JOBS)) == len(names.JOBS)
    for name in names.JOBS:
        module, function = name.rsplit(".", 1)
        assert module.startswith("workers.")
        assert callable(getattr(import_module(module), function)), name
    assert len(set(names.QUEUES)) == len(names.QUEUES)


def test_a_job_is_written_as_json(redis: Redis, jobs: JobQueue) -> None:
    jobs.enqueue(QUEUE, names.TICK, "id-1", 5)
    (key,) = redis.scan_iter("rq:job:*")
    data = json.loads(zlib.decompress(redis.hget(key, "data")))
    assert data == [names.TICK, None, ["id-1", 5], {}]


class Pickled:
    """Runs a command when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return subprocess.run, (["touch", str(self._trace)],)


def test_a_pickled_job_is_not_unpickled(redis: Redis, trace: Path) -> None:
    plant(redis, pickle.dumps((names.TICK, None, (Pickled(trace),), {})))
    work_off(redis)
    assert failures(redis) == 1


def test_a_job_that_is_none_of_ours_is_not_run(redis: Redis, trace: Path) -> None:
    data = JSONSerializer.dumps(["subprocess.run", None, [["touch", str(trace)]], {}])
    plant(redis, data)
    work_off(redis)
    assert failures(redis) == 1


@pytest.mark.parametrize("callback", ["success", "failure", "stopped"])
def test_nor_is_a_callback(redis: Redis, trace: Path, callback: str) -> None:
    data = JSONSerializer.dumps(["os.getpid", None, [], {}])
    plant(redis, data, **{f"{callback}_callback_name": "subprocess.run"})
    work_off(redis)
    job = JsonJob.fetch("planted", connection=redis)
    assert getattr(job, f"{callback}_callback") is None


def test_pickled_metadata_is_not_unpickled(redis: Redis, trace: Path) -> None:
    data = JSONSerializer.dumps([names.TICK, None, [], {}])
    plant(redis, data, meta=pickle.dumps(Pickled(trace)))
    with suppress(Exception):  # RQ may complain or not
        JsonJob.fetch("planted", connection=redis).get_meta()


def test_under_one_id_a_job_is_queued_once(jobs: JobQueue) -> None:
    assert jobs.enqueue_once(QUEUE, names.TICK, "process-1", "a")
    assert not jobs.enqueue_once(QUEUE, names.TICK, "process-1", "a")
    assert jobs.enqueue_once(QUEUE, names.TICK, "process-2", "a")
    assert jobs.length(QUEUE) == 2
    assert jobs.workers(QUEUE) == 0


def test_a_job_whose_worker_was_killed_does_not_keep_another_out(
    redis: Redis, jobs: JobQueue
) -> None:
    assert jobs.enqueue_once(QUEUE, names.TICK, "process-1", "a")
    JsonJob.fetch("process-1", connection=redis).set_status(JobStatus.STARTED)
    assert jobs.enqueue_once(QUEUE, names.TICK, "process-1", "a")
    assert JsonQueue(QUEUE, connection=redis).job_ids[-1] == "process-1-again"
    assert not jobs.enqueue_once(QUEUE, names.TICK, "process-1", "a")


@pytest.mark.parametrize(
    "url",
    ["redis://127.0.0.1:1/0", "unix:///nowhere/valkey.sock", "redis://no-such-host.invalid/0"],
)
def test_a_redis_that_is_away_is_an_error_of_ours(url: str) -> None:
    redis = connect(url)
    for attempt in (
        lambda: check(redis),
        lambda: JobQueue(redis).enqueue(QUEUE, names.TICK),
        lambda: JobQueue(redis).enqueue_once(QUEUE, names.TICK, "id"),
        lambda: JobQueue(redis).length(QUEUE),
        lambda: JobQueue(redis).workers(QUEUE),
    ):
        with pytest.raises(errors.RedisError) as refused:
            attempt()
        assert refused.value.hint
        assert "\n" not in refused.value.message
    redis.close()


def test_a_wrong_password_is_told_as_a_refusal(host: HostServices) -> None:
    path = host.redis.connection_pool.connection_kwargs["path"]
    redis = connect(f"unix://:wrong@{path}?db=0")
    with pytest.raises(errors.RedisError, match="refuses"):
        check(redis)
    redis.close()


@pytest.mark.parametrize("url", ["nonsense", "http://x", "redis://h:port/0", "redis://[::1"])
def test_a_malformed_url_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(errors.ConfigError):
        connect(url)
