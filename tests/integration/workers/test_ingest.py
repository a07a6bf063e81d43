"""What the library handed over is stored, in order, whatever happens to PostgreSQL meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop, eventually
from socket_proxy import SocketProxy

from waagent.bootstrap import HostServices
from waagent.domain.messages import (
    ChangeOfMessage,
    MessageChange,
    MessageState,
    Receipt,
    ReceiptKind,
)
from waagent.services.core import Core
from waagent.services.inbound import InboundService
from workers.ingest import Ingest


@pytest.fixture
def ingest(cut_core: Core, host: HostServices, postgres: SocketProxy) -> Iterator[Ingest]:
    """Stores by way of a socket that can be cut."""
    ingest = Ingest(InboundService(cut_core, timedelta(seconds=8), host.media))
    yield ingest
    postgres.mend()
    assert ingest.close(20)


def read(*ids: str) -> Receipt:
    return Receipt(wa_message_ids=ids, kind=ReceiptKind.READ, at=datetime.now(UTC))


def texts(shop: Shop) -> list[str]:
    return [message.text for message in shop.messages()]


def test_messages_are_stored_in_the_order_they_came(shop: Shop, ingest: Ingest) -> None:
    session_id, customers = shop.session(), [Customer() for _ in range(5)]
    wanted = [f"pesan {number}" for number in range(1200)]  # more than two batches
    for number, text in enumerate(wanted):
        ingest.put(shop.id, session_id, customers[number % 5].says(text))
    assert ingest.close(60)
    stored = shop.front.messages.list(shop.tenant, limit=2000)
    assert [message.text for message in stored] == wanted


def test_while_postgresql_is_away_nothing_is_lost_or_doubled(
    shop: Shop, ingest: Ingest, postgres: SocketProxy
) -> None:
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, customer.says("sebelum"))
    eventually(lambda: texts(shop) == ["sebelum"])
    postgres.cut()
    for number in range(20):
        ingest.put(shop.id, session_id, customer.says(f"selama {number}"))
    assert texts(shop) == ["sebelum"]
    postgres.mend()
    ingest.put(shop.id, session_id, customer.says("sesudah"))
    wanted = ["sebelum", *(f"selama {number}" for number in range(20)), "sesudah"]
    eventually(lambda: texts(shop) == wanted, 30)
    assert shop.lead().unread == 22


def test_it_tells_for_how_long_postgresql_has_not_taken_what_came(
    shop: Shop, ingest: Ingest
) -> None:
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, customer.says("sebelum"))
    eventually(lambda: texts(shop) == ["sebelum"])
    eventually(lambda: ingest.waited() == 0)
    with shop.admin.connection.transaction():
        shop.admin.run("lock table messages in access exclusive mode")
        ingest.put(shop.id, session_id, customer.says("terkunci"))
        eventually(lambda: ingest.waited() > 0.3)
    eventually(lambda: texts(shop) == ["sebelum", "terkunci"])
    eventually(lambda: ingest.waited() == 0)


def test_a_schema_that_is_not_ours_for_a_while_loses_nothing(shop: Shop, ingest: Ingest) -> None:
    """As in an upgrade, or when rights were taken away: no message's own fault."""
    session_id, customer = shop.session(), Customer()
    for wrong, right in (
        ("alter table messages rename column quoted_wa_id to quoted", "rename column quoted to"),
        ("revoke insert on messages from waagent_app", "grant"),
    ):
        shop.admin.run(wrong)
        try:
            ingest.put(shop.id, session_id, customer.says(f"sewaktu: {wrong}"))
            eventually(lambda: ingest.waited() > 0.1)
        finally:
            shop.admin.run(
                "grant insert on messages to waagent_app"
                if right == "grant"
                else f"alter table messages {right} quoted_wa_id"
            )
        eventually(lambda wrong=wrong: f"sewaktu: {wrong}" in texts(shop))  # type: ignore[misc]


def test_a_connection_that_breaks_in_the_middle_is_no_loss(
    shop: Shop, ingest: Ingest, postgres: SocketProxy
) -> None:
    """The batch may have been committed or not: it is stored again, and each message once."""
    session_id, customer = shop.session(), Customer()
    for round_ in range(4):
        for number in range(50):
            ingest.put(shop.id, session_id, customer.says(f"{round_}/{number}"))
        eventually(lambda round_=round_: len(texts(shop)) > 50 * round_)  # type: ignore[misc]
        postgres.cut()
        postgres.mend()
    wanted = [f"{round_}/{number}" for round_ in range(4) for number in range(50)]
    eventually(lambda: texts(shop) == wanted, 30)


def test_closing_says_whether_everything_was_stored(
    shop: Shop, cut_core: Core, host: HostServices, postgres: SocketProxy
) -> None:
    ingest = Ingest(InboundService(cut_core, timedelta(seconds=8), host.media))
    session_id = shop.session()
    postgres.cut()
    ingest.put(shop.id, session_id, Customer().says())
    assert not ingest.close(0.3)
    postgres.mend()
    assert ingest.close(20)
    assert len(texts(shop)) == 1


def test_one_that_cannot_be_stored_holds_back_no_other(
    new_shop: Callable[..., Shop], ingest: Ingest
) -> None:
    shop, other = new_shop(), new_shop()
    session_id, gone = shop.session(), other.session()
    other.admin.run("delete from tenants where id = %s", other.id)
    for number in range(4):
        ingest.put(shop.id, session_id, Customer().says(f"baik {number}"))
        ingest.put(shop.id, gone, Customer().says("ke sesi yang tidak ada"))
        ingest.put(other.id, gone, Customer().says("ke toko yang tidak ada"))
    eventually(lambda: texts(shop) == [f"baik {number}" for number in range(4)])


def test_a_receipt_may_come_before_its_message(shop: Shop, ingest: Ingest) -> None:
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, read("OUT", "LATER"))
    ingest.put(shop.id, session_id, customer.says("ya kak", id="OUT", from_me=True))
    eventually(lambda: [m.state for m in shop.messages()] == [MessageState.READ])
    ingest.put(shop.id, session_id, customer.says("siap", id="LATER", from_me=True))
    eventually(lambda: [m.state for m in shop.messages()] == [MessageState.READ] * 2)


def test_a_receipt_outlasts_an_outage(shop: Shop, ingest: Ingest, postgres: SocketProxy) -> None:
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, customer.says("ya kak", id="OUT", from_me=True))
    eventually(lambda: len(shop.messages()) == 1)
    postgres.cut()
    ingest.put(shop.id, session_id, read("OUT"))
    postgres.mend()
    eventually(lambda: [m.state for m in shop.messages()] == [MessageState.READ], 30)


def edit(customer: Customer, of: str, text: str) -> MessageChange:
    return MessageChange(
        kind=ChangeOfMessage.EDIT,
        wa_message_id=of,
        target_from_me=False,
        by_me=False,
        chat_jid=f"{customer.lid}@lid",
        lid=customer.lid,
        phone=customer.phone,
        text=text,
        at=datetime.now(UTC),
    )


def test_an_edit_may_overtake_its_message(shop: Shop, ingest: Ingest) -> None:
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, edit(customer, "A", "mau 3"))
    ingest.put(shop.id, session_id, customer.says("lain"))
    eventually(lambda: texts(shop) == ["lain"])
    ingest.put(shop.id, session_id, customer.says("mau 2", id="A"))
    eventually(lambda: texts(shop) == ["lain", "mau 3"])


def test_an_edit_outlasts_an_outage_even_at_the_end(
    shop: Shop, cut_core: Core, host: HostServices, postgres: SocketProxy
) -> None:
    ingest = Ingest(InboundService(cut_core, timedelta(seconds=8), host.media))
    session_id, customer = shop.session(), Customer()
    ingest.put(shop.id, session_id, customer.says("mau 2", id="A"))
    eventually(lambda: texts(shop) == ["mau 2"])
    postgres.cut()
    ingest.put(shop.id, session_id, edit(customer, "A", "mau 3"))
    assert not ingest.close(0.3)
    postgres.mend()
    assert ingest.close(20)
    assert texts(shop) == ["mau 3"]


def test_a_change_that_cannot_be_applied_holds_back_no_other(
    new_shop: Callable[..., Shop], ingest: Ingest
) -> None:
    shop, other = new_shop(), new_shop()
    session_id, customer = shop.session(), Customer()
    other.admin.run("delete from tenants where id = %s", other.id)
    ingest.put(shop.id, session_id, customer.says("mau 2", id="A"))
    ingest.put(other.id, session_id, edit(customer, "A", "palsu"))
    ingest.put(shop.id, session_id, edit(customer, "A", "mau 3"))
    eventually(lambda: texts(shop) == ["mau 3"])
