"""From a message handed over by the library to its committed row, on the embedded backend."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from waagent.bootstrap import HostServices, open_host_services, open_services
from waagent.domain.messages import InboundMessage, MessageKind
from waagent.embedded import remove
from waagent.services.inbound import Arrival
from waagent.settings import load_settings
from workers.ingest import Ingest

MESSAGES = 2000
RATE = 50
SECONDS = 6
CUSTOMERS = 40


def run() -> list[tuple[str, float, str]]:
    """Throughput of batches beside single messages, and the latency at 50 messages a second."""
    with _shop() as (host, tenant_id, session_id):
        single = _throughput(host, tenant_id, session_id, MESSAGES // 10, size=1)
        batched = _throughput(host, tenant_id, session_id, MESSAGES, size=100)
        latencies = _latencies(host, tenant_id, session_id)
    return [
        ("one message a transaction", single, "messages/s"),
        ("batches of 100", batched, "messages/s"),
        ("ratio", batched / single, "x"),
        (f"handed over → committed at {RATE}/s, p50", _at(latencies, 0.50) * 1000, "ms"),
        (f"handed over → committed at {RATE}/s, p99", _at(latencies, 0.99) * 1000, "ms"),
    ]


@contextmanager
def _shop() -> Iterator[tuple[HostServices, str, str]]:
    home = Path(tempfile.mkdtemp(prefix="waagent-bench-"))
    settings = load_settings(home=home)
    try:
        with open_services(settings) as services, open_host_services(settings) as host:
            tenant = services.tenants.create("Bench")
            with host.core.tenant(tenant.id) as scope:
                session_id = str(scope.tx.value("sessions.ensure", name="main"))
            yield host, tenant.id, session_id
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def _throughput(
    host: HostServices, tenant_id: str, session_id: str, count: int, *, size: int
) -> float:
    arrivals = [Arrival(session_id, _message(number)) for number in range(count)]
    began = time.perf_counter()
    for at in range(0, count, size):
        host.inbound.store(tenant_id, arrivals[at : at + size])
    return count / (time.perf_counter() - began)


def _latencies(host: HostServices, tenant_id: str, session_id: str) -> list[float]:
    """Seconds from handing a message over until the transaction that stored it had ended."""
    ingest = Ingest(_Timed(host))  # type: ignore[arg-type]
    handed: dict[str, float] = {}
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        message = _message(number)
        handed[message.wa_message_id] = time.perf_counter()
        ingest.put(tenant_id, session_id, message)
    ingest.close(30)
    return sorted(_Timed.committed[key] - at for key, at in handed.items())


class _Timed:
    """The inbound service, noting when each of its transactions had ended."""

    committed: dict[str, float] = {}  # noqa: RUF012

    def __init__(self, host: HostServices) -> None:
        self._inbound = host.inbound

    def store(self, tenant_id: str, arrivals: list[Arrival]) -> int:
        stored = self._inbound.store(tenant_id, arrivals)
        now = time.perf_counter()
        self.committed.update({arrival.message.wa_message_id: now for arrival in arrivals})
        return stored


def _message(number: int) -> InboundMessage:
    who = number % CUSTOMERS
    return InboundMessage(
        wa_message_id=uuid4().hex,
        chat_jid=f"9{who:05d}@lid",
        lid=f"9{who:05d}",
        phone=f"62812000{who:05d}",
        from_me=False,
        push_name=f"Pelanggan {who}",
        kind=MessageKind.TEXT,
        text="kak, nasi box ayam bakar 40 porsi berapa ya? buat hari Sabtu",
        sent_at=datetime.now(UTC),
    )


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
