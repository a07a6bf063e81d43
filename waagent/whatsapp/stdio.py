"""Keeps what the library prints off the terminal: Go writes to descriptors 1 and 2 themselves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from waagent.folders import private_folder

_FILE_MODE = 0o600


def redirect_stdio(log_path: Path) -> None:
    """Let descriptors 1 and 2 of this process append to ``log_path`` from now on.

    The file is created readable by its owner only: the library's lines can hold phone numbers.
    """
    private_folder(log_path.parent)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    log = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
    finally:
        if log > 2:
            os.close(log)
