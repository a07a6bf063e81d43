"""Advisory file locks (flock) that the kernel drops when their process dies, however it dies.

A lock belongs to the open file, not to the process: closing the last copy of the descriptor frees
it. Descriptors here are close-on-exec, so servers and commands we start do not keep them; a child
made by ``os.fork`` gets copies, which it closes at once (else a work-horse that outlives its killed
parent would keep the servers up).
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from waagent.errors import EmbeddedError

_POLL_SECONDS = 0.02
_open_locks: set[FileLock] = set()


class FileLock:
    """One open lock file. ``close`` frees it; as a context manager it closes itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        _open_locks.add(self)

    def try_shared(self) -> bool:
        """Hold it together with others. False if somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Hold it alone. False if anybody else holds it (a shared lock of ours may be lost)."""
        return self._try(fcntl.LOCK_EX)

    def exclusive(self, *, deadline: float) -> Self:
        """Hold it alone, waiting until ``deadline`` (time.monotonic). Raises EmbeddedError."""
        while not self.try_exclusive():
            if time.monotonic() >= deadline:
                self.close()
                raise EmbeddedError(
                    "Another waagent is still starting or stopping the embedded servers.",
                    hint=f"Wait for it, or end it and try again (lock: {self._path}).",
                )
            time.sleep(_POLL_SECONDS)
        return self

    def close(self) -> None:
        """Free the lock. Safe to call twice."""
        _open_locks.discard(self)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _try(self, how: int) -> bool:
        try:
            fcntl.flock(self._fd, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def holders(path: Path) -> int | None:
    """How many hold the lock at ``path``; None where the kernel does not say (not Linux)."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None if path.exists() else 0
    # "1: FLOCK  ADVISORY  READ 1234 08:01:131090 0 EOF"; waiters have "->" in second place.
    fields = (line.split() for line in lines)
    return sum(
        1
        for part in fields
        if len(part) > 5 and part[1] == "FLOCK" and part[5].endswith(f":{inode}")
    )


def _close_in_child() -> None:
    for lock in list(_open_locks):
        with suppress(OSError):
            lock.close()


os.register_at_fork(after_in_child=_close_in_child)
