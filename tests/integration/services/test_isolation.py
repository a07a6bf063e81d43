"""A shop that knows another's ids, numbers and sessions gets nothing with them from any service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from shop_support import Customer, Judge, Shop, label

from waagent.domain.leads import Stage
from waagent.domain.messages import Receipt, ReceiptKind
from waagent.domain.sessions import SessionState
from waagent.errors import InvalidInputError, NotFoundError, RefusedError
from waagent.services.inbound import Arrival
from waagent.services.leases import Lease, StateChange


@dataclass(frozen=True)
class Two:
    """Shop A has a customer, a follow-up in its outbox and a connected session; B has nothing."""

    a: Shop
    b: Shop
    session_id: str
    customer: Customer
    lead_id: str
    conversation_id: str
    lease: Lease


@pytest.fixture
def two(new_shop: Callable[..., Shop]) -> Two:
    a, b = new_shop("Toko A"), new_shop("Toko B")
    session_id, customer = a.linked(), Customer()
    a.due_follow_up(session_id, customer)
    a.receive(session_id, customer.says("ya kak", id="OUT", from_me=True))
    a.judge(label())
    return Two(
        a, b, session_id, customer, a.lead().id, a.lead().conversation_id, a.lease(session_id)
    )


@pytest.fixture(autouse=True)
def unchanged(two: Two) -> Iterator[None]:
    """Whatever B tries, A's rows stay as they are."""
    before = snapshot(two.a)
    yield
    assert snapshot(two.a) == before


def snapshot(shop: Shop) -> list[list[tuple[object, ...]]]:
    tables = ("sessions", "session_leases", "contacts", "contact_aliases", "conversations",
              "messages", "outbox", "customer_insights", "leads", "lead_stage_history",
              "follow_ups", "opt_outs")  # fmt: skip
    return [
        shop.admin.rows(f"select t::text from {table} t where tenant_id = %s order by 1", shop.id)
        for table in tables
    ]


def test_lists_show_nothing_of_it(two: Two) -> None:
    front, b = two.b.front, two.b.tenant
    assert front.leads.list(b) == []
    assert front.messages.list(b) == []
    assert front.followups.list(b) == []
    assert front.sessions.list(b) == []


def test_its_ids_lead_nowhere(two: Two) -> None:
    front, b = two.b.front, two.b.tenant
    with pytest.raises(NotFoundError):
        front.leads.get(b, two.lead_id)
    with pytest.raises(NotFoundError):
        front.leads.move(b, two.lead_id, Stage.LOST)
    assert front.leads.insight(b, two.conversation_id) is None
    assert front.messages.list(b, conversation_id=two.conversation_id) == []
    with pytest.raises(NotFoundError):
        front.messages.reply(b, two.conversation_id, "halo")


def test_nor_does_its_customer_s_number(two: Two) -> None:
    with pytest.raises(NotFoundError):
        two.b.front.messages.list(two.b.tenant, phone=f"+{two.customer.phone}")
    with pytest.raises(RefusedError):
        two.b.front.messages.send(two.b.tenant, f"+{two.customer.phone}", "halo")


def test_the_same_customer_is_somebody_else_in_another_shop(two: Two) -> None:
    two.b.receive(two.b.session(), two.customer.says("halo toko b"))
    assert [message.text for message in two.b.messages()] == ["halo toko b"]
    ((a_index,), (b_index,)) = two.b.admin.rows(
        "select value_index from contact_aliases where kind = 'phone' and tenant_id in (%s, %s)",
        two.a.id,
        two.b.id,
    )
    assert a_index != b_index, "not even the blind index tells that it is the same number"


def test_a_worker_that_mixes_shops_up_is_refused(two: Two) -> None:
    """The session of one with the id of the other, by every service a host uses."""
    b, host = two.b, two.b.host
    with pytest.raises(NotFoundError):
        host.inbound.store(b.id, [Arrival(two.session_id, Customer().says())])
    assert b.messages() == []
    receipt = Receipt(
        wa_message_ids=("OUT",), kind=ReceiptKind.READ, at=two.customer.says().sent_at
    )
    assert host.inbound.receipts(b.id, two.session_id, [receipt]) == {"OUT"}
    forged = Lease(two.session_id, b.id, two.lease.epoch)
    assert host.leases.resume(forged) is None
    assert not host.leases.set_state(forged, "host-1", StateChange(state=SessionState.LOGGED_OUT))
    b.understanding(Judge(label())).process(b.id, two.conversation_id)
    assert not host.pairing.is_current(b.id, two.session_id, two.session_id)
    assert (
        host.pairing.paired(b.id, two.session_id, two.session_id, "1@s.whatsapp.net", None) is None
    )
    host.pairing.ended(b.id, two.session_id, two.session_id, "given_up")


def test_what_cannot_be_stored_is_an_error_of_ours(two: Two) -> None:
    with pytest.raises(InvalidInputError):
        two.b.host.inbound.store(two.b.id, [Arrival("no-uuid", Customer().says())])


def test_the_operator_s_list_names_each_session_with_its_shop(two: Two) -> None:
    two.b.session("kedua")
    shown = {(each.tenant, each.name) for each in two.b.front.sessions.list()}
    assert {(two.a.tenant.slug, "main"), (two.b.tenant.slug, "kedua")} <= shown
