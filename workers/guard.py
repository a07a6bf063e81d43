"""A small process that ends the supervisor's programs if the supervisor itself is killed.

The guard reads from a pipe whose other end only the supervisor has. Whatever ends the supervisor,
SIGKILL included, closes that end; the guard then asks the programs it was told about to stop, and
kills those that do not. Chosen over Linux's parent-death signal, which reaches only direct
children, is tied to the thread that forked, needs code between fork and exec, and does not exist on
macOS.

Each program runs in a session of its own, so a session's number stands for a program and all it
started, those in other process groups (RQ's work-horses) too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path

_POLL_SECONDS = 0.05
_PROC = Path("/proc")


class Guard:
    """The supervisor's side: starts the guard process and tells it what to watch."""

    def __init__(self) -> None:
        self._watched: dict[int, float] = {}
        self._process = _start({})

    def watch(self, session: int, *, grace: float) -> None:
        """From now on end that session if we die; ``grace`` seconds lie between TERM and KILL."""
        self._watched[session] = grace
        self._tell(_watch_line(session, grace) + "\n")

    def forget(self, session: int) -> None:
        """The session has ended."""
        self._watched.pop(session, None)
        self._tell(f"-{session}\n")

    def ensure_running(self) -> None:
        """Start another guard if somebody killed it."""
        if self._process.poll() is None:
            return
        self._close_pipe()
        self._process = _start(self._watched)

    def close(self) -> None:
        """Let the guard end; it first ends what is still watched."""
        self._close_pipe()
        self._process.wait()

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError):  # ensure_running will notice, and tell the next one
            pipe.write(line.encode("ascii"))

    def _close_pipe(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError):
            pipe.close()


def alive(session: int) -> bool:
    """Whether any process of ``session`` lives; zombies do not count where /proc shows them."""
    if _PROC.is_dir():
        return bool(_members(session))
    return send(session, 0)


def send(session: int, number: int) -> bool:
    """Send a signal to every process of ``session``. False if there was none."""
    if not _PROC.is_dir():  # macOS: the group is the best that can be had
        try:
            os.killpg(session, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True
    members = _members(session)
    for pid in members:
        with suppress(OSError):
            os.kill(pid, number)
    return bool(members)


def main() -> None:
    """Read what to watch until the pipe closes, then end whatever is left."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, float] = {}
    for line in chain(sys.argv[1:], sys.stdin):
        session, _, grace = line[1:].partition(" ")
        if line.startswith("+"):
            watched[int(session)] = float(grace)
        else:
            watched.pop(int(session), None)
    _end_all(watched)


def _watch_line(session: int, grace: float) -> str:
    return f"+{session} {grace}"


def _start(watched: dict[int, float]) -> subprocess.Popen[bytes]:
    # Isolated and without site-packages: it needs nothing of them, and starts in milliseconds.
    known = [_watch_line(session, grace) for session, grace in watched.items()]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, *known],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        start_new_session=True,
    )


def _end_all(watched: dict[int, float]) -> None:
    for session in filter(alive, watched):
        with suppress(OSError):  # its leader alone: what that started is its business
            os.kill(session, signal.SIGTERM)
    begun = time.monotonic()
    while watched:
        for session, grace in list(watched.items()):
            if not alive(session):
                del watched[session]
            elif time.monotonic() - begun >= grace:
                send(session, signal.SIGKILL)
                del watched[session]
        time.sleep(_POLL_SECONDS)


def _members(session: int) -> list[int]:
    return [int(entry) for entry in os.listdir(_PROC) if entry.isdigit() and _in(entry, session)]


def _in(pid: str, session: int) -> bool:
    """Read from /proc/PID/stat: ``pid (name) state parent group session …``."""
    try:
        stat = (_PROC / pid / "stat").read_bytes()
    except OSError:
        return False
    state, _, _, sid = stat.rpartition(b") ")[2].split()[:4]
    return int(sid) == session and state not in (b"Z", b"X")


if __name__ == "__main__":
    main()
