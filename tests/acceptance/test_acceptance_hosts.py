"""Numbers go from host to host: by a crash, by a command, by a drain; never connected twice."""

from __future__ import annotations

import time
from typing import Any

import pytest
from acceptance_driver import Linked, Waagent, eventually
from acceptance_traffic import Writer, accounted_for, connected, host_of, online, quiet_logins

pytestmark = [pytest.mark.xdist_group("acceptance-hosts"), pytest.mark.timeout(240)]

LEASE_S = 16.0
"""What it would take if only the lease told that its host is gone."""


@pytest.fixture(scope="module")
def shop(town: Waagent) -> Linked:
    """A shop in ``town`` whose number nothing else uses."""
    return town.link("Toko Pindah Rumah", "6281200002015")


def shown(town: Waagent, shop: Linked) -> dict[str, Any]:
    found: dict[str, Any] = town.json("session", "show", "-t", shop.slug)
    return found


def test_a_killed_host_s_numbers_are_free_at_once(town: Waagent, shop: Linked) -> None:
    eventually("connected", lambda: connected(town, shop))
    with quiet_logins(town, shop):
        begun = time.monotonic()
        host_of(town, shop).kill()
        eventually("offline", lambda: not online(town, shop))
        eventually("connected by another host", lambda: online(town, shop))
        assert time.monotonic() - begun < LEASE_S
        eventually("said to be", lambda: connected(town, shop))
    found = shown(town, shop)
    assert found["down_since"] is None
    assert "no_host" in [event["reason"] for event in found["events"]]


def test_a_number_is_moved_while_customers_write(town: Waagent, shop: Linked) -> None:
    eventually("connected", lambda: connected(town, shop))
    before = town.session(shop.slug)["owner"]
    with quiet_logins(town, shop), Writer(town, shop, "6281300004310") as writer:
        moved = town.json("session", "move", "-t", shop.slug)
        assert moved["state"] == "connected"
        assert moved["owner"] not in (before, None)
        hosts = {host["id"]: host for host in town.json("worker", "hosts")}
        assert hosts[moved["owner"]]["alive"] is True
        message = town.run("session", "move", "-t", shop.slug, "--to", "nowhere-1-abc").refused(5)
        assert "nowhere-1-abc" in message
        assert town.json("worker", "drain", moved["owner"])["draining"] is True
        eventually(
            "held by another",
            lambda: town.session(shop.slug)["owner"] not in (moved["owner"], None),
        )
        eventually("connected again", lambda: connected(town, shop))
        writer.wait_for(3)
    accounted_for(town, shop, writer)
    reasons = [event["reason"] for event in shown(town, shop)["events"]]
    assert {"moving", "drained"} <= set(reasons)
    assert "replaced" not in [event["state"] for event in shown(town, shop)["events"]]
