"""What a session host is called, known to the worker that forks it before it says a word itself.

So the worker can let go of what a killed host held: it knows its name, and that it is gone.
"""

from __future__ import annotations

import os
import socket
from uuid import uuid4

MACHINE = socket.gethostname()
_TOKEN = uuid4().hex[:6]
"""Made by the worker, inherited by what it forks: containers may share a host name and pids."""


def host_name(pid: int | None = None) -> str:
    """The name of the host with that pid, a child of this process; or of this process."""
    return f"{MACHINE}-{os.getpid() if pid is None else pid}-{_TOKEN}"
