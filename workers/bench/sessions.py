"""``waagent bench sessions``: what so many linked numbers cost here, beside bare neonize.

Everything is real but WhatsApp: an embedded backend and a sandbox of their own in a temporary home,
session hosts as waagent runs them, and bare neonize with the same numbers in the same run. Figures
are of the processes that hold the sessions; the sandbox and PostgreSQL share the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from waagent.bootstrap import (
    HostServices,
    Services,
    migrate_database,
    open_backend,
    open_host_services,
    open_services,
)
from waagent.errors import WaagentError
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient
from waagent.settings import Settings, load_settings
from waagent.whatsapp.dsn import store_dsn
from workers.bench.figures import Fleet, cost_of, passage_of
from workers.bench.ground import environment, temporary_home
from workers.bench.traffic import until, write
from workers.bench.watch import Watch

FIRST_SHOP = 6281200100000
FIRST_CUSTOMER = 6281300100000
CUSTOMERS = 10
WARM_S = 3.0
"""Sessions settle (keys, offline queue) before they are measured."""
REST_S = 32.0
"""The library's idle connections are closed by PostgreSQL after 30 s (``store_dsn``)."""
PATIENCE_S = 60.0
"""And half a second for each session."""


class SessionBench:
    """One run. ``progress`` hears what is being done; waagent's sockets are dropped ``drops``
    times."""

    def __init__(
        self,
        count: int,
        per_host: int,
        messages: int,
        rate: float,
        progress: Callable[[str], None],
        *,
        drops: int = 1,
    ) -> None:
        self.drops = drops
        self.count = count
        self.per_host = per_host
        self.messages = messages
        self.rate = rate
        self._progress = progress
        self._patience = PATIENCE_S + count / 2
        self.shops = [str(FIRST_SHOP + number) for number in range(count)]
        self.customers = [str(FIRST_CUSTOMER + number) for number in range(CUSTOMERS)]

    def run(self) -> list[Fleet]:
        """Bare neonize first, then waagent. Raises WaagentError if either does not get there."""
        with temporary_home() as home, ExitStack() as stack:
            sandbox = stack.enter_context(start(home / "sandbox"))
            settings = self._settings(home)
            backend = stack.enter_context(open_backend(settings))
            migrate_database(settings, backend)
            services = stack.enter_context(open_services(settings))
            host = stack.enter_context(open_host_services(settings))
            for number, phone in enumerate(self.customers):
                sandbox.client().customer(phone, f"Pelanggan {number}")
            watch = stack.enter_context(Watch(backend.database_url, home))
            dsn = store_dsn(backend.database_url, application_name="waagent-bench")
            hasty = store_dsn(backend.database_url, application_name="waagent-bench", hasty=True)
            jids = self._pair(sandbox, settings, hasty)
            raw = self._raw(sandbox, settings, dsn, jids, watch)
            own = self._own(sandbox, settings, services, host, jids, watch)
            return [raw, own]

    def _settings(self, home: Path) -> Settings:
        return load_settings(
            home=home,
            sandbox=True,
            pacing="off",
            ai_engine="off",
            sessions_per_host=self.per_host,
            log_level="warning",
        )

    # the numbers

    def _pair(self, sandbox: SandboxProcess, settings: Settings, dsn: str) -> list[str]:
        self._progress(f"linking {self.count} numbers")
        control = sandbox.client()
        found = []
        with _raw_process(sandbox, settings, dsn) as raw:
            for number, phone in enumerate(self.shops):
                raw.order(op="pair", number=number)
                control.scan(raw.await_("qr")["code"], phone=phone)
                found.append(raw.await_("paired")["jid"])
        return found

    def _raw(
        self,
        sandbox: SandboxProcess,
        settings: Settings,
        dsn: str,
        jids: list[str],
        watch: Watch,
    ) -> Fleet:
        self._progress("bare neonize")
        control = sandbox.client()
        with _raw_process(sandbox, settings, dsn) as raw:
            begun = time.monotonic()
            raw.order(op="resume", jids=jids)
            for _ in jids:
                raw.await_("connected")
            connect = time.monotonic() - begun
            connections = watch.connections("waagent-bench")
            reconnect = self._reconnect(control, "bare neonize")
            write(control, self.customers, self.shops, self.count, self.rate)  # keys are made
            traffic = write(control, self.customers, self.shops, self.messages, self.rate)
            seen: dict[str, float] = {}
            while seen.keys() < traffic.written.keys() and (event := raw.next(20.0)):
                if event["event"] == "message" and event["id"] in traffic.written:
                    seen[event["id"]] = event["at"]
            time.sleep(REST_S)
            cost = cost_of([raw.pid], [], connections, watch.connections("waagent-bench"))
        passage = passage_of(traffic.written, seen, traffic.seconds)
        return Fleet(
            "neonize", self.count, connect, reconnect, cost, passage, reconnect_most_s=reconnect
        )

    def _own(
        self,
        sandbox: SandboxProcess,
        settings: Settings,
        services: Services,
        host: HostServices,
        jids: list[str],
        watch: Watch,
    ) -> Fleet:
        self._progress("waagent")
        control = sandbox.client()
        self._adopt(services, host, jids)
        hosts = -(-self.count // self.per_host)
        with _workers(settings, sandbox, hosts):
            begun = time.monotonic()
            jobs = JobQueue(host.redis)
            for _ in range(hosts):
                jobs.enqueue(names.SESSIONS, names.HOST_SESSIONS, timeout_s=-1)
            hosted = _Hosts(watch, jobs)
            until(
                lambda: hosted.look() and watch.connected() == self.count,
                self._patience,
                "connecting",
            )
            connect = time.monotonic() - begun
            connections = watch.connections("waagent-host-%")
            away = sorted(
                self._reconnect(control, "waagent", hosted.look) for _ in range(self.drops)
            )
            write(control, self.customers, self.shops, self.count, self.rate)
            watch.follow()
            traffic = write(control, self.customers, self.shops, self.messages, self.rate)
            until(lambda: watch.seen() >= traffic.written.keys(), 60, "storing what was written")
            time.sleep(REST_S)
            resting = watch.connections("waagent-host-%")
            cost = cost_of(*watch.host_pids(), connections, resting)
        passage = passage_of(traffic.written, watch.times(), traffic.seconds)
        median = away[len(away) // 2]
        return Fleet(
            "waagent",
            self.count,
            connect,
            median,
            cost,
            passage,
            drops=self.drops,
            reconnect_most_s=away[-1],
            deaths=hosted.deaths,
        )

    def _reconnect(
        self, control: SandboxClient, whom: str, look: Callable[[], object] = lambda: None
    ) -> float:
        """Cut every socket; the seconds until all are back. ``look`` is called meanwhile."""
        time.sleep(WARM_S)
        before = control.stat().logins

        def back() -> bool:
            look()
            now = control.stat()
            return now.logins - before >= self.count and now.online == self.count

        control.drop()
        return until(back, self._patience, f"reconnecting {whom}")

    def _adopt(self, services: Services, host: HostServices, jids: list[str]) -> None:
        """Make the linked numbers sessions of shops, as the pairing worker does."""
        for number, jid in enumerate(jids):
            tenant = services.tenants.create(f"Toko {number}")
            pairing_id = str(uuid4())
            host.pairing.check_whatsapp(tenant.id)
            with host.core.tenant(tenant.id) as scope:
                session_id = str(scope.tx.value("sessions.ensure", name="main"))
                scope.tx.run("sessions.begin_pairing", session_id=session_id, pairing_id=pairing_id)
            host.pairing.paired(tenant.id, session_id, pairing_id, jid, None)
            host.leases.release(f"pairing-{pairing_id}", [session_id])


class _Hosts:
    """Notices work-horses that end by themselves, and asks for another in their place."""

    def __init__(self, watch: Watch, jobs: JobQueue) -> None:
        self._watch = watch
        self._jobs = jobs
        self._known: set[int] = set()
        self.deaths = 0

    def look(self) -> bool:
        """Always true."""
        living = set(self._watch.host_pids()[0])
        for _ in self._known - living:
            self.deaths += 1
            self._jobs.enqueue(names.SESSIONS, names.HOST_SESSIONS, timeout_s=-1)
        self._known = living
        return True


class _Raw:
    """The process with bare neonize, behind its pipe."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self._events: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def order(self, **order: object) -> None:
        """Have it do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def next(self, seconds: float) -> dict[str, Any] | None:
        """The next thing it tells, or None."""
        try:
            return self._events.get(timeout=seconds)
        except Empty:
            return None

    def await_(self, event: str) -> dict[str, Any]:
        """Wait for such an event; others are dropped. Raises WaagentError when it does not come."""
        while (found := self.next(PATIENCE_S)) is not None and found["event"] != "failed":
            if found["event"] == event:
                return found
        raise WaagentError(f"bare neonize did not get to {event!r}", hint="is the machine busy?")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(json.loads(line))


@contextmanager
def _raw_process(sandbox: SandboxProcess, settings: Settings, dsn: str) -> Iterator[_Raw]:
    surroundings = {**environment(settings, sandbox), "WAAGENT_BENCH_DSN": dsn}
    with (settings.home / "neonize.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.bench.raw"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=surroundings,
        )
    raw = _Raw(process)
    try:
        raw.await_("ready")
        yield raw
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _workers(settings: Settings, sandbox: SandboxProcess, count: int) -> Iterator[None]:
    """``count`` workers of the queue ``sessions``, as ``waagent worker sessions`` runs them."""
    with (settings.home / "hosts.log").open("ab") as log:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "workers", "run", names.SESSIONS],
                stdout=log,
                stderr=log,
                env=environment(settings, sandbox),
            )
            for _ in range(count)
        ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)
