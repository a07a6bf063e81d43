"""A tick finds what is due in PostgreSQL and queues it; late, doubled or lost ones do no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop_support import AT_ONCE, Customer, Shop

from waagent.domain.followups import FollowUpState
from waagent.domain.sessions import SessionState
from waagent.queueing import names
from waagent.queueing.jobs import JsonQueue
from waagent.services.followups import FollowUpService

pytestmark = pytest.mark.usefixtures("redis_clean")


def queued(shop: Shop, queue: str) -> list[tuple[str, tuple[object, ...]]]:
    found = JsonQueue(queue, connection=shop.host.redis).get_jobs()
    return [(str(job.func_name), tuple(job.args)) for job in found]


def due(shop: Shop) -> str:
    shop.receive(shop.session(), Customer().says())
    shop.admin.run("update conversations set process_after = now() where tenant_id = %s", shop.id)
    return shop.lead().conversation_id


def test_a_conversation_is_queued_once_its_quiet_period_is_over(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())
    shop.host.ticks.run()
    assert queued(shop, names.AI) == []
    shop.admin.run("update conversations set process_after = now() where tenant_id = %s", shop.id)
    job = (names.PROCESS_CONVERSATION, (shop.id, shop.lead().conversation_id))
    for _ in range(3):
        shop.host.ticks.run()
        assert queued(shop, names.AI) == [job]


def test_one_that_redis_lost_is_queued_again(shop: Shop) -> None:
    due(shop)
    shop.host.ticks.run()
    shop.host.redis.flushdb()
    shop.host.ticks.run()
    assert queued(shop, names.AI) == [], "it may be under way"
    shop.admin.run(
        "update conversations set process_queued_at = now() - interval '31 seconds'"
        " where tenant_id = %s",
        shop.id,
    )
    shop.host.ticks.run()
    assert len(queued(shop, names.AI)) == 1


def test_jobs_carry_ids_and_no_text(shop: Shop) -> None:
    due(shop)
    shop.host.ticks.run()
    keys = [key for key in shop.host.redis.scan_iter("*") if shop.host.redis.type(key) == b"hash"]
    assert keys
    content = b"".join(b"".join(shop.host.redis.hgetall(key).values()) for key in keys)
    assert b"nasi" not in content
    assert b"628" not in content


def test_hosts_are_asked_for_while_sessions_lack_one(shop: Shop) -> None:
    shop.host.ticks.run()
    assert queued(shop, names.SESSIONS) == []
    session_id = shop.linked()
    shop.host.ticks.run()
    shop.host.ticks.run()
    assert queued(shop, names.SESSIONS) == [(names.HOST_SESSIONS, ())]
    shop.host.redis.flushdb()
    shop.lease(session_id)
    shop.host.ticks.run()
    assert queued(shop, names.SESSIONS) == []


def test_a_tick_does_all_of_it(shop: Shop) -> None:
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.session("ditinggal")
    shop.admin.run(
        "update sessions set state = 'pairing', updated_at = now() - interval '16 minutes'"
        " where tenant_id = %s and name = 'ditinggal'",
        shop.id,
    )
    lease = shop.lease(session_id)
    at_any_hour = FollowUpService(shop.host.core, AT_ONCE)
    ticks = replace(shop.host.ticks, follow_ups=at_any_hour)
    ticks.run()
    assert shop.front.followups.list(shop.tenant)[0].state is FollowUpState.QUEUED
    (waiting,) = shop.host.outbox.waiting([session_id])
    assert shop.host.outbox.claim(waiting, "host-1", lease.epoch)
    shop.host.leases.release("host-1", [session_id])
    ticks.run()
    assert shop.messages()[-1].state == "unknown"
    states = {each.name: each.state for each in shop.front.sessions.list(shop.tenant)}
    assert states["ditinggal"] is SessionState.NEW
