"""Commands run in forks of a prepared process; see ``command_server.py`` for why and how."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_SERVER = Path(__file__).with_name("command_server.py")


class CommandServer:
    """One prepared process. It runs one command at a time."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wa-commands-")
        self._process = subprocess.Popen(
            [sys.executable, _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that a command that hangs can be killed with it
        )

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float
    ) -> tuple[int, str, str]:
        """Exit code, output, errors. Raises subprocess.TimeoutExpired, and is of no use then."""
        out, err = (Path(self._folder.name) / name for name in ("out", "err"))
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            self.close()
            raise subprocess.TimeoutExpired(list(arguments), seconds)
        code = json.loads(self._process.stdout.readline())
        return code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")

    def lives(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and what it runs."""
        if self.lives():  # the number of one that has ended may be somebody else's by now
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._folder.cleanup()


class CommandServers:
    """As many as commands are run at once; each is used again."""

    def __init__(self) -> None:
        self._free: list[CommandServer] = []
        self._lock = threading.Lock()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float
    ) -> tuple[int, str, str]:
        """The same, from any thread."""
        with self._lock:
            server = self._free.pop() if self._free else None
        if server is not None and not server.lives():
            server.close()
            server = None
        server = server or CommandServer()
        answer = server.run(arguments, environment, folder, seconds)
        with self._lock:
            self._free.append(server)
        return answer

    def close(self) -> None:
        """End all."""
        with self._lock:
            while self._free:
                self._free.pop().close()


COMMANDS = CommandServers()
