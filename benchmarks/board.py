"""The terminal: its first paint, and a board of 10,000 leads over a real database."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from waagent.bootstrap import HostServices, open_host_services, open_services
from waagent.domain.messages import InboundMessage, MessageKind
from waagent.embedded import remove
from waagent.services.inbound import Arrival
from waagent.settings import load_settings

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import WaagentApp
    from waagent.bootstrap import Services
    from waagent.domain.views import Tenant

LEADS = 10_000
OPENINGS = 5
PRESSES = 60
CHANGES = 20
_SIZE = (120, 40)
_DEADLINE_S = 30.0
Figure = tuple[str, float, str]


def run() -> list[Figure]:
    """First paint of an empty shop, then everything with ten thousand leads."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when textual is imported
    with _shop() as (services, host, tenant, session_id):
        figures = [("after imports until the first paint (at most 700)", _first_paint(), "ms")]
        _fill(host, tenant.id, session_id)
        figures += asyncio.run(_big_board(services, host, tenant, session_id))
    return figures


@contextmanager
def _shop() -> Iterator[tuple[Services, HostServices, Tenant, str]]:
    home = Path(tempfile.mkdtemp(prefix="waagent-bench-"))
    settings = load_settings(home=home)
    try:
        with open_services(settings) as services, open_host_services(settings) as host:
            tenant = services.tenants.create("Bench")
            with host.core.tenant(tenant.id) as scope:
                session_id = str(scope.tx.value("sessions.ensure", name="main"))
            yield services, host, tenant, session_id
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


_PAINT = """
import asyncio, sys, time
sys.path.insert(0, "scripts")
import tui.app
from board_fixture import TENANT, FakeServices
from tui.memory import collect_rarely
services = FakeServices()
collect_rarely()
began = time.perf_counter()
app = tui.app.WaagentApp(services, TENANT)

async def main():
    async with app.run_test(size=(120, 40)) as pilot:
        while not any(len(cards) for cards in app.screen.board.columns.values()):
            await pilot.pause(0.001)
        await pilot.pause()
        print((time.perf_counter() - began) * 1000)

asyncio.run(main())
"""


def _first_paint() -> float:
    """Milliseconds from the application being made until its cards are drawn; the median."""
    times = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", _PAINT], capture_output=True, text=True, check=True
        )
        times.append(float(done.stdout))
    return statistics.median(times)


def _fill(host: HostServices, tenant_id: str, session_id: str) -> None:
    for at in range(0, LEADS, 200):
        arrivals = [Arrival(session_id, _message(number)) for number in range(at, at + 200)]
        host.inbound.store(tenant_id, arrivals)


def _message(number: int, text: str = "kak, nasi box berapa ya?") -> InboundMessage:
    return InboundMessage(
        wa_message_id=uuid4().hex,
        chat_jid=f"9{number:05d}@lid",
        lid=f"9{number:05d}",
        phone=f"62812000{number:05d}",
        from_me=False,
        push_name=f"Pelanggan {number}",
        kind=MessageKind.TEXT,
        text=text,
        sent_at=datetime.now(UTC) - timedelta(seconds=LEADS - number),
    )


async def _big_board(
    services: Services, host: HostServices, tenant: Tenant, session_id: str
) -> list[Figure]:
    from tui.memory import collect_rarely

    collect_rarely()
    opened = []
    for _ in range(OPENINGS):
        async with _opened(services, tenant) as (_, _, seconds):
            opened.append(seconds)
    async with _opened(services, tenant) as (app, pilot, _):
        stalls = _Stalls()
        presses = [await _press(pilot, key) for key in ("j", "ctrl+d", "k", "G", "g") * 12]
        stalls.worst = 0.0  # what was typed so far has its own figure
        watching = asyncio.create_task(stalls.watch())
        seen = [await _change(app, host, tenant.id, session_id, n) for n in range(CHANGES)]
        assert app.hub is not None
        poll = time.perf_counter()
        await app.hub.reload()
        poll = time.perf_counter() - poll
        watching.cancel()
    return [
        (
            f"{LEADS} leads: opened and drawn, median (at most 1000)",
            statistics.median(opened) * 1000,
            "ms",
        ),
        (f"{LEADS} leads: opened and drawn, worst", max(opened) * 1000, "ms"),
        ("key press to paint, median", statistics.median(presses) * 1000, "ms"),
        ("key press to paint, worst", max(presses) * 1000, "ms"),
        ("change stored to the screen, median (at most 250)", statistics.median(seen) * 1000, "ms"),
        ("change stored to the screen, worst", max(seen) * 1000, "ms"),
        ("a poll in which nothing changed", poll * 1000, "ms"),
        ("longest time the event loop did not answer", stalls.worst * 1000, "ms"),
    ]


@asynccontextmanager
async def _opened(
    services: Services, tenant: Tenant
) -> AsyncIterator[tuple[WaagentApp, Pilot[None], float]]:
    """The board with every lead on it, and the seconds that took."""
    from tui.app import WaagentApp

    began = time.perf_counter()
    app = WaagentApp(services, tenant)
    async with app.run_test(size=_SIZE) as pilot:
        await _until(lambda: app.hub is not None and app.hub.store.loaded)
        await pilot.pause()
        yield app, pilot, time.perf_counter() - began


async def _press(pilot: Pilot[None], key: str) -> float:
    began = time.perf_counter()
    await pilot.press(key)
    return time.perf_counter() - began


async def _change(
    app: WaagentApp, host: HostServices, tenant_id: str, session_id: str, number: int
) -> float:
    """Seconds from a message's commit until its card is on screen as unread again."""
    phone = f"+62812000{number:05d}"
    store = app.hub.store if app.hub else None
    assert store is not None
    before = next(lead for lead in store.cards() if lead.phone == phone).unread
    arrival = Arrival(session_id, _message(number, "jadi pesan ya kak"))
    await asyncio.to_thread(host.inbound.store, tenant_id, [arrival])
    began = time.perf_counter()
    await _until(lambda: any(c.phone == phone and c.unread > before for c in store.leads.values()))
    await asyncio.sleep(0)
    return time.perf_counter() - began


class _Stalls:
    """How long the event loop was busy with one thing, at most, in seconds."""

    worst = 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            self.worst = max(self.worst, time.perf_counter() - began - 0.005)


async def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("the board did not show it")
        await asyncio.sleep(0.002)
