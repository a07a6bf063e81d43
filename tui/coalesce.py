"""Run a coroutine at most once at a time, and once more if it was asked for in between.

A change feed can ask for the same refresh far faster than it can be done. Cancelling the running
one each time would mean that none ever ends; queueing each would fall behind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Coalesced:
    """A job that any number of calls share."""

    def __init__(self, job: Callable[[], Awaitable[None]]) -> None:
        self._job = job
        self._running = False
        self._again = False

    async def __call__(self) -> None:
        """Have the job run after this moment. Returns early if a run under way will see to it."""
        self._again = True
        if self._running:
            return
        self._running = True
        try:
            while self._again:
                self._again = False
                await self._job()
        finally:
            self._running = False
