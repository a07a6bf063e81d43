"""Looks into the benchmark's own PostgreSQL, as its superuser: it is all of all shops at once."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from waagent.storage.db import direct_connection
from workers.bench.ground import superuser_url

_POLL_S = 0.005
_OVERLAP = 500
"""Numbers are given before the commit, so a later one may be seen first."""


class Watch:
    """A context manager; ``home`` holds the embedded server's own password."""

    def __init__(self, database_url: str, home: Path) -> None:
        self._url = superuser_url(database_url, home)
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._times: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._connection = self._stack.enter_context(direct_connection(self._url))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._stack.close()

    def connections(self, application: str) -> int:
        """How many connections name this application (a LIKE pattern)."""
        return int(
            self._value(
                "select count(*) from pg_stat_activity where application_name like %s", application
            )
        )

    def connected(self) -> int:
        """How many sessions say that they are connected."""
        return int(
            self._value("select count(*) from waagent.sessions where state = %s", "connected")
        )

    def host_pids(self) -> tuple[list[int], list[int]]:
        """The session hosts, and the workers that forked them."""
        rows = self._connection.execute("select pid from waagent.hosts").fetchall()
        horses = [psutil.Process(pid) for (pid,) in rows if psutil.pid_exists(pid)]
        return [horse.pid for horse in horses], [horse.ppid() for horse in horses]

    def follow(self) -> None:
        """From now on, note when the row of each message is there for others to read."""
        first = int(self._value("select coalesce(max(seq), %s) from waagent.messages", 0))
        threading.Thread(target=self._follow, args=(first,), daemon=True).start()

    def seen(self) -> set[str]:
        """The messages noted so far, by WhatsApp's id."""
        return set(self._times)

    def times(self) -> dict[str, float]:
        """When each was first seen, ``time.time()``."""
        return dict(self._times)

    def _follow(self, first: int) -> None:
        last = first
        with direct_connection(self._url) as connection:
            while not self._stop.wait(_POLL_S):
                rows = connection.execute(
                    "select wa_message_id, seq from waagent.messages where seq > %s and seq > %s",
                    (first, last - _OVERLAP),
                ).fetchall()
                now = time.time()
                for key, seq in rows:
                    self._times.setdefault(key, now)
                    last = max(last, seq)

    def _value(self, query: str, *params: object) -> Any:
        row = self._connection.execute(query, params).fetchone()
        assert row is not None
        return row[0]
