"""What an operator sees of real servers: every shop's counts, hosts, queues, and what is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from shop_support import Customer, Shop

from waagent.domain.checks import Level
from waagent.domain.overview import Overview, ShopOverview
from waagent.parts import Backend
from waagent.queueing.connection import connect
from waagent.queueing.jobs import JobQueue
from waagent.queueing.names import AI, PROCESS_CONVERSATION, QUEUES
from waagent.queueing.roll import QueueRoll
from waagent.services.core import Core
from waagent.services.overview import OverviewService
from waagent.storage.db import Database


def line(found: Overview, shop: Shop) -> ShopOverview:
    assert found.database is not None
    return next(each for each in found.database.shops if each.id == shop.id)


@pytest.mark.usefixtures("redis_clean")
def test_every_shop_with_its_own_counts(new_shop: Callable[..., Shop]) -> None:
    shop, other = new_shop(), new_shop("Kopi Senja")
    overview = shop.front.overview
    session_id = shop.linked()
    shop.connected(session_id)
    shop.receive(session_id, Customer().says(), Customer(name="Budi").says())
    found = overview.look()
    mine, theirs = line(found, shop), line(found, other)
    assert (mine.numbers, mine.connected, mine.trouble) == (1, 1, None)
    assert (mine.leads, mine.messages_today, mine.unlabelled) == (2, 2, 2)
    assert (theirs.numbers, theirs.leads, theirs.messages_today, theirs.outbox) == (0, 0, 0, 0)
    shop.receive(session_id, Customer(name="Cici").says())
    assert line(overview.look(), shop).leads == 2, "counted a moment ago"
    shop.admin.run("update sessions set state = 'logged_out' where id = %s", session_id)
    found = overview.look()
    assert line(found, shop).trouble == "logged_out"
    assert found.database is not None
    assert found.database.shops[0].trouble is not None, "those in trouble stand first"
    assert found.database.errors.numbers_away >= 1
    assert 0 < found.database.connections.used <= found.database.connections.limit
    assert overview.shop(shop.tenant).level is Level.FAIL


@pytest.mark.usefixtures("redis_clean")
def test_hosts_leases_and_queues(shop: Shop) -> None:
    host = shop.host.hosts
    host.beat("host-x", machine="elsewhere", pid=1, sessions=1, capacity=9, draining=False)
    lease = shop.lease(shop.linked(), "host-x")
    JobQueue(shop.host.redis).enqueue(AI, PROCESS_CONVERSATION, shop.id, shop.id)
    found = shop.front.overview.look()
    assert found.faults == ()
    assert found.database is not None
    (seen,) = [each for each in found.database.hosts if each.host.id == "host-x"]
    assert (seen.host.sessions, seen.memory_mb) == (1, None), "of another machine"
    assert found.database.leases.held >= 1
    assert found.redis is not None
    assert [queue.name for queue in found.redis.queues] == list(QUEUES)
    (ai,) = [queue for queue in found.redis.queues if queue.name == AI]
    assert (ai.length, ai.failed, ai.workers) == (1, 0, 0)
    assert (found.redis.workers, found.redis.tick_late_s) == ((), None)
    before = found.database.leases.expired
    shop.admin.run(
        "update session_leases set expires_at = now() - interval '1 s' where session_id = %s",
        lease.session_id,
    )
    after = shop.front.overview.look().database
    assert after is not None
    assert after.leases.expired == before + 1
    host.leave("host-x")


def test_a_server_that_is_down_hides_its_own_part_only(shop: Shop, backend: Backend) -> None:
    nobody = replace(backend, redis_url="redis://127.0.0.1:1/0")
    core, core_doctor = shop.host.core, shop.front.overview._doctor
    deaf = OverviewService(core, QueueRoll(connect(nobody.redis_url)), core_doctor)
    found = deaf.look()
    assert found.database is not None
    assert (found.redis, [fault.part for fault in found.faults]) == (None, ["redis"])
    away = Database("postgresql://x@127.0.0.1:1/x?connect_timeout=1", size=1)
    away._pool.timeout = 1
    try:
        lost = OverviewService(
            Core(away, core.keys), QueueRoll(connect(backend.redis_url)), core_doctor
        )
        found = lost.look()
    finally:
        away.close()
    assert found.redis is not None
    assert (found.database, [fault.part for fault in found.faults]) == (None, ["postgresql"])
    assert found.faults[0].message
    assert found.faults[0].hint


def test_the_doctor_s_verdict(shop: Shop) -> None:
    checks = {check.name: check.level for check in shop.front.overview.verdict()}
    assert checks["postgresql"] is Level.OK
    assert checks["redis"] is Level.OK
