"""The same crashes, over and over, each on its own and measured: ``make soak``.

Prints how long a number was away after each kind of death (``-s`` shows it).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "acceptance"))

from acceptance_driver import Linked, Waagent, eventually, new_folder
from acceptance_traffic import (
    Replier,
    Writer,
    accounted_for,
    connected,
    host_of,
    named,
    online,
    quiet_logins,
    received,
    server,
    settled,
)

from waagent.sandbox import start

pytestmark = pytest.mark.timeout(3600)

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "5"))


@pytest.fixture(scope="module")
def town() -> Iterator[Waagent]:
    folder = new_folder()
    with start(folder / "whatsapp") as whatsapp:
        settings = {"WAAGENT_FOLLOWUP_AFTER": "12h", "WAAGENT_QUIET_PERIOD": "1s"}
        home = Waagent(folder, settings, whatsapp.state_dir)
        try:
            home.up()
            yield home
        finally:
            home.clear_away()


@pytest.fixture(scope="module")
def shop(town: Waagent) -> Linked:
    return town.link("Toko Tahan Banting", "6281200002005")


@pytest.mark.parametrize("victim", ["work-horse", "parent", "Valkey", "PostgreSQL", "supervisor"])
def test_it_survives(town: Waagent, shop: Linked, victim: str) -> None:
    away = [one_round(town, shop, victim, n) for n in range(ROUNDS)]
    print(f"\n{victim}: away {min(away):.1f} to {max(away):.1f} s, {statistics.median(away):.1f}")


def one_round(town: Waagent, shop: Linked, victim: str, number: int) -> float:
    """Kill it while messages go both ways, account for all of them; seconds it was offline."""
    phone = f"62813{sum(victim.encode()):04d}{number:03d}0"
    eventually("connected", lambda: connected(town, shop))
    with (
        quiet_logins(town, shop),
        Writer(town, shop, phone) as writer,
        Replier(town, shop, phone[:-1] + "9") as replies,
    ):
        begun = time.monotonic()
        kill(town, shop, victim)
        if victim not in ("Valkey", "PostgreSQL"):
            eventually("offline", lambda: not online(town, shop))
        if victim == "supervisor":
            town.up()
        eventually("connected again", lambda: online(town, shop), 120)
        away = time.monotonic() - begun
        eventually("said to be", lambda: connected(town, shop), 120)
        writer.wait_for(30)
    accounted_for(town, shop, writer, stubs=victim == "PostgreSQL")
    ends = settled(town, shop, list(replies.queued))
    found = received(town, replies.phone)
    assert max(found.values()) == 1
    for message_id, text in replies.queued.items():
        assert found[text] == 1 or ends[message_id] == "unknown", (text, ends[message_id])
    return away


def kill(town: Waagent, shop: Linked, victim: str) -> None:
    """Kill it, as the kernel would when memory runs out."""
    if victim in ("Valkey", "PostgreSQL"):
        server(town, victim).kill()
    elif victim == "supervisor":
        for process in named(town, "workers", "up", "--json"):
            process.kill()
    elif victim == "work-horse":
        host_of(town, shop).kill()
    else:
        parent = host_of(town, shop).parent()
        assert parent is not None
        parent.kill()
