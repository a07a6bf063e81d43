"""History of a new pairing is kept to be read, and sets nothing going."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shop_support import DAY, Customer, Judge, Shop, label

from waagent.domain.messages import InboundMedia, MessageKind
from waagent.services.inbound_history import MOST_OF_A_CONVERSATION, OLDEST

NOW = datetime.now(UTC).replace(microsecond=0)


def texts(shop: Shop) -> list[str]:
    return [message.text for message in shop.messages()]


def test_history_is_stored_and_nothing_follows_from_it(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer(name="Sari")
    old = [
        customer.says("dulu tanya harga", at=NOW - DAY, history=True),
        customer.says("25 rb kak", at=NOW - DAY + timedelta(minutes=1), history=True, from_me=True),
    ]
    assert shop.receive(session_id, *old) == 2
    assert texts(shop) == ["dulu tanya harga", "25 rb kak"]
    assert shop.front.leads.list(shop.tenant) == []
    assert shop.count("follow_ups") == shop.count("message_gaps") == 0
    assert shop.count("messages", "history") == 2
    quiet = "process_after is null and waiting_since is null and unread = 0"
    assert shop.count("conversations", quiet) == 1
    assert shop.count("contacts", "name_enc is not null and phone_enc is not null") == 1


def test_a_live_message_afterwards_opens_the_lead_with_the_history_as_context(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("dulu", at=NOW - DAY, history=True))
    shop.receive(session_id, customer.says("mau pesan lagi"))
    assert shop.lead().unread == 1
    judge = Judge(label())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert [turn.text for turn in judge.asked[0]] == ["dulu", "mau pesan lagi"]
    assert shop.count("follow_ups", "state = 'pending'") == 1


def test_history_stands_before_what_came_live_first_and_by_its_times(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("sekarang"))
    second, first = NOW - DAY, NOW - DAY - timedelta(hours=1)
    for text, at in (("kedua", second), ("ketiga", second), ("pertama", first)):
        shop.receive(session_id, customer.says(text, at=at, history=True))
    assert texts(shop) == ["pertama", "kedua", "ketiga", "sekarang"]
    judge = Judge(label())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert [turn.text for turn in judge.asked[0]][-1] == "sekarang"
    shop.receive(session_id, customer.says("lalu ini"))
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert shop.count("customer_insights") == 2


def test_history_never_changes_what_is_there(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    stub = customer.says("", id="S", kind=MessageKind.UNDECRYPTABLE)
    shop.receive(session_id, customer.says("asli", id="A"), stub)
    elsewhere = Customer(lid=None, phone=customer.phone)
    before = shop.messages()
    chats = "select chat_enc from conversations where tenant_id = %s"
    (address,) = shop.column(chats)
    again = [
        elsewhere.says("lain", id="A", at=NOW - DAY, history=True),
        elsewhere.says("lain", id="S", at=NOW - DAY, history=True),
    ]
    assert shop.receive(session_id, *again) == 0
    assert shop.messages() == before
    assert shop.column(chats) == [address]
    assert shop.lead().unread == 2


def test_one_that_history_brought_first_is_news_all_the_same_when_it_is_delivered(
    shop: Shop,
) -> None:
    """The phone packs the history while customers write: its lead must not be lost."""
    session_id, customer = shop.linked(), Customer()
    shop.receive(
        session_id,
        customer.says("minggu lalu", id="A", history=True, at=NOW - timedelta(days=7)),
        customer.says("baru saja", id="B", history=True),
    )
    assert shop.front.leads.list(shop.tenant) == []
    live = customer.says("baru saja", id="B")
    assert shop.receive(session_id, live) == 1
    assert shop.lead().unread == 1
    assert [message.text for message in shop.messages()] == ["minggu lalu", "baru saja"]
    assert shop.count("messages", "history") == 1
    assert shop.receive(session_id, live) == 0


def test_history_has_a_limit_in_number_and_age(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    wanted = MOST_OF_A_CONVERSATION

    def batch(first: int, last: int) -> int:
        times = {n: NOW - timedelta(hours=1000 - n) for n in range(first, last)}
        return shop.receive(
            session_id, *(customer.says(f"{n}", at=at, history=True) for n, at in times.items())
        )

    assert batch(100, 100 + wanted - 50) == wanted - 50
    assert batch(0, 100) == 50, "the newest of those that are left"
    assert batch(400, 410) == 0
    assert texts(shop)[0] == "50"
    stranger = Customer()
    ancient = stranger.says("kuno", at=NOW - OLDEST - DAY, history=True)
    assert shop.receive(session_id, ancient) == 0
    assert shop.count("contacts") == 1


def test_a_follow_up_is_cancelled_if_the_talk_went_on_while_unlinked(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    older = customer.says("sebelumnya", at=NOW - 9 * DAY, history=True)
    shop.receive(session_id, older)
    assert shop.count("follow_ups", "state = 'pending'") == 1
    newer = customer.says("sudah beli di sini kak", at=NOW - DAY, history=True)
    shop.receive(session_id, newer)
    assert shop.count("follow_ups", "state = 'cancelled'") == 1


def test_whoever_wrote_before_the_link_may_be_answered(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.receive(session_id, customer.says("halo", at=NOW - DAY, history=True))
    assert shop.front.messages.send(shop.tenant, f"+{customer.phone}", "halo juga").text


def test_live_and_old_in_one_batch(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    media = InboundMedia(mimetype="image/jpeg", file_name=None, size=5, ref=b"r")
    photo = customer.says("", at=NOW - DAY, history=True, kind=MessageKind.IMAGE, media=media)
    assert shop.receive(session_id, customer.says("baru"), photo) == 2
    assert [message.text for message in shop.messages()] == ["", "baru"]
    assert shop.lead().unread == 1
    assert shop.count("message_media", "state = 'pending'") == 1
