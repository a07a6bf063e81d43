"""How long the gate holds: twenty real sessions restarted at random for a minute, beside calls.

Fails if the library aborts the process; without the gate it does so within seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from waagent.embedded import attach, remove
from waagent.sandbox import start
from waagent.sandbox.client import SandboxClient
from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.store import create_store

HARNESS = Path(__file__).parents[1] / "tests" / "integration" / "whatsapp"
SESSIONS = 20
SECONDS = 60.0
REST = 6.0
"""Between two restarts of a session. Each leaves two connections behind that PostgreSQL ends after
30 s (``idle_session_timeout``), so a host that did nothing else would use all there are."""
CUSTOMER = "6281310000001"
FIRST_SHOP = 6281210000001


def run() -> list[tuple[str, float, str]]:
    """Links the numbers, starts them in one process, and stresses that."""
    if str(HARNESS) not in sys.path:
        sys.path.insert(0, str(HARNESS))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        try:
            with attach(home) as backend, start(Path(folder) / "sandbox") as sandbox:
                _create_store(backend.database_url)
                return _measure(Path(folder), backend.database_url, sandbox.client())
        finally:
            remove(home)


def _create_store(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create schema if not exists whatsmeow")
    create_store(store_dsn(database_url, application_name="waagent-bench"))


def _measure(folder: Path, database_url: str, world: SandboxClient) -> list[tuple[str, float, str]]:
    from whatsapp_harness import Remote

    def launch() -> Any:
        return Remote(database_url, folder / "sandbox" / "endpoint.json", folder / "host.log")

    world.customer(CUSTOMER, "Bu Sari")
    jids: dict[str, str] = {}
    for phone in (str(FIRST_SHOP + number) for number in range(SESSIONS)):
        with launch() as pairing:
            jids[phone] = _link(pairing, world, phone)
    with launch() as host:
        return _stress(host, jids)


def _link(remote: Any, world: SandboxClient, phone: str) -> str:
    remote.do("pair", key=phone)
    world.scan(remote.expect(event="qr")["code"], phone=phone, name="Toko")
    jid = str(remote.expect(event="paired")["jid"])
    remote.expect(event="session", kind="connected")
    remote.do("stop", key=phone)
    return jid


def _stress(host: Any, jids: dict[str, str]) -> list[tuple[str, float, str]]:
    began = time.monotonic()
    for key, jid in jids.items():
        host.do("start", key=key, jid=jid)
    took = time.monotonic() - began
    to = f"{CUSTOMER}@s.whatsapp.net"
    done = host.do("stress", patience=SECONDS * 2, jids=jids, to=to, seconds=SECONDS, rest=REST)
    if not host.alive():
        raise RuntimeError("the library aborted its process")
    return [
        (f"{SESSIONS} sessions started in a row", took, "s"),
        (f"restarts in {SECONDS:.0f} s", done["stopped"], ""),
        ("sends meanwhile", done["sent"], ""),
        ("other library calls meanwhile", done["read"], ""),
    ]
