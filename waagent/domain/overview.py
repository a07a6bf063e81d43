"""What an operator sees of the whole service. No customer's data: names of shops, states, counts.

Ages and delays are seconds (``…_s``). A part that could not be looked at is None, and a
:class:`Fault` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.domain.views import HostView


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOverview:
    """A shop. ``connected`` of its ``numbers`` are (those suspended on purpose do not count).

    ``trouble`` is the state of the number that has been away longest, or None. ``unlabelled``
    counts conversations that wait for labelling, of which the oldest is ``unlabelled_s`` late;
    ``outbox`` messages that wait to be sent, the oldest for ``outbox_s``. ``leads`` and
    ``messages_today`` may be some seconds old; None: not counted yet.
    """

    id: str
    slug: str
    name: str
    timezone: str
    numbers: int
    connected: int
    trouble: str | None
    unlabelled: int
    unlabelled_s: float | None
    outbox: int
    outbox_s: float | None
    leads: int | None = None
    messages_today: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOverview:
    """A session host; ``memory_mb`` (resident) is known on its own machine only."""

    host: HostView
    memory_mb: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOverview:
    """A queue: jobs that wait, the age of the oldest, jobs that failed and are kept, workers."""

    name: str
    length: int
    oldest_s: float
    failed: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOverview:
    """A worker of the queues. Not ``alive``: it was killed, and Redis has not forgotten it yet."""

    name: str
    queues: tuple[str, ...]
    machine: str | None
    pid: int | None
    alive: bool
    busy: bool
    started_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOverview:
    """Numbers in a host's hands, leases that ran out, and numbers that nobody took for a minute."""

    held: int
    expired: int
    unowned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorOverview:
    """Of the last day: notifications and messages that failed or may have. Now: numbers away."""

    notifications: int
    sends: int
    numbers_away: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOverview:
    """PostgreSQL's connections: in use, and how many there can be."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A part (``postgresql``, ``redis``) that does not answer."""

    part: str
    message: str
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOverview:
    """What PostgreSQL knows; shops in trouble first, then by name."""

    shops: tuple[ShopOverview, ...]
    hosts: tuple[HostOverview, ...]
    leases: LeaseOverview
    errors: ErrorOverview
    connections: ConnectionOverview


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisOverview:
    """What Redis knows. ``tick_late_s``: by how long the clock is late; None: it does not run."""

    queues: tuple[QueueOverview, ...]
    workers: tuple[WorkerOverview, ...]
    tick_late_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it, as of ``at``."""

    at: datetime
    database: DatabaseOverview | None
    redis: RedisOverview | None
    faults: tuple[Fault, ...]
