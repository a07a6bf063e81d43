"""A terminal that is closed ends a process in order, as a SIGTERM does."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from types import FrameType


def on_hang_up(end: Callable[[int, FrameType | None], None]) -> None:
    """Have ``end`` called when the terminal is gone, unless that is to be ignored (``nohup``).

    What is said from then on goes nowhere: writing to a terminal that is gone is an error, which
    would keep the process from putting things in order.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return

    def hung_up(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the shell sends another one
        _leave_terminal()
        end(number, frame)

    signal.signal(signal.SIGHUP, hung_up)


def _leave_terminal() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        with suppress(OSError):  # closed
            if stat.S_ISCHR(os.fstat(number).st_mode):
                os.dup2(nowhere, number)
    os.close(nowhere)
