"""Holding the servers of a home: the first holder starts them, the last one stops them.

Every holder has a shared lock on ``attach.lock``. Whoever starts or stops servers, or takes or
gives up a hold, has ``start.lock`` alone meanwhile; so a newcomer and the last one down never
overlap. The last one down is the one who gets ``attach.lock`` alone. A killed holder's lock is
dropped by the kernel; the servers it may have left behind are used, and stopped, by the next one.
"""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path

from waagent.embedded import Backend, logfiles, passwords, probes
from waagent.embedded.faults import explained
from waagent.embedded.layout import Layout, open_layout, prepare_home, read_layout, start_lock
from waagent.embedded.locks import FileLock
from waagent.errors import EmbeddedError


class Attachment(AbstractContextManager[Backend]):
    """One hold on the servers of ``home``. Made by ``waagent.embedded.attach``.

    A process made by ``os.fork`` inside the block holds nothing: leaving the block does nothing
    there, and ``ensure_running`` refuses.
    """

    def __init__(self, home: Path, *, timeout: float) -> None:
        self._home = home
        self._timeout = timeout
        self._owner = 0
        self._layout: Layout | None = None
        self._hold: FileLock | None = None

    def __enter__(self) -> Backend:
        """Start what does not run. Raises EmbeddedError."""
        deadline = time.monotonic() + self._timeout
        with explained(self._home):
            home = prepare_home(self._home)
            with FileLock(start_lock(home)).exclusive(deadline=deadline):
                layout = open_layout(home)
                self._take_hold(layout)
                try:
                    _make_passwords(layout)
                    _start_missing(layout, deadline)
                    return probes.backend(layout)
                except BaseException:
                    self._let_go(layout)
                    raise

    def __exit__(self, *_: object) -> None:
        """Give up the hold; stop the servers if it was the last. Raises EmbeddedError."""
        if self._layout is None or self._owner != os.getpid():
            return
        layout = self._layout
        deadline = time.monotonic() + self._timeout
        try:
            with explained(self._home), FileLock(layout.start_lock).exclusive(deadline=deadline):
                self._let_go(layout)
        finally:
            self._drop()

    def ensure_running(self) -> tuple[str, ...]:
        """Restart a server that has died, at the same place; returns the names of those restarted.

        Cheap when all is well (one query, one PING), so a supervisor may call it every few seconds.
        A living server that is merely busy is left alone. Raises EmbeddedError.
        """
        layout = self._layout
        if layout is None or self._owner != os.getpid():
            raise EmbeddedError("This process is not attached to the embedded servers.")
        with explained(self._home):
            logfiles.limit(layout.postgres_log)
            logfiles.limit(layout.valkey_log)
            if probes.both_answer(layout):
                return ()
            deadline = time.monotonic() + self._timeout
            with FileLock(layout.start_lock).exclusive(deadline=deadline):
                return _start_missing(layout, deadline, patient=False)

    def _take_hold(self, layout: Layout) -> None:
        hold = FileLock(layout.attach_lock)
        if not hold.try_shared():
            hold.close()
            raise EmbeddedError(
                f"Something holds {layout.attach_lock}, which only waagent may lock.",
                hint="End the program that holds it.",
            )
        self._hold, self._layout, self._owner = hold, layout, os.getpid()

    def _let_go(self, layout: Layout) -> None:
        """Give up the hold, and stop the servers if it was the last. The start lock is held."""
        try:
            if self._hold is not None and self._hold.try_exclusive():
                _stop_all(layout)
        finally:
            self._drop()

    def _drop(self) -> None:
        if self._hold is not None:
            self._hold.close()
        self._hold = self._layout = None


def stop_servers(home: Path, *, timeout: float) -> bool:
    """See ``waagent.embedded.stop``."""
    with explained(home):
        layout = read_layout(home)
        if layout is None:
            return False
        deadline = time.monotonic() + timeout
        with FileLock(layout.start_lock).exclusive(deadline=deadline):
            return _stop_all(layout)


def remove_servers(home: Path, *, timeout: float) -> None:
    """See ``waagent.embedded.remove``."""
    from waagent.embedded import control

    with explained(home):
        layout = read_layout(home)
        if layout is None:
            return
        deadline = time.monotonic() + timeout
        with FileLock(layout.start_lock).exclusive(deadline=deadline):
            control.stop_all(layout)
            control.delete_data(layout)


def _make_passwords(layout: Layout) -> None:
    """Make the passwords of a new home; refuse to guess those of an old one."""
    superuser = layout.secrets / passwords.SUPERUSER
    if not superuser.exists() and (layout.postgres_data / "PG_VERSION").exists():
        raise EmbeddedError(
            f"{superuser} is gone: the database of {layout.home} cannot be opened without it.",
            hint="Restore that file from a backup.",
        )
    passwords.make_missing(layout)


def _start_missing(layout: Layout, deadline: float, *, patient: bool = True) -> tuple[str, ...]:
    if probes.both_answer(layout):
        return ()
    from waagent.embedded import control

    return control.start_missing(layout, deadline=deadline, patient=patient)


def _stop_all(layout: Layout) -> bool:
    from waagent.embedded import control

    return control.stop_all(layout)
