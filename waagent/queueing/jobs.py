"""Queues and jobs that can run what :mod:`waagent.queueing.names` lists, and nothing else.

Whoever can write to Redis could run code in RQ's workers: it pickles by default (rq-scheduler
whatever serializer a queue has), and imports whatever a job names as its function, its callbacks
or its webhooks. The classes here leave no way to: payloads are JSON, and other names are refused.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError, InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from waagent.queueing import names
from waagent.queueing.connection import translated

FAILURE_TTL_S = 7 * 24 * 3600


class JsonJob(Job):
    """A job of ours whose arguments and result are JSON, however it is made or fetched."""

    # Whatever its hash in Redis says: we use none of these.
    success_callback = failure_callback = stopped_callback = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "serializer": JSONSerializer})

    @property
    def func(self) -> Any:
        """What to call. Raises ValueError for anything that is no job of ours."""
        if self.func_name not in names.JOBS:
            raise ValueError(f"{self.func_name!r} is no job of waagent")
        return super().func

    def send_webhooks(self, *_args: Any, **_kwargs: Any) -> None:
        """None: a job's hash does not say whom to call."""

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> Job:
        return super().create(*args, **{**kwargs, "serializer": JSONSerializer})

    @classmethod
    def fetch(
        cls,
        id: str,  # noqa: A002
        connection: Redis | None = None,
        serializer: Any = None,
    ) -> Job:
        return super().fetch(id, connection=connection, serializer=JSONSerializer)


class JsonQueue(Queue):
    """A queue of :class:`JsonJob`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "serializer": JSONSerializer, "job_class": JsonJob})


class JobQueue:
    """Enqueues jobs. Arguments are ids, never a message's text."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def enqueue(self, queue: str, job: str, *args: str | int, timeout_s: int = 180) -> None:
        """Queue ``job`` (a dotted name); -1 is no time-out.

        Raises:
            waagent.errors.RedisError: Redis cannot be used. What was to be done stands in
                PostgreSQL, so a later tick queues it again.
        """
        with translated():
            self._queue(queue).enqueue(
                job, args=args, job_timeout=timeout_s, result_ttl=0, failure_ttl=FAILURE_TTL_S
            )

    def enqueue_once(
        self, queue: str, job: str, job_id: str, *args: str, timeout_s: int = 180
    ) -> bool:
        """Queue it unless a job of that id waits; says whether it did.

        One that seems to run may belong to a worker that was killed, and Redis would not know for
        minutes: then a second one is queued, under an id of its own.

        Raises:
            waagent.errors.RedisError: Redis cannot be used.
        """
        for unique_id in (job_id, f"{job_id}-again"):
            with translated():
                try:
                    self._queue(queue).enqueue(
                        job,
                        args=args,
                        job_id=unique_id,
                        unique=True,
                        job_timeout=timeout_s,
                        result_ttl=0,
                        failure_ttl=0,
                    )
                    return True
                except DuplicateJobError:
                    if not self._seems_to_run(unique_id):
                        return False
        return False

    def _seems_to_run(self, job_id: str) -> bool:
        try:
            status = JsonJob.fetch(job_id, connection=self._redis).get_status()
        except (NoSuchJobError, InvalidJobOperation):
            return False  # it ended this moment
        return status is JobStatus.STARTED

    def first_within(self, seconds: int, what: str) -> bool:
        """Whether nobody has asked this for ``what`` in the last ``seconds``."""
        with translated():
            return bool(self._redis.set(f"waagent:asked:{what}", 1, nx=True, ex=seconds))

    def length(self, queue: str) -> int:
        """How many jobs wait."""
        with translated():
            return int(self._queue(queue).count)

    def workers(self, queue: str) -> int:
        """How many workers listen."""
        with translated():
            return int(Worker.count(queue=self._queue(queue)))

    def _queue(self, name: str) -> JsonQueue:
        return JsonQueue(name, connection=self._redis)
