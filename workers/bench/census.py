"""What waagent's processes hold at a moment, to see whether it grows."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

from workers.bench.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One process. ``memory_mb`` is resident."""

    memory_mb: float
    files: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """``processes`` by what they are and their pid; ``connections`` to PostgreSQL, all together."""

    processes: Mapping[tuple[str, int], Held]
    connections: int

    def files(self) -> int:
        """Open files of all processes together."""
        return sum(held.files for held in self.processes.values())


def take(town: Town) -> Census:
    """Count now. PostgreSQL's and Valkey's own processes are left out: they hold the data."""
    processes = {}
    for name, found in town.programs().items():
        for process in found if name not in ("PostgreSQL", "Valkey") else ():
            with suppress(psutil.Error):
                processes[name, process.pid] = Held(
                    memory_mb=process.memory_info().rss / 1e6,
                    files=process.num_fds(),
                    threads=process.num_threads(),
                )
    connections = town.value(
        "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        " and usename = 'waagent'"
    )
    return Census(processes=processes, connections=connections)
