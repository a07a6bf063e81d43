"""Jobs to test the RQ workers with; ``python horse_jobs.py KIND URL QUEUE`` is such a worker."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from redis import Redis

from waagent.queueing import names
from workers.horse import StopFlag
from workers.rq_workers import HorseWorker, _run, run_in_process

JOBS = ("horse_jobs.drain", "horse_jobs.fail", "horse_jobs.note", "horse_jobs.forever")
"""What these workers may run besides our own jobs."""


def say(url: str, word: str) -> None:
    """Tell the test."""
    with Redis.from_url(url) as redis:
        redis.rpush("said", f"{word} {os.getpid()} {os.getppid()}")


def note(url: str, word: str) -> None:
    """A short job."""
    say(url, word)


def fail(url: str) -> None:
    """A short job that goes wrong."""
    say(url, "failing")
    raise RuntimeError


def forever(url: str) -> None:
    """A job that somebody will have to kill."""
    say(url, "started")
    while True:
        time.sleep(60)


def drain(url: str) -> None:
    """A long job that ends well when it is told to, like those that host sessions."""
    stop = StopFlag()
    say(url, "started")
    while not stop.wait(0.05):
        pass
    say(url, "drained")


class Hasty(HorseWorker):
    """RQ looks after a running job every 30 s by default; the tests have less patience."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, job_monitoring_interval=1)


def main() -> None:
    """Work on a queue."""
    kind, url, queue = sys.argv[1:]
    names.JOBS = (*names.JOBS, *JOBS)  # type: ignore[misc]
    redis = Redis.from_url(url)
    if kind == "forking":
        _run(Hasty, redis, queue)
    else:
        run_in_process(redis, queue)


if __name__ == "__main__":
    sys.modules["horse_jobs"] = sys.modules["__main__"]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
