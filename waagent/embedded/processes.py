"""Which process is our server? Pid files lie: a dead server's number may be another program's now.

A server is recognised by its working directory (both change into their data folder) together with
its name. Only a process so recognised is ever sent a signal.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

_POLL_SECONDS = 0.01


def server(pid: int | None, *, data: Path, name: str) -> psutil.Process | None:
    """The process ``pid`` if it is the server ``name`` of ``data``, else None."""
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        return process if _is_server(process, data, name) else None
    except psutil.Error:
        return None


def servers_of(data: Path, name: str) -> list[psutil.Process]:
    """All processes of the server ``name`` in ``data``, those left by a dead parent too."""
    found = []
    for process in psutil.process_iter():
        try:
            if _is_server(process, data, name):
                found.append(process)
        except psutil.Error:
            continue
    return found


def exists(pid: int) -> bool:
    """Whether any process has that number, dead ones that nobody has waited for included."""
    return psutil.pid_exists(pid)


def gone(process: psutil.Process) -> bool:
    """Whether it has ended (a zombie has)."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def end(processes: Iterable[psutil.Process], steps: Iterable[tuple[signal.Signals, float]]) -> bool:
    """Send each signal and wait its seconds until all have ended. False if some never did."""
    left = [process for process in processes if not gone(process)]
    for number, seconds in steps:
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
            left = [process for process in left if not gone(process)]
    return not left


def _is_server(process: psutil.Process, data: Path, name: str) -> bool:
    if not process.name().startswith(name) or process.status() == psutil.STATUS_ZOMBIE:
        return False
    return Path(process.cwd()) == data
