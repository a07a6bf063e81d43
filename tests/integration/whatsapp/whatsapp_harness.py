"""The parent's side of ``whatsapp_remote.py``: starts hosting processes, hears what they tell."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.endpoint import load_endpoint

REMOTE = Path(__file__).with_name("whatsapp_remote.py")
PATIENCE = 30.0

Fields = dict[str, Any]


class Remote:
    """One hosting process, exec'ed with the endpoint's environment."""

    def __init__(self, database_url: str, endpoint_file: Path, log_file: Path, **dsn: Any) -> None:
        endpoint = load_endpoint(endpoint_file)
        name = dsn.pop("application_name", "waagent-test")
        address = store_dsn(dsn.pop("store_url", database_url), application_name=name, **dsn)
        self._process = subprocess.Popen(
            [sys.executable, str(REMOTE), address, database_url, str(endpoint_file), str(log_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **endpoint.environment()},
            text=True,
        )
        self.log_file = log_file
        self._events: list[Fields] = []
        self._answers: dict[int, queue.Queue[Fields]] = {}
        self._number = 0
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.expect(event="ready")

    def __enter__(self) -> Remote:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.exit()

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit(self) -> int:
        """Let the process end, and wait until it has."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stdout.close()
        return code

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, op: str, *, patience: float = PATIENCE * 2, **fields: Any
    ) -> Callable[[], Fields]:
        """Send a command; what is returned waits for the answer."""
        with self._news:
            self._number += 1
            number = self._number
            box = self._answers[number] = queue.Queue()
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"id": number, "op": op, **fields}) + "\n")
            self._process.stdin.flush()
        return lambda: box.get(timeout=patience)

    def do(self, op: str, **fields: Any) -> Any:
        """Send a command, wait, and return its result; a refusal fails the test."""
        answer = self.ask(op, **fields)()
        assert "error" not in answer, answer
        return answer["result"]

    def refused(self, op: str, **fields: Any) -> Fields:
        """Send a command that must be refused; the refusal."""
        answer = self.ask(op, **fields)()
        assert "error" in answer, answer
        return answer

    def all(self, **wanted: Any) -> list[Fields]:
        """The events so far that have these fields."""
        with self._news:
            return [event for event in self._events if wanted.items() <= event.items()]

    def expect(self, *, count: int = 1, patience: float = PATIENCE, **wanted: Any) -> Fields:
        """Wait for the ``count``-th event with these fields, and return it."""
        deadline = time.monotonic() + patience
        with self._news:
            while True:
                found = [event for event in self._events if wanted.items() <= event.items()]
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                assert left > 0, f"{len(found)} of {count} with {wanted} among {self._events[-20:]}"
                assert self.alive(), f"the process is gone: {self.log_file.read_text()[-3000:]}"
                self._news.wait(min(left, 1.0))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fields = json.loads(line)
            with self._news:
                if "event" in fields:
                    self._events.append(fields)
                else:
                    self._answers.pop(fields.pop("id")).put(fields)
                self._news.notify_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A number that was linked: its digits, and the JID of the linked device."""

    phone: str
    jid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningShop:
    """A linked number under a key of its own in a hosting process."""

    remote: Remote
    key: str
    linked: Linked

    @property
    def phone(self) -> str:
        return self.linked.phone

    def start(self) -> None:
        """Start it and wait until it is connected."""
        before = len(self.all(event="session", kind="connected"))
        self.remote.do("start", key=self.key, jid=self.linked.jid)
        self.expect(event="session", kind="connected", count=before + 1)

    def stop(self) -> bool:
        return bool(self.remote.do("stop", key=self.key))

    def expect(self, **wanted: Any) -> Fields:
        return self.remote.expect(key=self.key, **wanted)

    def all(self, **wanted: Any) -> list[Fields]:
        return self.remote.all(key=self.key, **wanted)

    def send(self, to: str, text: str) -> Fields:
        """Send; the acknowledgement."""
        return dict(self.remote.do("send", key=self.key, to=to, text=text))

    def transmit(self, to: str, of: str, **fields: Any) -> Fields:
        """Send anything else; the acknowledgement."""
        return dict(self.remote.do("transmit", key=self.key, to=to, of=of, **fields))

    def send_refused(self, to: str, text: str = "Halo") -> Fields:
        """Send what must not go; why it did not."""
        return self.remote.refused("send", key=self.key, to=to, text=text)
