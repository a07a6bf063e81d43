"""``waagent doctor``: whether this installation works, looked at without changing anything.

Every check is made even if another fails; those that hang on a server that is down are skipped. No
customer's data is read: only times, counts and states. What a shop's numbers are like is said by
:mod:`waagent.services.doctor_shop`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from waagent.domain.checks import Check, Level, by_limits
from waagent.domain.sessions import PARKED
from waagent.domain.views import HostView
from waagent.errors import DatabaseError
from waagent.security.cipher import KeyRing
from waagent.services.doctor_checks import found, looked, skipped, span, stopped
from waagent.services.doctor_machine import machine_checks
from waagent.services.doctor_redis import redis_checks
from waagent.services.hosts import SILENT
from waagent.storage.db import Database, Transaction
from waagent.storage.migrate import check as check_schema
from waagent.storage.migrate import current_version, latest_version

ANSWER_WITHIN = "5s"
SKEW_WARN_S, SKEW_FAIL_S = 2, 30
CONNECTIONS_WARN, CONNECTIONS_FAIL = 0.8, 0.95
UNOWNED_FOR = timedelta(minutes=1)
_PARKED = [state.value for state in PARKED]
OVERDUE_S = {
    "follow_ups": (120, 900),
    "outbox": (300, 1800),
    "notifications": (120, 900),
    "labelling": (120, 900),
}
"""From how many seconds on what should have happened is a warning, and a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What is to be examined. A URL is None where the embedded server was never started.

    ``keys`` gives the master key's ring and raises MasterKeyError. ``embedded`` says of which
    servers waagent itself is the keeper.
    """

    home: Path
    media_folder: Path
    sessions_per_host: int
    database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    database_pooled: bool
    embedded: frozenset[str]
    keys: Callable[[], KeyRing]


@dataclass(frozen=True, slots=True)
class _Connections:
    used: int
    most: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    wanted: int
    connected: int
    held: int
    away: str | None


@dataclass(frozen=True, slots=True)
class _Overdue:
    what: str
    waiting: int
    oldest_s: float | None


class Doctor:
    """Examines an installation."""

    def __init__(self, premises: Premises) -> None:
        self._at = premises

    def examine(self) -> Iterator[Check]:
        """Every check, one after the other as it is made. Raises nothing."""
        at = self._at
        yield from machine_checks(at.home, at.media_folder, at.sessions_per_host)
        yield from self._database()
        yield from redis_checks(at.redis_url, embedded="redis" in at.embedded)

    def _database(self) -> Iterator[Check]:
        reached = looked("postgresql", self._reach)
        yield reached
        if reached.level is Level.FAIL or self._at.database_url is None:
            yield from skipped(["migrations", "master_key", *_LOOKS], "postgresql")
            return
        url = self._at.database_url
        schema = looked("migrations", partial(_migrations, url))
        yield schema
        if schema.level is Level.FAIL:
            yield from skipped(["master_key", *_LOOKS], "migrations")
            return
        yield looked("master_key", partial(_master_key, url, self._at.keys))
        db = Database(url, pooled=self._at.database_pooled, size=1)
        try:
            for name, look in _LOOKS.items():
                yield looked(name, partial(look, db))
        finally:
            db.close()

    def _reach(self) -> Check:
        url, ours = self._at.database_url, "postgresql" in self._at.embedded
        if url is None:
            return stopped("postgresql", "PostgreSQL")
        try:
            current_version(url)
        except DatabaseError:
            if ours:
                return stopped("postgresql", "PostgreSQL")
            raise
        return found("postgresql", Level.OK, facts={"embedded": ours})


def _migrations(url: str) -> Check:
    current, latest = current_version(url), latest_version()
    level = Level.OK if current == latest else Level.FAIL
    return found("migrations", level, facts={"current": current, "latest": latest})


def _master_key(url: str, keys: Callable[[], KeyRing]) -> Check:
    check_schema(url, keys())
    return found("master_key", Level.OK)


@contextmanager
def _asking(db: Database) -> Generator[Transaction]:
    """A transaction in which no question may take long."""
    with db.system() as tx:
        tx.value("doctor.limit", most=ANSWER_WITHIN)
        yield tx


def _clock(db: Database) -> Check:
    with _asking(db) as tx:
        before = datetime.now(UTC)
        there = tx.value("doctor.clock")
        after = datetime.now(UTC)
    skew_s = round(abs((there - (before + (after - before) / 2)).total_seconds()), 1)
    level = by_limits(skew_s, SKEW_WARN_S, SKEW_FAIL_S)
    return found("clock", level, facts={"skew_s": skew_s})


def _connections(db: Database) -> Check:
    with _asking(db) as tx:
        row = tx.one(_Connections, "doctor.connections")
    assert row is not None
    level = by_limits(row.used / row.most, CONNECTIONS_WARN, CONNECTIONS_FAIL)
    return found("connections", level, facts={"used": row.used, "limit": row.most})


def _isolation(db: Database) -> Check:
    with _asking(db) as tx:
        unbound = tx.value("doctor.roles")
    return found("isolation", Level.FAIL if unbound else Level.OK)


def _whatsapp_version(db: Database) -> Check:
    with _asking(db) as tx:
        since = tx.value("doctor.outdated")
    if since is None:
        return found("whatsapp_version", Level.OK)
    age_s = (datetime.now(UTC) - since).total_seconds()
    facts = {"outdated_s": round(age_s)}
    return found("whatsapp_version", Level.FAIL, facts=facts, age=span(age_s))


def _numbers(db: Database) -> Check:
    """Numbers that a person has to look after; ``waagent doctor SHOP`` says how."""
    with _asking(db) as tx:
        row = tx.one(_Numbers, "doctor.numbers", parked=_PARKED)
    assert row is not None
    level = Level.OK
    if row.connected < row.wanted:
        level = Level.WARN if row.connected else Level.FAIL
    facts = {"wanted": row.wanted, "connected": row.connected}
    return found("numbers", level, facts=facts, shop=row.away)


def _unowned(db: Database) -> Check:
    with _asking(db) as tx:
        count = int(tx.value("leases.unowned", parked=_PARKED, since=UNOWNED_FOR))
    return found("unowned", Level.FAIL if count else Level.OK, facts={"count": count})


def _hosts(db: Database) -> Check:
    with _asking(db) as tx:
        hosts = tx.all(HostView, "hosts.list", silent=SILENT)
        row = tx.one(_Numbers, "doctor.numbers", parked=_PARKED)
    alive = [host for host in hosts if host.alive]
    silent, wanted = len(hosts) - len(alive), row.held if row else 0
    level = Level.WARN if silent else Level.OK
    if not alive and wanted:
        level = Level.FAIL
    facts = {
        "alive": len(alive),
        "silent": silent,
        "sessions": sum(host.sessions for host in alive),
        "capacity": sum(host.capacity for host in alive),
    }
    return found("hosts", level, facts=facts, wanted=wanted)


def _overdue(what: str, db: Database) -> Check:
    with _asking(db) as tx:
        rows = {row.what: row for row in tx.all(_Overdue, "doctor.overdue")}
    late_s = round(rows[what].oldest_s or 0)
    facts = {"waiting": rows[what].waiting, "oldest_s": late_s}
    level = by_limits(late_s, *OVERDUE_S[what])
    return found(what, level, key="overdue", facts=facts, age=span(late_s))


_LOOKS: dict[str, Callable[[Database], Check]] = {
    "clock": _clock,
    "connections": _connections,
    "isolation": _isolation,
    "whatsapp_version": _whatsapp_version,
    "numbers": _numbers,
    "unowned": _unowned,
    "hosts": _hosts,
    **{what: partial(_overdue, what) for what in OVERDUE_S},
}
"""The checks that ask PostgreSQL, by name."""
