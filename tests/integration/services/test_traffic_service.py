"""What is usual for a number, learnt from PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop

from waagent.services.traffic import TrafficService

WEEK = timedelta(weeks=1)
AT = """
insert into messages (tenant_id, session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at)
select v.tenant_id, v.session_id, v.id, gen_random_uuid()::text, %s, 'customer', 'text', '', 'received',
    date_trunc('hour', now()) - make_interval(days => day) + make_interval(mins => minute)
from conversations v, generate_series(1, %s) day, generate_series(0, 59, %s) minute where v.session_id = %s
"""  # noqa: E501


def test_bursts_count_once_and_only_this_number_and_its_customers(
    shop: Shop, new_shop: Callable[[], Shop]
) -> None:
    session, other = shop.linked(), shop.linked("kedua")
    traffic = TrafficService(shop.host.core)
    assert traffic.usual(shop.id, session) is None
    for each in (session, other):
        shop.receive(each, Customer().says(), Customer().says())
    shop.admin.run(AT, "in", 28, 6, session)
    shop.admin.run(AT, "out", 28, 6, session)
    shop.admin.run(AT, "in", 28, 6, other)
    usual = traffic.usual(shop.id, session)
    assert usual is not None
    assert str(usual.zone) == shop.tenant.timezone
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    # Two customers wrote in the same hour of each day, ten times each, and once today.
    assert usual.expected(now - WEEK, now) == pytest.approx(14, rel=0.2)
    assert usual.expected(now - WEEK + timedelta(hours=2), now - WEEK + timedelta(hours=20)) == 0
    third = new_shop()
    assert traffic.usual(third.id, third.linked()) is None
    assert traffic.usual(third.id, session) is None, "not theirs"
