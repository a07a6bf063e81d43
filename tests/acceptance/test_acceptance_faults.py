"""WhatsApp's server misbehaves while customers write and are answered; see also the crashes.

The long form of this, with figures, is ``waagent bench faults``.
"""

from __future__ import annotations

import pytest
from acceptance_driver import Linked, Waagent, eventually
from acceptance_traffic import (
    Replier,
    Writer,
    accounted_for,
    connected,
    quiet_logins,
    received,
    settled,
)

from waagent.i18n import keys
from workers.bench.breakage import FAULTS

pytestmark = [pytest.mark.xdist_group("acceptance-trouble"), pytest.mark.timeout(120)]

TWICE, DROPS = 15, 5


def test_messages_twice_drops_and_late_acknowledgements(town: Waagent) -> None:
    shop = town.link("Toko Sinyal Lemah", "6281200002025")
    writing, answered = "6281300004510", "6281300004519"
    people = town.people
    with (
        quiet_logins(town, shop),
        Writer(town, shop, writing) as writer,
        Replier(town, shop, answered) as replies,
    ):
        people.fault("duplicate", account=shop.phone, value=TWICE)
        people.fault("ack_delay", account=shop.phone, value=1)
        writer.wait_for(TWICE)
        for _ in range(DROPS):
            before = people.counters(shop.phone).logins
            people.drop(shop.phone)
            eventually("another login", lambda before=before: logins(town, shop) > before)  # type: ignore[misc]
        people.clear_faults(shop.phone)
        writer.wait_for(3)
    eventually("connected", lambda: connected(town, shop))
    accounted_for(town, shop, writer)
    ends = settled(town, shop, list(replies.queued))
    found = received(town, answered)
    assert people.counters(shop.phone).delivered >= len(writer.sent) + TWICE
    assert max(found.values()) == 1
    for message_id, text in replies.queued.items():
        assert found[text] == 1 or ends[message_id] == "unknown", (text, ends[message_id])


def test_every_fault_of_the_bench_has_a_name() -> None:
    named = {key.removeprefix("fault.") for key in keys() if key.startswith("fault.")}
    assert named == {fault.name for fault in FAULTS}


def logins(town: Waagent, shop: Linked) -> int:
    return town.people.counters(shop.phone).logins
