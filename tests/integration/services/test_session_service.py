"""A number as its screen shows it: hour by hour, and who did what to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop

from waagent.domain.sessions import SessionState
from waagent.errors import NotFoundError
from waagent.services.leases import StateChange


def test_a_number_s_hours_count_its_own_messages_and_losses(shop: Shop) -> None:
    session_id, other = shop.linked(), shop.linked("kasir")
    lease = shop.lease(session_id)
    shop.host.leases.set_state(lease, "host-1", StateChange(state=SessionState.DISCONNECTED))
    sari = Customer()
    past = datetime.now(UTC) - timedelta(days=3)
    shop.receive(session_id, sari.says(), sari.says("dan nasi kuning?"), sari.says(at=past))
    shop.receive(session_id, Customer().says(history=True))
    shop.receive(session_id, sari.says("nanti saya kabari", from_me=True))
    shop.receive(other, Customer().says())
    # Three hours ago, and the loss with them.
    shop.admin.run("update messages set at = at - interval '3 hours' where tenant_id = %s", shop.id)
    shop.admin.run(
        "update session_events set at = at - interval '3 hours' where tenant_id = %s", shop.id
    )

    found = shop.front.sessions.hours(shop.tenant, "main")
    assert len(found) == 24
    assert [each.at - found[0].at for each in found] == [timedelta(hours=n) for n in range(24)]
    assert (sum(h.received for h in found), sum(h.sent for h in found)) == (2, 1)
    busy = found[-4]
    assert (busy.received, busy.sent) == (2, 1)
    assert [hour.away for hour in found[-3:-1]] == [60, 60]
    assert sum(hour.away for hour in found[:-4]) == 0
    assert sum(h.received for h in shop.front.sessions.hours(shop.tenant, "kasir")) == 1
    with pytest.raises(NotFoundError):
        shop.front.sessions.hours(shop.tenant, "gudang")


def test_suspending_is_audited_only_if_it_came_about(shop: Shop) -> None:
    session_id = shop.linked()
    shop.front.suspension.suspend(shop.tenant, "main", actor="tui:rini")
    shop.front.suspension.resume(shop.tenant, "main", actor="tui:rini")
    noted = shop.admin.rows(
        "select actor, action, subject from audit_log where tenant_id = %s order by id", shop.id
    )
    assert noted == [
        ("tui:rini", "session.suspend", session_id),
        ("tui:rini", "session.resume", session_id),
    ]
