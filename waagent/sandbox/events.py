"""What happens in the sandbox, told to whoever listens from then on.

What each kind carries is in ``docs/reference/sandbox.md``.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

Event = dict[str, object]
Subscription = asyncio.Queue[Event]
_BACKLOG = 10_000


class EventBus:
    """Hands each event to every subscriber. A subscriber that does not read loses the newest."""

    def __init__(self) -> None:
        self._subscribers: set[Subscription] = set()
        self._numbers = itertools.count(1)

    def emit(self, kind: str, /, **fields: object) -> None:
        """Tell all subscribers; never waits."""
        event: Event = {
            "seq": next(self._numbers),
            "event": kind,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            **fields,
        }
        for queue in self._subscribers:
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(event)

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """A queue of the events from now on."""
        queue: Subscription = asyncio.Queue(_BACKLOG)
        self._subscribers.add(queue)
        try:
            yield queue
        finally:
            self._subscribers.discard(queue)
