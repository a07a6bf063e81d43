"""Hosts in PostgreSQL: who lives, who has room, and what becomes of the sessions of the dead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Admin, Shop

from waagent.bootstrap import HostServices
from waagent.domain.sessions import SessionState
from waagent.errors import NotFoundError, RefusedError
from waagent.services.hosts import HostService
from waagent.services.leases import GRACE, PROBE_EVERY, LeaseService, StateChange
from waagent.services.sessions import HealthCounts

pytestmark = pytest.mark.usefixtures("redis_clean")
S = SessionState


@pytest.fixture
def hosts(host: HostServices, admin: Admin) -> Iterator[HostService]:
    admin.run("delete from hosts")
    yield host.hosts
    admin.run("delete from hosts")
    admin.run("update instance set outdated_since = null, probe_at = null")


def beat(hosts: HostService, name: str, *, sessions: int = 0, draining: bool = False) -> bool:
    return hosts.beat(name, machine="m", pid=1, sessions=sessions, capacity=2, draining=draining)


def silence(admin: Admin, name: str, ago: str = "1 minute") -> None:
    admin.run("update hosts set seen_at = now() - %s::interval where id = %s", ago, name)


def test_a_host_beats_until_it_leaves(hosts: HostService) -> None:
    assert not beat(hosts, "host-1", sessions=1)
    (seen,) = hosts.list()
    assert (seen.id, seen.sessions, seen.capacity, seen.alive) == ("host-1", 1, 2, True)
    hosts.drain("host-1")
    assert beat(hosts, "host-1"), "it hears of it with its next beat"
    hosts.leave("host-1")
    assert hosts.list() == []


def test_where_a_session_can_be_moved_to(hosts: HostService, admin: Admin) -> None:
    for name, sessions in (("full", 2), ("half", 1), ("empty", 0), ("dead", 0)):
        beat(hosts, name, sessions=sessions)
    beat(hosts, "draining", draining=True)
    silence(admin, "dead")
    assert hosts.with_room() == 2
    assert hosts.target(None, "half").id == "empty"
    assert hosts.target(None, "empty").id == "half"
    assert hosts.target("half", "empty").id == "half"
    for name in ("full", "dead", "draining"):
        with pytest.raises(RefusedError, match=name):
            hosts.target(name, None)
    with pytest.raises(NotFoundError) as caught:
        hosts.target("nobody", None)
    assert "half" in str(caught.value.hint)
    silence(admin, "dead", "1 hour")
    hosts.prune()
    assert "dead" not in [each.id for each in hosts.list()]


def test_a_session_that_moves_is_for_its_new_host_while_that_lives(
    hosts: HostService, shop: Shop, admin: Admin
) -> None:
    session_id = shop.linked()
    beat(hosts, "host-2")
    admin.run("update sessions set move_to = 'host-2' where id = %s", session_id)
    claim = shop.host.leases.claim
    assert session_id not in {lease.session_id for lease in claim("host-1", 99, [])}
    (moving,) = shop.host.leases.undesired("host-1", [session_id])
    assert moving.moving
    assert shop.host.leases.undesired("host-2", [session_id]) == []
    silence(admin, "host-2")
    lease = shop.lease(session_id)
    assert lease.epoch >= 1
    assert shop.front.sessions.get(shop.tenant, "main").move_to is None


def test_what_a_dead_host_had_is_said_to_be_disconnected(hosts: HostService, shop: Shop) -> None:
    lease = shop.lease(shop.linked())
    connected = StateChange(state=SessionState.CONNECTED)
    assert shop.host.leases.set_state(lease, "host-1", connected)
    assert shop.front.sessions.get(shop.tenant, "main").down_since is None
    gone = GRACE + timedelta(seconds=3)
    shop.admin.run(
        "update session_leases set expires_at = now() - %s where session_id = %s",
        gone,
        lease.session_id,
    )
    clock = [0.0]
    leases = LeaseService(shop.host.core, clock=lambda: clock[0])
    ticks = replace(shop.host.ticks, leases=leases)
    ticks.run()
    assert shop.front.sessions.get(shop.tenant, "main").state == S.CONNECTED, "not by a clock alone"
    clock[0] += GRACE.total_seconds()
    ticks.run()
    ticks.run()
    details = shop.front.sessions.show(shop.tenant, "main")
    assert (details.session.state, details.session.reason) == (S.DISCONNECTED, "no_host")
    assert details.session.down_since is not None
    assert datetime.now(UTC) - details.session.down_since >= gone, "since the lease ran out"
    assert [event.reason for event in details.events].count("no_host") == 1


def test_only_one_session_is_tried_while_the_library_is_outdated(
    hosts: HostService, shop: Shop, admin: Admin
) -> None:
    refused, *others = [shop.lease(shop.linked(name)) for name in ("satu", "dua", "tiga")]
    change = StateChange(state=S.OUTDATED, reason="405", retry_after=timedelta(0), failures=1)
    assert shop.host.leases.set_state(refused, "host-1", change)
    for lease in (refused, *others):
        shop.host.leases.release("host-1", [lease.session_id])
    assert shop.host.leases.claim("host-2", 99, []) == []
    assert shop.host.leases.unowned(timedelta(0)) == 0, "no host is started in vain"
    admin.run("update instance set probe_at = now()")
    (probe,) = shop.host.leases.claim("host-2", 99, [])
    assert shop.host.leases.claim("host-3", 99, []) == []
    left = admin.value("select probe_at - now() from instance")
    assert timedelta(0) < left <= PROBE_EVERY
    connected = StateChange(state=S.CONNECTED)
    assert shop.host.leases.set_state(probe, "host-2", connected)
    assert len(shop.host.leases.claim("host-3", 99, [])) == 2


def test_a_session_waits_for_its_next_try(hosts: HostService, shop: Shop) -> None:
    lease = shop.lease(shop.linked())
    change = StateChange(state=S.REPLACED, retry_after=timedelta(seconds=30), failures=1)
    assert shop.host.leases.set_state(lease, "host-1", change)
    shop.host.leases.release("host-1", [lease.session_id])
    assert shop.host.leases.claim("host-1", 99, []) == []
    assert shop.host.leases.unowned(timedelta(0)) == 0
    shop.admin.run("update sessions set retry_at = now() where id = %s", lease.session_id)
    again = shop.lease(lease.session_id)
    found = shop.host.leases.resume(again)
    assert found is not None
    assert (found.state, found.failures) == (S.REPLACED, 1)
    shop.host.leases.lasted(again)
    found = shop.host.leases.resume(again)
    assert found is not None
    assert found.failures == 0


def test_what_hosts_count_adds_up(hosts: HostService, shop: Shop) -> None:
    session_id, now = shop.linked(), datetime.now(UTC)
    first = HealthCounts(
        session_id=session_id, disconnects=1, last_probe_at=now, last_probe_ok=True
    )
    second = HealthCounts(session_id=session_id, disconnects=2, last_inbound_at=now)
    gone = HealthCounts(session_id="00000000-0000-0000-0000-000000000000", disconnects=1)
    shop.host.sessions.record_health([first, second, gone])
    shop.host.sessions.record_health([second])
    health = shop.front.sessions.show(shop.tenant, "main").health
    assert (health.disconnects, health.last_probe_ok) == (5, True)
    assert (health.last_inbound_at, health.last_probe_at) == (now, now)
