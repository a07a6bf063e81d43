"""Log files of the servers: kept to a size, and read for the reason of a failed start."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_LIMIT = 5_000_000
_TAIL = 64_000
DISK_FULL = "No space left on device"
_FULL = (DISK_FULL, "Check free disk space")
_LEVELS = ("FATAL:", "PANIC:", "ERROR:")
_GRAVE = (*_LEVELS, "# Fatal", "Bad file format")


def limit(log: Path, *, size: int = _LIMIT) -> None:
    """Once ``log`` has ``size`` bytes, keep it as ``.1`` and empty it.

    The servers append, so they write on at the new end. A line written between the copy and the
    emptying is lost: accepted for logs.
    """
    try:
        if log.stat().st_size < size:
            return
    except FileNotFoundError:
        return
    shutil.copyfile(log, log.with_name(log.name + ".1"))
    os.truncate(log, 0)


def open_append(log: Path) -> int:
    """A descriptor for a server to append to; the caller closes it."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(log, flags, 0o600)


def size(log: Path) -> int:
    """Its size in bytes, 0 if there is none."""
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def reason(log: Path, *, since: int) -> str:
    """Why a server gave up: the last grave line after byte ``since``, else the last line."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, size(log) - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return "it wrote no log"
    return pick_reason(lines)


def pick_reason(lines: list[str]) -> str:
    """The first grave line of ``lines`` (the rest is its consequence), without its timestamp.

    A full disk is always called by its name; PostgreSQL sometimes only hints at it.
    """
    lines = [line.strip() for line in lines if line.strip()] or ["it gave no reason"]
    grave = [line for line in lines if any(mark in line for mark in _GRAVE)]
    line = grave[0] if grave else lines[-1]
    for mark in _LEVELS:
        line = line.rpartition(mark)[2].strip()
    full = any(sign in each for sign in _FULL for each in lines)
    return f"{line} ({DISK_FULL})" if full and DISK_FULL not in line else line


def append(log: Path, text: str) -> None:
    """Add what a helper program said."""
    with open(open_append(log), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
