"""The RQ workers, as real processes: they pass a SIGTERM on, and a Redis that is away is no end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis
from shop_support import eventually
from socket_proxy import SocketProxy

from waagent.bootstrap import HostServices
from waagent.embedded import Backend
from waagent.queueing.jobs import JobQueue

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
Start = Callable[..., subprocess.Popen[str]]

pytestmark = pytest.mark.usefixtures("redis_clean")


@pytest.fixture
def redis(host: HostServices) -> Redis:
    return host.redis


@pytest.fixture
def start(backend: Backend) -> Iterator[Start]:
    """Starts a worker on queue ``test``."""
    started: list[subprocess.Popen[str]] = []

    def start(kind: str, url: str = backend.redis_url) -> subprocess.Popen[str]:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))}
        command = [sys.executable, str(HERE / "horse_jobs.py"), kind, url, "test"]
        started.append(
            subprocess.Popen(
                command,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(redis: Redis) -> list[list[str]]:
    return [line.decode().split() for line in redis.lrange("said", 0, -1)]


def words(redis: Redis) -> list[str]:
    return [word for word, *_ in said(redis)]


def test_a_sigterm_reaches_the_job_which_ends_well(
    redis: Redis, start: Start, backend: Backend
) -> None:
    jobs = JobQueue(redis)
    jobs.enqueue("test", "horse_jobs.drain", backend.redis_url, timeout_s=-1)
    jobs.enqueue("test", "horse_jobs.note", backend.redis_url, "next")
    worker = start("forking")
    eventually(lambda: words(redis) == ["started"])
    ((_, horse, parent),) = said(redis)
    assert int(parent) == worker.pid != int(horse)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert words(redis) == ["started", "drained"], "and takes no further job"
    assert jobs.length("test") == 1
    assert not psutil.pid_exists(int(horse))


def test_a_job_whose_worker_was_killed_ends_by_itself(
    redis: Redis, start: Start, backend: Backend
) -> None:
    JobQueue(redis).enqueue("test", "horse_jobs.drain", backend.redis_url, timeout_s=-1)
    worker = start("forking")
    eventually(lambda: words(redis) == ["started"])
    worker.kill()
    eventually(lambda: words(redis) == ["started", "drained"])


def test_redis_may_go_away_while_a_job_runs(
    redis: Redis, start: Start, backend: Backend, valkey: SocketProxy, cut_redis_url: str
) -> None:
    jobs = JobQueue(redis)
    jobs.enqueue("test", "horse_jobs.drain", backend.redis_url, timeout_s=-1)
    worker = start("forking", cut_redis_url)
    eventually(lambda: words(redis) == ["started"])
    valkey.cut()
    lines = iter(worker.stdout or ())
    assert any("the job goes on" in line for line in lines)
    valkey.mend()
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert words(redis) == ["started", "drained"]


@pytest.mark.parametrize("kind", ["forking", "in process"])
def test_redis_may_go_away_while_none_does(
    redis: Redis,
    start: Start,
    backend: Backend,
    valkey: SocketProxy,
    cut_redis_url: str,
    kind: str,
) -> None:
    jobs = JobQueue(redis)
    worker = start(kind, cut_redis_url)
    jobs.enqueue("test", "horse_jobs.note", backend.redis_url, "before")
    eventually(lambda: words(redis) == ["before"])
    # Between the end of a job and the wait for the next one RQ gives up instead: the supervisor's
    # business.
    eventually(lambda: any("b" in client["flags"] for client in redis.client_list()))
    valkey.cut()
    lines = iter(worker.stdout or ())
    assert any("onnect" in line for line in lines), "it noticed"
    assert worker.poll() is None
    valkey.mend()
    jobs.enqueue("test", "horse_jobs.note", backend.redis_url, "after")
    eventually(lambda: words(redis) == ["before", "after"])


@pytest.mark.parametrize("kind", ["forking", "in process"])
def test_redis_may_forget_everything(
    redis: Redis,
    start: Start,
    backend: Backend,
    valkey: SocketProxy,
    cut_redis_url: str,
    kind: str,
) -> None:
    jobs = JobQueue(redis)
    start(kind, cut_redis_url)
    eventually(lambda: jobs.workers("test") == 1)
    eventually(lambda: any("b" in client["flags"] for client in redis.client_list()))
    valkey.cut()
    redis.flushall()
    assert jobs.workers("test") == 0
    valkey.mend()
    eventually(lambda: jobs.workers("test") == 1)
    jobs.enqueue("test", "horse_jobs.note", backend.redis_url, "after")
    eventually(lambda: words(redis) == ["after"])


@pytest.mark.parametrize("kind", ["forking", "in process"])
def test_a_job_that_fails_frees_its_id(
    redis: Redis, start: Start, backend: Backend, kind: str
) -> None:
    jobs = JobQueue(redis)
    start(kind)
    for _ in range(2):
        before = len(words(redis))
        eventually(lambda: jobs.enqueue_once("test", "horse_jobs.fail", "same", backend.redis_url))
        eventually(lambda before=before: len(words(redis)) > before)  # type: ignore[misc]


def test_a_job_that_is_killed_frees_its_id(redis: Redis, start: Start, backend: Backend) -> None:
    jobs = JobQueue(redis)
    start("forking")
    for _ in range(2):
        before = len(words(redis))
        eventually(
            lambda: jobs.enqueue_once("test", "horse_jobs.forever", "same", backend.redis_url)
        )
        eventually(lambda before=before: len(words(redis)) > before)  # type: ignore[misc]
        os.kill(int(said(redis)[-1][1]), signal.SIGKILL)


def test_short_jobs_share_one_process(redis: Redis, start: Start, backend: Backend) -> None:
    jobs = JobQueue(redis)
    worker = start("in process")
    for number in range(3):
        jobs.enqueue("test", "horse_jobs.note", backend.redis_url, f"n{number}")
    eventually(lambda: len(said(redis)) == 3)
    assert {pid for _, pid, _ in said(redis)} == {str(worker.pid)}
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=20)
    assert worker.returncode == 0
