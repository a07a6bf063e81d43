"""The inbox on a real database: order, filters, pages, searching, and whose it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop, label

from waagent.domain.conversation_views import ConversationFilter, ConversationView
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.errors import InvalidInputError, NotFoundError
from waagent.services import conversation_search

NOW = datetime.now(UTC).replace(microsecond=0)
SARI = Customer(name="Sari Wulandari", phone="6281234500001")
BUDI = Customer(name="Pak Budi", phone="6281234500002")
RINI = Customer(name=None, phone="6281234500003")


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Sari waits, Budi was answered, Rini wrote to the other number."""
    main, second = shop.linked(), shop.linked("cabang")
    shop.receive(main, SARI.says("Nasi BOX ayam berapa?", at=ago(30)))
    shop.judge(label())
    shop.receive(main, BUDI.says("tumpeng ada?", at=ago(20)))
    shop.receive(main, BUDI.says("ada pak, 850 ribu", at=ago(19), from_me=True))
    shop.receive(second, RINI.says("", at=ago(10), kind=MessageKind.IMAGE))
    return shop


def names(found: list[ConversationView]) -> list[str | None]:
    return [view.name for view in found]


def listed(shop: Shop, **only: object) -> list[str | None]:
    found = shop.front.conversations.list(shop.tenant, ConversationFilter(**only))  # type: ignore[arg-type]
    return names(found)


def test_a_row_says_what_an_inbox_shows(busy: Shop) -> None:
    rini, budi, sari = busy.front.conversations.list(busy.tenant)
    assert (sari.phone, sari.session, sari.unread) == ("+6281234500001", "main", 1)
    assert (sari.stage, sari.status, sari.product) == (
        Stage.QUALIFIED,
        Status.WARM_LEAD,
        "nasi_box",
    )
    assert sari.lead_id in {lead.id for lead in busy.front.leads.list(busy.tenant)}
    assert sari.last is not None
    assert sari.last.text == "Nasi BOX ayam berapa?"
    assert sari.waiting_since == ago(30)
    assert budi.last is not None
    assert budi.last.direction is Direction.OUT
    assert (budi.waiting_since, budi.unread) == (None, 0)
    assert rini.last is not None
    assert rini.last.kind is MessageKind.IMAGE
    assert (rini.name, rini.session, rini.status) == (None, "cabang", None)


def test_filters(busy: Shop) -> None:
    assert listed(busy, unread=True) == [None, "Sari Wulandari"]
    assert listed(busy, waiting=True) == [None, "Sari Wulandari"]
    assert listed(busy, stage=Stage.QUALIFIED) == ["Sari Wulandari"]
    assert listed(busy, session="cabang") == [None]
    assert listed(busy, session="cabang", stage=Stage.WON) == []


def test_a_reply_that_waits_is_an_answer_and_one_that_failed_is_none(busy: Shop) -> None:
    sari = busy.front.conversations.list(busy.tenant)[2]
    sent = busy.front.messages.reply(busy.tenant, sari.id, "25 ribu kak")
    assert busy.front.conversations.get(busy.tenant, sari.id).waiting_since is None
    assert "Sari Wulandari" not in listed(busy, waiting=True)
    for table, column in (("messages", "id"), ("outbox", "message_id")):
        busy.admin.run(f"update {table} set state = 'failed' where {column} = %s", sent.id)
    found = busy.front.conversations.get(busy.tenant, sari.id)
    assert found.last is not None
    assert found.last.state is MessageState.FAILED
    assert found.waiting_since == ago(30)
    assert "Sari Wulandari" in listed(busy, waiting=True)


def test_read_and_unread_again(busy: Shop) -> None:
    service, shop = busy.front.conversations, busy.tenant
    sari = service.list(shop)[2]
    busy.front.messages.mark_read(shop, sari.id)
    assert service.get(shop, sari.id).unread == 0
    service.mark_unread(shop, sari.id)
    assert service.get(shop, sari.id).unread == 1
    assert busy.front.leads.get(shop, sari.lead_id or "").unread == 1


def test_opted_out_deleted_and_merged(busy: Shop) -> None:
    service, shop = busy.front.conversations, busy.tenant
    busy.front.contacts.opt_out(shop, "+6281234500002", actor="test")
    assert [view.opted_out for view in service.list(shop)] == [False, True, False]
    busy.admin.run("update messages set revoked_at = now() where tenant_id = %s", busy.id)
    assert all(view.last and view.last.revoked for view in service.list(shop))
    busy.front.contacts.merge(shop, "+6281234500001", "+6281234500002", actor="test")
    assert len(service.list(shop)) == 2, "one customer, one row"


def test_pages_follow_each_other_at_equal_times_too(shop: Shop) -> None:
    session, at = shop.linked(), ago(5)
    shop.receive(session, *(Customer(name=f"P{n}").says(at=at) for n in range(7)))
    service, seen, place = shop.front.conversations, [], None
    while page := service.list(shop.tenant, after=place, limit=3):
        seen += names(page)
        place = page[-1].place
    assert sorted(filter(None, seen)) == [f"P{n}" for n in range(7)]
    for nonsense in ("", "gestern", f"{at.isoformat()}/x", f"{at.replace(tzinfo=None)}/{'0' * 32}"):
        with pytest.raises(InvalidInputError):
            service.list(shop.tenant, after=nonsense)


def test_messages_of_a_conversation_a_page_at_a_time(shop: Shop) -> None:
    shop.receive(shop.linked(), *(SARI.says(f"pesan {n}", at=ago(60 - n)) for n in range(5)))
    conversation = shop.lead().conversation_id
    newest = shop.front.messages.list(shop.tenant, conversation_id=conversation, limit=2)
    assert [message.text for message in newest] == ["pesan 3", "pesan 4"]
    older = shop.front.messages.list(
        shop.tenant, conversation_id=conversation, before=newest[0].id, limit=2
    )
    assert [message.text for message in older] == ["pesan 1", "pesan 2"]


def test_search_finds_customers_and_old_messages(busy: Shop) -> None:
    search = busy.front.conversations.search
    found = search(busy.tenant, "box NASI")
    assert [hit.text for hit in found.messages] == ["Nasi BOX ayam berapa?"]
    assert (found.messages[0].name, found.searched, found.complete) == ("Sari Wulandari", 4, True)
    assert found.customers == ()
    assert names(list(search(busy.tenant, "wulan").customers)) == ["Sari Wulandari"]
    for number in ("0812345000", "+62812345000", "81234500002"):
        assert "Pak Budi" in names(list(search(busy.tenant, number).customers)), number
    assert search(busy.tenant, "tidakada").messages == ()
    with pytest.raises(InvalidInputError):
        search(busy.tenant, "  ")


def test_search_is_bounded_says_so_and_can_be_stopped(
    busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_search, "BATCH", 2)
    search = busy.front.conversations.search
    capped = search(busy.tenant, "nasi", most=3)
    assert (capped.searched, capped.complete, capped.messages) == (3, False, ())
    first = search(busy.tenant, "a", limit=1)
    assert (len(first.messages), first.more) == (1, True)
    stop = threading.Event()
    stop.set()
    assert search(busy.tenant, "nasi", stop=stop).searched == 0


def test_another_shop_gets_nothing(busy: Shop, new_shop: Callable[..., Shop]) -> None:
    other, theirs = new_shop("Toko B"), busy.front.conversations.list(busy.tenant)[2]
    service, shop = other.front.conversations, other.tenant
    assert service.list(shop) == []
    assert service.list(shop, after=busy.front.conversations.list(busy.tenant)[0].place) == []
    for use in (service.get, service.mark_unread):
        with pytest.raises(NotFoundError):
            use(shop, theirs.id)
    found = service.search(shop, "nasi")
    assert (found.customers, found.messages, found.searched) == ((), (), 0)
    last = theirs.last
    assert last is not None
    assert other.front.messages.list(shop, before=last.id) == []
