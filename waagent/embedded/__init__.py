"""A private PostgreSQL and Valkey for one machine, kept under ``WAAGENT_HOME``.

Any number of processes may ``attach`` to the servers of one home: the first starts them, the last
one down stops them. Cheap to import: what starts, probes and stops servers is loaded on use.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from waagent.errors import EmbeddedError

if TYPE_CHECKING:
    from waagent.embedded.attachment import Attachment

__all__ = ["Backend", "EmbeddedStatus", "ServerStatus", "attach", "remove", "status", "stop"]

USE_YOUR_OWN = "Set WAAGENT_DATABASE_URL and WAAGENT_REDIS_URL to servers of your own."


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where the two servers are. The URLs hold passwords, so ``repr`` leaves them out.

    ``database_url`` is read alike by libpq (psycopg) and by Go's lib/pq; its role ``waagent`` owns
    the database and is no superuser, so row-level security binds it. ``redis_url`` is of the
    ``unix://`` form that redis-py and RQ take.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """One server: ``pid`` and ``version`` are None where it does not run; sizes in bytes."""

    name: str
    running: bool
    pid: int | None
    version: str | None
    data_dir: Path
    data_bytes: int
    log_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedStatus:
    """Both servers, and how many attachments hold them (None where the system cannot tell)."""

    running: bool
    servers: tuple[ServerStatus, ...]
    attached: int | None


def attach(home: Path, *, timeout: float = 120.0) -> Attachment:
    """Hold the servers of ``home`` for the length of a ``with`` block, which yields a ``Backend``.

    What does not run is started; ``timeout`` (seconds) covers waiting for another starter and for
    crash recovery. At the end of the block the servers are stopped if nobody else is attached.
    Raises EmbeddedError. The object has ``ensure_running()`` for a supervisor to call.
    """
    _require_posix()
    from waagent.embedded.attachment import Attachment

    return Attachment(home, timeout=timeout)


def status(home: Path) -> EmbeddedStatus:
    """What runs for ``home`` now. Starts and creates nothing. Raises EmbeddedError."""
    _require_posix()
    from waagent.embedded.report import report

    return report(home)


def stop(home: Path, *, timeout: float = 120.0) -> bool:
    """Stop both servers even if others are attached. True if anything ran. Raises EmbeddedError."""
    _require_posix()
    from waagent.embedded.attachment import stop_servers

    return stop_servers(home, timeout=timeout)


def remove(home: Path, *, timeout: float = 120.0) -> None:
    """Stop the servers and delete their data and passwords for good. Raises EmbeddedError.

    As root the data may lie outside ``home``, so deleting ``home`` alone would leave it behind.
    """
    _require_posix()
    from waagent.embedded.attachment import remove_servers

    remove_servers(home, timeout=timeout)


def _require_posix() -> None:
    if os.name != "posix":
        raise EmbeddedError(
            "The embedded PostgreSQL and Valkey need Linux or macOS.", hint=USE_YOUR_OWN
        )
