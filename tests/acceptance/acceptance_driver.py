"""Drives the installed ``waagent`` command from outside: runs it, follows it, looks for leftovers.

Nothing of waagent is imported but the sandbox's control client, which plays the people, and the
embedded servers' ``status`` and ``remove``, which clear away after a test.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import psutil
from prepared_commands import COMMANDS

from waagent.embedded import remove, status
from waagent.sandbox.client import SandboxClient

COMMAND = Path(sys.executable).with_name("waagent")
RUN_SECONDS = 90.0
SOON = 45.0
_FOREIGN = ("WAAGENT_", "OPENAI_", "HTTPS_PROXY", "SSL_CERT_FILE", "COVERAGE_", "PYTEST_")
T = TypeVar("T")


def eventually(
    what: str,
    probe: Callable[[], T | None],
    seconds: float = SOON,
    *,
    tell: Callable[[], str] | None = None,
) -> T:
    """The first truthy answer of ``probe``; fails with ``what`` and the last one otherwise.

    ``tell`` says more of a failure than the answer does. A probe that takes long, such as a run
    of the command, is asked less often.
    """
    deadline = time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        answer = probe()
        if answer:
            return answer
        ended = time.monotonic()
        if ended >= deadline:
            more = tell() if tell is not None else f"last: {answer!r}"
            raise AssertionError(f"not within {seconds:g} s: {what}; {more}")
        time.sleep(max(0.05, min(1.0, 3 * (ended - begun))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a run of the command ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, which must be JSON; it must have succeeded."""
        assert self.code == 0, self
        return json.loads(self.out)

    def refused(self, code: int) -> str:
        """See that it failed as a command should; what it said after ``error:``."""
        assert self.code == code, self
        assert "Traceback" not in self.err + self.out, self
        errors = [row for row in self.err.splitlines() if row.startswith("error: ")]
        hints = [row for row in self.err.splitlines() if row.startswith("hint: ")]
        assert len(errors) == 1, self
        assert len(hints) == 1 or code == 130, self
        for row in self.out.splitlines() if self.out.strip() else []:
            json.loads(row)
        return errors[0].removeprefix("error: ")


class Running:
    """A command that goes on: its lines of JSON as they come, and its end."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
        self.arguments = tuple(arguments)
        self.process = subprocess.Popen(
            [COMMAND, *arguments],
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._out: list[str] = []
        self._err: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_err, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def next(self, seconds: float = SOON) -> dict[str, Any]:
        """The next line. Fails when none comes in time, or the command ends."""
        try:
            line = self._lines.get(timeout=seconds)
        except Empty:
            raise AssertionError(f"{self.arguments} said nothing for {seconds:g} s") from None
        assert line is not None, f"{self.arguments} ended: {self._out} {self._err}"
        found: dict[str, Any] = json.loads(line)
        return found

    def interrupt(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def end(self, seconds: float = SOON) -> Result:
        """Wait until it ends by itself."""
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(SOON)
        return Result(
            arguments=self.arguments, code=code, out="".join(self._out), err="".join(self._err)
        )

    def close(self) -> None:
        """Kill it if it still runs."""
        self.process.kill()
        self.end()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as source:
            for line in source:
                self._out.append(line)
                self._lines.put(line)
        self._lines.put(None)

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as source:
            self._err.extend(source)


@dataclass(slots=True)
class Waagent:
    """The command, run again and again for one home, in an environment without other settings."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    elsewhere: Path | None = None
    """The state folder of a sandbox that runs by itself; None for the one of ``up --sandbox``."""

    @property
    def home(self) -> Path:
        """WAAGENT_HOME."""
        return self.folder / "home"

    @property
    def people(self) -> SandboxClient:
        """Customers and owners."""
        return SandboxClient(self.elsewhere or self.home / "sandbox")

    @property
    def _descriptor(self) -> str:
        return str((self.elsewhere or self.home / "sandbox") / "endpoint.json")

    def environment(self, **more: str) -> dict[str, str]:
        """What the command is run with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        own = {
            "WAAGENT_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            **({"WAAGENT_WHATSAPP_ENDPOINT": self._descriptor} if self.elsewhere else {}),
            "TERM": "xterm-256color",
        }
        return {**kept, **own, **self.settings, **more}

    def run(self, *arguments: str, seconds: float = RUN_SECONDS, **more: str) -> Result:
        """Run it to its end; ``more`` are environment variables."""
        code, out, err = COMMANDS.run(arguments, self.environment(**more), self.folder, seconds)
        return Result(arguments=arguments, code=code, out=out, err=err)

    def json(self, *arguments: str) -> Any:
        """Run it with ``--json``; what it printed. It must succeed."""
        return self.run(*arguments, "--json").json()

    def json_lines(self, *arguments: str) -> list[dict[str, Any]]:
        """The same of a command that prints one object a line."""
        done = self.run(*arguments, "--json")
        assert done.code == 0, done
        return [json.loads(line) for line in done.out.splitlines()]

    @contextmanager
    def started(self, *arguments: str, **more: str) -> Iterator[Running]:
        """Run it beside the test."""
        running = Running(arguments, self.environment(**more), self.folder)
        try:
            yield running
        finally:
            running.close()

    def up(self, *, pacing: str = "off") -> dict[str, Any]:
        """Start everything and wait until it is ready. A human pace would take the tests' time."""
        flags = [] if self.elsewhere else ["--sandbox"]
        done = self.run("up", *flags, "--detach", "--json", seconds=120, WAAGENT_PACING=pacing)
        state: dict[str, Any] = done.json()
        return state

    def down(self) -> Result:
        """Stop everything."""
        return self.run("down", "--json", seconds=90)

    def link(self, shop: str, phone: str) -> Linked:
        """Make a shop and link a number to it; what the command said on the way."""
        made = self.json("tenant", "create", shop)
        with self.started("connect", made["slug"], "--json", "--timeout", "60") as connecting:
            code = connecting.next()
            self.people.scan(code["code"], phone=phone, name=shop)
            events = [code, connecting.next(), connecting.next()]
            result = connecting.end()
        assert result.code == 0, result
        return Linked(tenant=made, phone=phone, events=events)

    def session(self, shop: str) -> dict[str, Any]:
        """The only session of a shop."""
        (found,) = self.json("session", "list", "-t", shop)
        return dict(found)

    def leads(self, shop: str) -> dict[str, dict[str, Any]]:
        """The leads of a shop by phone number."""
        return {lead["phone"]: lead for lead in self.json("lead", "list", "-t", shop)}

    def messages(self, shop: str) -> list[dict[str, Any]]:
        """The messages of a shop, oldest first."""
        found: list[dict[str, Any]] = self.json("message", "list", "-t", shop, "--limit", "5000")
        return found

    def logs(self, rows: int = 15) -> str:
        """The end of each log."""
        parts = []
        for path in sorted((self.home / "logs").glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-rows:]
            parts.append(f"--- {path.name}\n" + "\n".join(tail))
        return "\n".join(parts)

    def processes(self) -> list[psutil.Process]:
        """Every living process of this home, the servers' main processes included."""
        found = [process for process in psutil.process_iter() if self._is_ours(process)]
        servers = [server.pid for server in status(self.home).servers if server.pid]
        return found + [psutil.Process(pid) for pid in servers if pid not in {p.pid for p in found}]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return False
            words = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            return False
        return any(word.startswith(str(self.home)) for word in words)

    def clear_away(self) -> None:
        """Stop and delete everything, whatever state it is in."""
        with suppress(subprocess.TimeoutExpired):
            self.down()
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        if self.home.exists():
            remove(self.home)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A shop whose number is linked; ``events`` are the lines of ``waagent connect``."""

    tenant: dict[str, Any]
    phone: str
    events: list[dict[str, Any]]

    @property
    def slug(self) -> str:
        """What commands call the shop."""
        return str(self.tenant["slug"])


def new_folder() -> Path:
    """A short path: sockets are made below it."""
    return Path(tempfile.mkdtemp(prefix="wa-"))
