"""Nothing grows: ``make soak``, an hour by default (``SOAK_MINUTES``).

Traffic flows while sockets are dropped and clients restarted; what each process holds is printed
every minute (``-s`` shows it) and must not grow by more than 5 % after the warm-up. Then what
``SOAK_PAIRINGS`` failed pairings and ``SOAK_RESTARTS`` restarts of clients leave behind.

The library keeps two open files for each client that it ever stopped. A host is replaced before
that matters (``WORN_OUT_AFTER``); so files may grow by two for each restart, and new hosts have no
more of them than the first had.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from statistics import median

import pytest

from workers.bench.census import Census, Held, take
from workers.bench.flow import Flow
from workers.bench.ground import temporary_home
from workers.bench.town import Shop, Town, open_town
from workers.bench.traffic import until

pytestmark = pytest.mark.timeout(4 * 3600)

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
PAIRINGS = int(os.environ.get("SOAK_PAIRINGS", "50"))
RESTARTS = int(os.environ.get("SOAK_RESTARTS", "500"))
SHOPS = 10
RATE = 5.0
WARM_UP = 0.3
"""This share of the time does not count."""
DROP_EVERY_S = 15.0
RESTART_EVERY_S = 60.0
SAMPLE_EVERY_S = 15.0
GROWTH = 1.05
LEFT_OPEN = 2
"""Files, by the library, for each client that was stopped."""
REST_S = 45.0
"""PostgreSQL closes the library's idle connections after 30 s."""
BACK_S = 60.0


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with temporary_home() as home, open_town(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def shops(town: Town) -> list[Shop]:
    return [town.open_shop(f"Toko Awet {number}") for number in range(SHOPS)]


def test_an_hour_of_traffic(town: Town, shops: list[Shop]) -> None:
    begun = time.monotonic()
    samples: list[tuple[float, Census]] = []
    dropped = restarted = begun
    restarts = 0
    with Flow(town, shops[0], RATE):
        while (now := time.monotonic()) < begun + 60 * MINUTES:
            if now - dropped > DROP_EVERY_S:
                dropped = now
                town.people.drop()
            if now - restarted > RESTART_EVERY_S:
                restarted = now
                restart(town, shops[1:2])
                restarts += 1
            samples.append((now - begun, take(town)))
            show(*samples[-1])
            time.sleep(SAMPLE_EVERY_S)
    counted = [census for at, census in samples if at >= WARM_UP * 60 * MINUTES]
    assert len(counted) >= 4, "too short to tell"
    assert not grown(counted, restarts)


def test_failed_pairings_leave_nothing(town: Town, shops: list[Shop]) -> None:
    tenant = town.services.tenants.create("Toko Ragu")

    def fail() -> None:
        with closing(town.services.onboarding.connect(tenant, timeout_s=60)) as steps:
            while next(steps).event != "qr":
                pass

    fail()
    before = rested(town)
    for _ in range(PAIRINGS):
        fail()
    compare(f"{PAIRINGS} failed pairings", before, rested(town))


def test_restarts_leave_nothing(town: Town, shops: list[Shop]) -> None:
    replace_hosts(town, shops)
    before = rested(town)
    for _ in range(-(-RESTARTS // len(shops))):
        restart(town, shops)
    after = rested(town)
    print(f"{RESTARTS} restarts: connections {before.connections} -> {after.connections}")
    print(f"{RESTARTS} restarts: open files {before.files()} -> {after.files()}", flush=True)
    assert after.files() <= before.files() + LEFT_OPEN * RESTARTS
    replace_hosts(town, shops)
    compare(f"{RESTARTS} restarts of clients and a drain", before, rested(town))


def replace_hosts(town: Town, shops: list[Shop]) -> None:
    """As they replace themselves when they are worn out."""
    hosts = town.services.hosts
    old = {host.id for host in hosts.list() if host.alive}
    for host in old:
        hosts.drain(host)
    until(lambda: old.isdisjoint(host.id for host in hosts.list()), BACK_S, "being drained")
    for shop in shops:
        until(lambda shop=shop: town.connected(shop), BACK_S, "being connected")  # type: ignore[misc]


def restart(town: Town, shops: list[Shop]) -> None:
    """Each of them gets a new client."""
    for shop in shops:
        town.services.suspension.suspend(shop.tenant, "main", actor="tests")
    for shop in shops:
        until(lambda shop=shop: not open_sockets(town, shop), BACK_S, "being offline")  # type: ignore[misc]
        town.services.suspension.resume(shop.tenant, "main", actor="tests")
    for shop in shops:
        until(lambda shop=shop: town.connected(shop), BACK_S, "being connected")  # type: ignore[misc]


def open_sockets(town: Town, shop: Shop) -> int:
    return town.people.counters(shop.phone).open


def rested(town: Town) -> Census:
    """What is held when nothing goes on any more."""
    time.sleep(REST_S)
    return take(town)


def show(at: float, census: Census) -> None:
    parts = [
        f"{name} {held.memory_mb:.0f} MB {held.files} fd {held.threads} th"
        for (name, _), held in sorted(census.processes.items())
    ]
    print(f"{at:6.0f} s  {census.connections} connections | " + " | ".join(parts), flush=True)


def compare(what: str, before: Census, after: Census) -> None:
    show(0, before)
    show(0, after)
    print(
        f"{what}: connections {before.connections} -> {after.connections},"
        f" open files {before.files()} -> {after.files()}",
        flush=True,
    )
    assert after.connections <= before.connections + 2
    assert after.files() <= before.files() + 2


def grown(samples: list[Census], restarts: int) -> list[str]:
    """What is more than 5 % larger in the last third than in the first, process by process."""
    spare = {"memory_mb": 2, "files": 2 + LEFT_OPEN * restarts, "threads": 2}
    third = len(samples) // 3 or 1
    found = []
    for key in samples[0].processes.keys() & samples[-1].processes.keys():
        held = [census.processes[key] for census in samples if key in census.processes]
        for field in Held.__slots__:
            values = [getattr(each, field) for each in held]
            first, last = median(values[:third]), median(values[-third:])
            if last > max(first * GROWTH, first + spare[field]):
                found.append(f"{key[0]}: {field} {first:.0f} -> {last:.0f}")
    connections = [census.connections for census in samples]
    first, last = median(connections[:third]), median(connections[-third:])
    if last > max(first * GROWTH, first + 2):
        found.append(f"connections {first:.0f} -> {last:.0f}")
    return found
