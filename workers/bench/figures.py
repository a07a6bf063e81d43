"""What one fleet of sessions costs, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of all processes that hold the sessions together. Memory in MB; connections are those to
    PostgreSQL, ``resting`` after the library's idle ones were closed.

    ``memory`` is the resident memory of the processes with the clients; ``proportional`` is of
    those and the workers that forked them, with shared pages counted once (Linux's PSS).
    """

    processes: int
    memory_mb: float
    proportional_mb: float
    threads: int
    files: int
    connections: int
    resting_connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How messages passed: milliseconds from the customer's phone, and messages a second."""

    messages: int
    per_second: float
    p50_ms: float
    p99_ms: float
    lost: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """One kind of host with all sessions. All sockets were dropped ``drops`` times: the median and
    the longest time until all were back, and how many processes with connections ended by it."""

    name: str
    sessions: int
    connect_s: float
    reconnect_s: float
    cost: Cost
    passage: Passage
    drops: int = 1
    reconnect_most_s: float = 0.0
    deaths: int = 0

    def flat(self) -> dict[str, Any]:
        """Everything by name, one level deep."""
        whole = asdict(self)
        inner = {name: whole.pop(name) for name in ("cost", "passage")}
        whole.pop("name")
        return {**whole, **inner["cost"], **inner["passage"]}


def cost_of(pids: Sequence[int], parents: Sequence[int], connections: int, resting: int) -> Cost:
    """Add up the processes ``pids``, and for the proportional memory their ``parents``."""
    processes = [psutil.Process(pid) for pid in pids]
    memory = [psutil.Process(pid).memory_full_info() for pid in (*pids, *parents)]
    return Cost(
        processes=len(processes),
        memory_mb=sum(process.memory_info().rss for process in processes) / 1e6,
        proportional_mb=sum(getattr(each, "pss", each.rss) for each in memory) / 1e6,
        threads=sum(process.num_threads() for process in processes),
        files=sum(process.num_fds() for process in processes),
        connections=connections,
        resting_connections=resting,
    )


def passage_of(sent: dict[str, float], seen: dict[str, float], seconds: float) -> Passage:
    """From when each message (by id) was written and seen, in seconds of one clock."""
    delays = sorted(seen[key] - at for key, at in sent.items() if key in seen)
    return Passage(
        messages=len(sent),
        per_second=len(delays) / seconds,
        p50_ms=_at(delays, 0.50) * 1000,
        p99_ms=_at(delays, 0.99) * 1000,
        lost=len(sent) - len(delays),
    )


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
