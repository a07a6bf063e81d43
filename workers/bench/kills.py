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
    """A ``change`` (insert, update) of ``table`` in a process of ``queue``: that of the rows for
    which ``when`` holds, an expression of ``new``."""

    queue: str
    table: str
    change: str
    when: str = "true"


LABELLING = Step(queue="ai", table="customer_insights", change="insert")
PLANNING = Step(queue="ai", table="follow_ups", change="insert")
INTO_OUTBOX = Step(queue="maintenance", table="outbox", change="insert")
QUEUED = Step(queue="maintenance", table="follow_ups", change="update", when="new.state = 'queued'")
CLAIM = Step(queue="sessions", table="outbox", change="update", when="new.state = 'sending'")

_HELD = 4711
"""The advisory lock that a change of a step waits for. A lock of the table would stop others too,
and with them what leads to the step."""
_STOP = f"""
create or replace function waagent.bench_stop() returns trigger language plpgsql as
$$ begin perform pg_advisory_xact_lock_shared({_HELD}); return new; end $$
"""
_WAITING = """
select exists (select from pg_locks where locktype = 'advisory' and objid = %s and not granted)
"""


def kill_in(
    url: str, process: Callable[[], psutil.Process], step: Step, *, seconds: float = SOON_S
) -> None:
    """``kill -9`` once its change waits; ``url`` is of PostgreSQL's superuser.

    ``process`` tells which one only then: the lock has to be there before a process that has just
    been started does its first work. Raises TimedOutError when the change does not come in time.
    """
    with direct_connection(url) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_HELD])
        connection.execute(_STOP.encode())
        connection.execute(
            f"create or replace trigger bench_stop before {step.change} on waagent.{step.table}"
            f" for each row when ({step.when}) execute function waagent.bench_stop()".encode()
        )
        try:
            until(lambda: _waits(url), seconds, f"{step.change} of {step.table}, {step.when}")
            caught = process()
            caught.kill()
            until(lambda: gone(caught), seconds, "its end")
        finally:
            connection.execute("select pg_advisory_unlock(%s)", [_HELD])
            connection.execute(f"drop trigger bench_stop on waagent.{step.table}".encode())


def gone(process: psutil.Process) -> bool:
    """Whether it has ended, waited for or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _waits(url: str) -> bool:
    with direct_connection(url) as connection:
        row = connection.execute(_WAITING.encode(), [_HELD]).fetchone()
    return bool(row and row[0])
