"""A sandbox, shops whose numbers are linked to it, and session hosts, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from shop_support import Shop, eventually

from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionDetails, SessionView
from waagent.sandbox import SandboxProcess
from waagent.sandbox.client import SandboxClient
from waagent.settings import Settings
from waagent.whatsapp.endpoint import load_endpoint

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOON = 45.0


def soon(holds: Callable[[], object]) -> None:
    """Poll until ``holds`` is true, on a busy machine too."""
    eventually(holds, SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A linked session of a shop."""

    shop: Shop
    phone: str
    name: str

    @property
    def id(self) -> str:
        """The session's id."""
        return self.view().id

    def view(self) -> SessionView:
        """As it is shown."""
        return self.shop.front.sessions.get(self.shop.tenant, self.name)

    def details(self) -> SessionDetails:
        """All of it."""
        return self.shop.front.sessions.show(self.shop.tenant, self.name, events=100)

    def is_in(self, state: SessionState, seconds: float = SOON) -> SessionView:
        """Wait for it to come to a state."""
        eventually(lambda: self.view().state is state, seconds)
        return self.view()

    def update(self, assignment: str) -> None:
        """Behind the application's back: mostly to move clocks."""
        assert self.shop.admin.run(f"update sessions set {assignment} where id = %s", self.id)

    def events(self) -> list[tuple[str, str | None, str | None]]:
        """State, reason and action of each event, oldest first."""
        found = reversed(self.details().events)
        return [(event.state.value, event.reason, event.action) for event in found]


class HostTown:
    """``people`` moves the owners and customers."""

    def __init__(self, settings: Settings, sandbox: SandboxProcess, logs: Path) -> None:
        self.people: SandboxClient = sandbox.client()
        self._logs = logs
        endpoint = load_endpoint(sandbox.info.endpoint)
        self._environment = {
            **os.environ,
            **settings.environment(),
            **endpoint.environment(),
            "WAAGENT_WHATSAPP_ENDPOINT": str(sandbox.info.endpoint),
            "WAAGENT_PACING": "off",
            "PYTHONPATH": str(ROOT),
        }

    def link(
        self, shop: Shop, phone: str, name: str = "main", *, change_number: bool = False
    ) -> Number:
        """Link a number as ``waagent connect`` does; the hosts take it from there."""
        session_id, pairing_id = shop.session(name), str(uuid4())
        with shop.host.core.tenant(shop.id) as scope:
            scope.tx.run("sessions.begin_pairing", session_id=session_id, pairing_id=pairing_id)
        process = self._run(
            "pairing", "pair", shop.id, session_id, pairing_id, str(int(change_number))
        )
        code: list[str] = []

        def shown() -> bool:
            found = shop.front.onboarding.current_code(shop.tenant, name)
            code[:] = [found] if found else []
            return bool(found)

        soon(shown)
        self.people.scan(code[0], phone=phone, name=name)
        assert process.wait(SOON) == 0
        return Number(shop=shop, phone=phone, name=name)

    @contextmanager
    def host(self, name: str, **limits: Any) -> Iterator[subprocess.Popen[bytes]]:
        """A session host; killed at the end if it still runs."""
        process = self._run(name, "host", name, json.dumps(limits))
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        """What a host said."""
        return (self._logs / f"{name}.log").read_text()

    def _run(self, log: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._logs / f"{log}.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, str(HERE / "host_process.py"), *arguments],
                env=self._environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
