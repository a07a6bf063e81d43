"""The gate in front of the library, whose global maps have no locks.

Starting and stopping a client write those maps; every other call reads them as its first step. A
write beside another access aborts the whole process, with all its sessions. So: one start or stop
at a time, and no call may *begin* beside one. A call that began long ago has done its reading,
which is why a start waits only for calls younger than ``grace`` seconds, not for a slow send.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

DEFAULT_GRACE = 1.0
"""Seconds. Long enough for a thread to be scheduled and to read a map on a loaded machine."""


class GateBusy(Exception):
    """The gate did not open in the time given."""


class Gate:
    """Many callers in :meth:`shared`, or one in :meth:`exclusive`. Fair: neither side starves.

    Callers that were waiting when an exclusive holder leaves all get in before the next one does,
    so a row of starts delays a send by one start, not by all of them.
    """

    def __init__(self, *, grace: float = DEFAULT_GRACE) -> None:
        self._grace = grace
        self._turnstile = threading.Lock()  # held by the exclusive holder; any thread may free it
        self._changed = threading.Condition()
        self._closed = False  # an exclusive holder is in, or is waiting for young calls
        self._waiting = 0
        self._owed = 0  # waiting callers to be let in before the next exclusive holder
        self._next_call = 0
        self._calls: dict[int, float] = {}  # call → when it began (monotonic)

    @contextmanager
    def shared(self, *, timeout: float | None = None) -> Iterator[None]:
        """Around the beginning of any call but a start or a stop. Raises :class:`GateBusy`."""
        call = self._enter(timeout)
        try:
            yield
        finally:
            with self._changed:
                del self._calls[call]
                self._changed.notify_all()

    @contextmanager
    def exclusive(self, *, timeout: float | None = None) -> Iterator[None]:
        """Around a start or a stop. Raises :class:`GateBusy`."""
        self.acquire(timeout=timeout)
        try:
            yield
        finally:
            self.release()

    def acquire(self, *, timeout: float | None = None) -> None:
        """Close the gate for everybody else; raises :class:`GateBusy`. :meth:`release` opens it."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if not self._turnstile.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
            raise GateBusy
        with self._changed:
            if not self._changed.wait_for(lambda: self._owed == 0, _left(deadline)):
                self._turnstile.release()
                raise GateBusy
            self._closed = True
            self._wait_for_young_calls()

    def release(self) -> None:
        """Open the gate again. Any thread may do it for the one that closed it."""
        with self._changed:
            self._closed = False
            self._owed = self._waiting
            self._changed.notify_all()
        self._turnstile.release()

    def _enter(self, timeout: float | None) -> int:
        with self._changed:
            if self._closed:
                self._queue(timeout)
            self._next_call += 1
            self._calls[self._next_call] = time.monotonic()
            return self._next_call

    def _queue(self, timeout: float | None) -> None:
        self._waiting += 1
        opened = self._changed.wait_for(lambda: not self._closed, timeout)
        self._waiting -= 1
        if not opened:
            raise GateBusy
        self._owed -= 1
        self._changed.notify_all()

    def _wait_for_young_calls(self) -> None:
        """Bounded by the grace: the gate is closed, so no younger call can appear."""
        while True:
            oldest_that_matters = time.monotonic() - self._grace
            youngest = max(self._calls.values(), default=oldest_that_matters)
            if youngest <= oldest_that_matters:
                return
            self._changed.wait(youngest - oldest_that_matters)


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())
