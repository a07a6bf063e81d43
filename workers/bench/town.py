"""All of waagent as ``waagent up`` runs it, with linked shops, in a benchmark's home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from waagent.bootstrap import Services, open_backend, open_services
from waagent.domain.views import MessageView, Tenant
from waagent.embedded import status
from waagent.errors import WaagentError
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient
from waagent.settings import Settings, load_settings
from waagent.storage.db import direct_connection
from workers.bench.ground import environment, superuser_url
from workers.bench.traffic import until

READY_S = 120.0
LINK_S = 60.0
FIRST_SHOP = 6281200200000
MANY = 1_000_000
"""More messages than any run has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop with a linked number."""

    tenant: Tenant
    phone: str


class Town:
    """Made by :func:`open_town`."""

    def __init__(
        self, home: Path, sandbox: SandboxProcess, services: Services, url: str, up: psutil.Process
    ) -> None:
        self.home = home
        self.people: SandboxClient = sandbox.client()
        self.services = services
        self.url = url
        """PostgreSQL as its superuser."""
        self._up = up
        self._shops = 0

    # shops

    def new_number(self) -> str:
        """A telephone number that no shop has yet."""
        self._shops += 1
        return str(FIRST_SHOP + self._shops)

    def open_shop(self, name: str) -> Shop:
        """A new shop with a linked number. Raises WaagentError when it does not get linked."""
        tenant = self.services.tenants.create(name)
        shop = Shop(tenant=tenant, phone=self.new_number())
        if not self.link(shop):
            raise WaagentError(f"the number of {name} could not be linked")
        return shop

    def link(self, shop: Shop) -> bool:
        """Scan a code for it; whether it became connected."""
        scanned = False
        for event in self.services.onboarding.connect(shop.tenant, timeout_s=LINK_S):
            if event.event == "qr" and not scanned:
                assert event.code is not None
                self.people.scan(event.code, phone=shop.phone, name=shop.tenant.name)
                scanned = True
            if event.event == "connected":
                return True
        return False

    def messages(self, shop: Shop) -> list[MessageView]:
        """All of a shop's messages, decrypted."""
        return self.services.messages.list(shop.tenant, limit=MANY)

    def connected(self, shop: Shop) -> bool:
        """Whether both sides say so, and PostgreSQL can be asked."""
        try:
            state = self.value(
                "select state from waagent.sessions where tenant_id = %s", shop.tenant.id
            )
        except WaagentError:
            return False
        return state == "connected" and self.people.counters(shop.phone).open > 0

    def logins(self, shop: Shop) -> int:
        """How often its devices logged in so far."""
        return self.people.counters(shop.phone).logins

    # processes

    def host_of(self, shop: Shop) -> psutil.Process:
        """The work-horse that keeps the shop's number connected."""
        pid = self.value(
            "select h.pid from waagent.session_leases l join waagent.hosts h on h.id = l.owner"
            " where l.tenant_id = %s",
            shop.tenant.id,
        )
        return psutil.Process(pid)

    def programs(self) -> dict[str, list[psutil.Process]]:
        """Everything that runs, by what it is: ``sessions``, ``ai``, …, ``PostgreSQL``."""
        found: dict[str, list[psutil.Process]] = {}
        for process in self._up.children(recursive=True):
            with suppress(psutil.Error):
                found.setdefault(_name(process, self._up.pid), []).append(process)
        for server in status(self.home).servers:
            if server.pid is not None:
                found[server.name] = [psutil.Process(server.pid)]
        return found | {"up": [self._up]}

    def worker(self, queue: str) -> psutil.Process:
        """The RQ worker of a queue that has but one. Raises WaagentError while there is none."""
        for process in self.programs().get(queue, []):
            return process
        raise WaagentError(f"no worker of {queue} runs")

    def server(self, name: str) -> psutil.Process:
        """The main process of ``PostgreSQL`` or ``Valkey``."""
        return self.programs()[name][0]

    # the database

    def value(self, query: str, *params: object) -> Any:
        """The first column of the first row. Raises DatabaseError."""
        with direct_connection(self.url) as connection:
            row = connection.execute(query.encode(), params).fetchone()
        assert row is not None, query
        return row[0]

    def column(self, query: str, *params: object) -> list[Any]:
        """The first column of all rows. Raises DatabaseError."""
        with direct_connection(self.url) as connection:
            return [row[0] for row in connection.execute(query.encode(), params).fetchall()]

    def run(self, query: str, *params: object) -> int:
        """Change something behind waagent's back; how many rows. Raises DatabaseError."""
        with direct_connection(self.url) as connection:
            return connection.execute(query.encode(), params).rowcount


@contextmanager
def open_town(home: Path, **settings: Any) -> Iterator[Town]:
    """Start everything; ``settings`` are put over those that suit a benchmark.

    Raises WaagentError when it does not start.
    """
    with ExitStack() as stack:
        sandbox = stack.enter_context(start(home / "sandbox"))
        suited = {"followup_after": "3s", "quiet_period": "1s", "pacing": "off"}
        opened = load_settings(
            home=home, whatsapp_endpoint=sandbox.info.endpoint, **(suited | settings)
        )
        up = stack.enter_context(_up(opened, sandbox))
        services = stack.enter_context(open_services(opened))
        backend = stack.enter_context(open_backend(opened))
        yield Town(home, sandbox, services, superuser_url(backend.database_url, home), up)


@contextmanager
def _up(settings: Settings, sandbox: SandboxProcess) -> Iterator[psutil.Process]:
    with (settings.home / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", "up", "--json"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(settings, sandbox),
        )
    said: list[dict[str, Any]] = []
    reader = threading.Thread(target=_read, args=(process, said), daemon=True)
    reader.start()
    try:
        until(lambda: bool(said) or process.poll() is not None, READY_S, "waagent up")
        if process.poll() is not None:
            raise WaagentError("waagent did not start", hint="what it said is above")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(READY_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _read(process: subprocess.Popen[str], said: list[dict[str, Any]]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        said.extend(json.loads(line) for line in lines)


def _name(process: psutil.Process, up: int) -> str:
    """What it is; a worker's work-horse has the same command line as its parent."""
    words = process.cmdline()
    name = Path(words[-1]).name if words else "ended"
    return name if process.ppid() in (up, os.getpid()) else f"{name}, forked"
