"""Kills a process in the middle of a transaction: the lock it waits for is held meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psutil

from waagent.storage.db import direct_connection
from workers.bench.traffic import until

SOON_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A statement that waits when ``table`` is locked, in a process of ``queue``."""

    queue: str
    table: str
    statement: str


LABELLING = Step(queue="ai", table="customer_insights", statement="insert into customer_insights")
PLANNING = Step(queue="ai", table="follow_ups", statement="insert into follow_ups")
INTO_OUTBOX = Step(queue="maintenance", table="outbox", statement="insert into outbox")
QUEUED = Step(
    queue="maintenance", table="follow_ups", statement="update follow_ups set state = 'queued'"
)
CLAIM = Step(queue="sessions", table="outbox", statement="update outbox o set state = 'sending'")


def kill_in(
    url: str, process: Callable[[], psutil.Process], step: Step, *, seconds: float = SOON_S
) -> None:
    """``kill -9`` once its statement waits; ``url`` is of PostgreSQL's superuser.

    ``process`` tells which one only then: the lock has to be there before a process that has just
    been started does its first work. Raises TimedOutError when the statement does not come in time.
    """
    with direct_connection(url) as connection, connection.transaction():
        connection.execute(f"lock table waagent.{step.table} in share row exclusive mode".encode())
        until(lambda: _waits(url, step.statement), seconds, step.statement)
        caught = process()
        caught.kill()
        until(lambda: gone(caught), seconds, "its end")


def gone(process: psutil.Process) -> bool:
    """Whether it has ended, waited for or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _waits(url: str, statement: str) -> bool:
    query = (
        "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
        " and position(%s in query) > 0)"
    )
    with direct_connection(url) as connection:
        row = connection.execute(query.encode(), [statement]).fetchone()
    return bool(row and row[0])
