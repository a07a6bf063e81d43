"""Real neonize clients in processes of their own, for tests against the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from waagent.sandbox import SandboxProcess
from waagent.sandbox.client import SandboxClient

SCRIPT = Path(__file__).with_name("neonize_client.py")
FAST = "?_foreign_keys=on&_synchronous=OFF&_x="
"""Spares whatsmeow's SQLite the waiting for the disk; what it appends itself ends in ``_x``."""
SHOP = "6281200009001"
PATIENCE = 40.0
"""Seconds a busy machine may take for anything."""
SARI = "6281200000101"


class Neonize:
    """One neonize process. ``events`` holds everything it told, in order."""

    def __init__(
        self, sandbox: SandboxProcess, folder: Path, name: str, jid: str | None = None
    ) -> None:
        root = json.loads(sandbox.info.endpoint.read_text())["noise_root_public_key"]
        database = str(folder / f"{name}.db{FAST}")
        command = [sys.executable, str(SCRIPT), database, root]
        self._log = (folder / f"{name}.log").open("ab")
        self._process = subprocess.Popen(
            command + ([jid] if jid else []),
            env={**os.environ, **sandbox.environment()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.log_path = folder / f"{name}.log"

    def wait(self, event: str, timeout: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        """The first event of this kind with these fields, past or to come."""

        return self.wait_for(
            event, lambda e: all(e.get(k) == v for k, v in fields.items()), timeout, str(fields)
        )

    def wait_for(
        self,
        event: str,
        fits: Callable[[dict[str, Any]], bool],
        timeout: float = PATIENCE,
        what: str = "that fits",
    ) -> dict[str, Any]:
        """The first event of this kind that fits, past or to come."""
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                found = next((e for e in self.events if e["event"] == event and fits(e)), None)
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"no {event} {what} in {self.events}")

    def all(self, event: str) -> list[dict[str, Any]]:
        with self._news:
            return [e for e in self.events if e["event"] == event]

    def tell(self, op: str, **fields: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"op": op, **fields}).encode() + b"\n")
        self._process.stdin.flush()

    def send(self, to: str, text: str) -> str:
        """Send a message and wait for the server's word; the message's id."""
        before = len(self._outcomes())
        self.tell("send", to=to, text=text)
        with self._news:
            assert self._news.wait_for(lambda: len(self._outcomes()) > before, PATIENCE)
        return str(self._outcomes()[before]["id"])

    def ask(self, op: str, *answers: str, **fields: Any) -> dict[str, Any]:
        """Tell, and wait for the first event of these kinds from then on."""
        with self._news:
            seen = len(self.events)
            self.tell(op, **fields)

            def answer() -> dict[str, Any] | None:
                return next((e for e in self.events[seen:] if e["event"] in answers), None)

            assert self._news.wait_for(answer, PATIENCE), f"no answer to {op}"
            return answer() or {}

    def _outcomes(self) -> list[dict[str, Any]]:
        return [e for e in self.events if e["event"] in ("sent", "send_failed")]

    def close(self) -> None:
        """End the process at once, as a crash would. May be called twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass
class Place:
    """A sandbox and the neonize clients in it; ``shop`` is linked to SHOP."""

    folder: Path
    sandbox: SandboxProcess
    control: SandboxClient
    shop: Neonize
    others: list[Neonize] = field(default_factory=list)

    @property
    def jid(self) -> str:
        """The first linked device."""
        return self.control.accounts()[0].devices[0].jid

    def customer(self, phone: str = SARI, name: str = "Bu Sari") -> str:
        """A customer's LID."""
        return self.control.customer(phone, name).lid

    def launch(
        self, name: str, jid: str | None = None, at: SandboxProcess | None = None
    ) -> Neonize:
        """One more client; the name of an earlier one and its JID resume it."""
        self.others.append(Neonize(at or self.sandbox, self.folder, name, jid))
        return self.others[-1]

    def close(self) -> None:
        for client in [self.shop, *self.others]:
            client.close()


Launch = Callable[..., Neonize]


def eventually(fits: Callable[[], bool], timeout: float = PATIENCE) -> None:
    """Poll until it is so."""
    deadline = time.monotonic() + timeout
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pair(client: Neonize, control: SandboxClient, phone: str = SHOP) -> str:
    """Scan the client's code; its device JID."""
    code = client.wait("qr")["code"]
    linked = control.scan(code, phone=phone, name="Dapur Bu Ratna")
    client.wait("connected")
    return linked.jid
