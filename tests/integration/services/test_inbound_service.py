"""What arrives is stored once, from the right person, and everything that follows with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from shop_support import Admin, Customer, Judge, Shop, label

from waagent.domain.followups import CancelReason
from waagent.domain.leads import Stage
from waagent.domain.messages import (
    Direction,
    MessageKind,
    MessageState,
    Origin,
    Receipt,
    ReceiptKind,
)
from waagent.errors import NotFoundError


def test_a_message_becomes_a_lead_and_a_line_of_its_conversation(shop: Shop) -> None:
    customer = Customer(name="  Sari   Wulandari ")
    at = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
    assert shop.receive(shop.session(), customer.says("berapa kak?", at=at)) == 1
    (message,) = shop.messages()
    assert (message.direction, message.origin) == (Direction.IN, Origin.CUSTOMER)
    assert (message.text, message.at) == ("berapa kak?", at)
    assert (message.state, message.kind) == (MessageState.RECEIVED, MessageKind.TEXT)
    assert message.phone == f"+{customer.phone}"
    lead = shop.lead()
    assert (lead.name, lead.phone) == ("Sari Wulandari", f"+{customer.phone}")
    assert (lead.stage, lead.unread, lead.status) == (Stage.NEW, 1, None)
    assert lead.conversation_id == message.conversation_id


def test_a_redelivery_changes_nothing(shop: Shop) -> None:
    session_id, message = shop.session(), Customer().says()
    assert shop.receive(session_id, message, message) == 1
    assert shop.receive(session_id, message) == 0
    assert len(shop.messages()) == 1
    assert shop.lead().unread == 1


def test_the_same_id_from_the_other_side_is_another_message(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    same = (customer.says(id="A"), customer.says("sama-sama", id="A", from_me=True))
    assert shop.receive(session_id, *same) == 2


def test_messages_are_listed_in_the_order_they_came(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    now = datetime.now(UTC)
    texts = [f"baris {n}" for n in range(50)]
    # WhatsApp counts in seconds, so many have the same time, and some come late.
    messages = [customer.says(t, at=now - timedelta(seconds=n % 3)) for n, t in enumerate(texts)]
    shop.receive(session_id, *messages)
    assert [message.text for message in shop.messages()] == texts
    newest = shop.front.messages.list(shop.tenant, limit=3)
    assert [message.text for message in newest] == texts[-3:]


@pytest.mark.parametrize(
    "text", ["", " ", "a" * 65536, "🙏🏽‍♀️", "baris\nbaru\ttab", "nul \0 di tengah"]
)
def test_any_text_whatsapp_can_carry_is_kept_as_it_is(shop: Shop, text: str) -> None:
    shop.receive(shop.session(), Customer().says(text))
    assert shop.messages()[0].text == text


def test_a_stub_gives_way_to_the_message_it_stood_for(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    stub = customer.says("", id="A", kind=MessageKind.UNDECRYPTABLE)
    assert shop.receive(session_id, stub) == 1
    assert shop.receive(session_id, stub) == 0
    assert shop.receive(session_id, customer.says("mau pesan 2", id="A")) == 1
    (message,) = shop.messages()
    assert (message.kind, message.text) == (MessageKind.TEXT, "mau pesan 2")
    assert shop.lead().unread == 1
    assert shop.receive(session_id, stub) == 0
    assert shop.messages()[0].text == "mau pesan 2"


def test_a_stub_and_its_message_in_one_batch(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    stub = customer.says("", id="A", kind=MessageKind.UNDECRYPTABLE)
    assert shop.receive(session_id, stub, customer.says("halo", id="A")) == 1
    assert shop.messages()[0].text == "halo"


def test_what_a_stub_hid_is_judged_even_if_the_stub_was(shop: Shop) -> None:
    """An opt-out, for instance, must be heard whenever it can be read."""
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("", id="A", kind=MessageKind.UNDECRYPTABLE))
    shop.judge(label())
    shop.receive(session_id, customer.says("STOP", id="A"))
    judge = Judge(label())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert [turn.text for turn in judge.asked[0]] == ["STOP"]
    assert shop.count("opt_outs") == 1
    assert shop.count("customer_insights") == 2


def test_a_customer_known_by_lid_stays_one_when_the_number_is_learned(shop: Shop) -> None:
    session_id, known = shop.session(), Customer()
    hidden = Customer(lid=known.lid, phone=None)
    shop.receive(session_id, hidden.says("satu"))
    assert shop.lead().phone is None
    assert shop.messages()[0].phone is None
    shop.receive(session_id, known.says("dua"))
    assert shop.lead().phone == f"+{known.phone}"
    shop.receive(session_id, hidden.says("tiga"))
    shop.receive(session_id, Customer(lid=None, phone=known.phone).says("empat"))
    assert shop.count("contacts") == 1
    assert shop.count("contact_aliases") == 2
    assert {message.phone for message in shop.messages()} == {f"+{known.phone}"}
    found = shop.front.messages.list(shop.tenant, phone=f"+{known.phone}")
    assert [message.text for message in found] == ["satu", "dua", "tiga", "empat"]


def test_the_same_in_one_batch(shop: Shop) -> None:
    session_id, known = shop.session(), Customer()
    hidden = Customer(lid=known.lid, phone=None)
    shop.receive(session_id, hidden.says(), known.says(), hidden.says())
    assert shop.count("contacts") == 1
    assert shop.lead().phone == f"+{known.phone}"


def test_a_lid_is_never_shown_or_found_as_a_number(shop: Shop) -> None:
    lid = "6281999999999"  # one that looks like a number
    shop.receive(shop.session(), Customer(lid=lid, phone=None, name=None).says())
    lead = shop.lead()
    assert (lead.phone, lead.name) == (None, None)
    assert lid not in repr(shop.front.leads.list(shop.tenant)) + repr(shop.messages())
    with pytest.raises(NotFoundError):
        shop.front.messages.list(shop.tenant, phone=f"+{lid}")


def test_a_newer_name_is_kept_and_an_empty_one_is_not(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer(name="Sari")
    shop.receive(session_id, customer.says())
    renamed = Customer(name="Sari Catering", lid=customer.lid, phone=customer.phone)
    nameless = Customer(name=None, lid=customer.lid, phone=customer.phone)
    shop.receive(session_id, renamed.says(), nameless.says(), renamed.says("x", from_me=True))
    assert shop.lead().name == "Sari Catering"


def test_two_sessions_that_meet_a_customer_at_once_make_one_contact(shop: Shop) -> None:
    sessions = [shop.session(f"toko {number}") for number in range(4)]
    for _ in range(3):
        start, customer = Barrier(len(sessions)), Customer()

        def meet(session_id: str, start: Barrier = start, customer: Customer = customer) -> int:
            start.wait()
            return shop.receive(session_id, customer.says())

        before = shop.count("contacts")
        with ThreadPoolExecutor(len(sessions)) as pool:
            assert list(pool.map(meet, sessions)) == [1] * len(sessions)
        assert shop.count("contacts") == before + 1
    assert shop.count("conversations") == 3 * len(sessions)


def test_the_owner_s_own_message_starts_no_lead_and_counts_as_read(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("promo kak", from_me=True))
    assert shop.front.leads.list(shop.tenant) == []
    assert (shop.messages()[0].origin, shop.messages()[0].state) == (
        Origin.PHONE,
        MessageState.SENT,
    )
    shop.receive(session_id, customer.says("satu"), customer.says("dua"))
    assert shop.lead().unread == 2
    shop.receive(session_id, customer.says("siap kak", from_me=True))
    assert shop.lead().unread == 0


def test_what_came_after_the_owner_s_answer_is_unread(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(
        session_id,
        customer.says("halo"),
        customer.says("ya kak?", from_me=True),
        customer.says("berapa?"),
    )
    assert shop.lead().unread == 1


@pytest.mark.parametrize(
    ("from_me", "reason"),
    [(False, CancelReason.CUSTOMER_REPLIED), (True, CancelReason.BUSINESS_REPLIED)],
)
def test_any_reply_cancels_a_follow_up(shop: Shop, from_me: bool, reason: CancelReason) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.receive(session_id, customer.says("jadi kak", from_me=from_me))
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert (follow_up.state, follow_up.reason) == ("cancelled", reason)
    assert shop.lead().follow_up_at is None


def test_nothing_of_a_message_lies_in_the_tables_as_text(shop: Shop, admin: Admin) -> None:
    """Not the text, the name, the number, the LID, or what was made of it."""
    session_id = shop.linked()
    customer = Customer(name="Nyai Roro Penanda")
    shop.receive(session_id, customer.says("rahasia dapur penanda 4711"))
    shop.judge(label(need="Butuh penanda 4712."))
    shop.front.messages.send(shop.tenant, f"+{customer.phone}", "balasan penanda 4713")
    assert customer.phone
    assert customer.lid
    secrets = [
        "penanda 4711", "Roro", "penanda 4712", "penanda 4713", customer.phone, customer.lid,
    ]  # fmt: skip
    tables = admin.rows(
        "select relname from pg_class"
        " where relnamespace = 'waagent'::regnamespace and relkind = 'r'"
    )
    for (table,) in tables:
        text = "\n".join(row for (row,) in admin.rows(f"select t::text from {table} t"))
        raw = "\n".join(
            bytes.fromhex(word[3:]).decode("latin-1")
            for word in text.replace('"', "").replace("(", ",").replace(")", ",").split(",")
            if word.startswith("\\\\x")
        )
        assert raw or table != "messages", "the ciphertexts themselves were looked at"
        for secret in secrets:
            assert secret not in text, table
            assert secret not in raw, table


def test_nor_in_the_database_s_files(shop: Shop, admin: Admin, backend_home: object) -> None:
    marker = "rahasia-berkas-471147114711"
    shop.receive(shop.session(), Customer(name=marker).says(marker))
    admin.run("checkpoint")
    ours = admin.rows(
        "select pg_read_binary_file(pg_relation_filepath(oid)) from pg_class"
        " where relnamespace = 'waagent'::regnamespace and relkind in ('r', 'i')"
    )
    log = admin.value(
        "select pg_read_binary_file('pg_wal/' || pg_walfile_name(pg_current_wal_lsn()))"
    )
    assert len(ours) > 20
    assert len(log) > 1_000_000
    for content in (*(content for (content,) in ours), log):
        assert marker.encode() not in content


def test_receipts_move_forward_only_and_name_what_they_do_not_know(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("ya kak", id="OUT", from_me=True))

    def receipt(kind: ReceiptKind, *ids: str) -> Receipt:
        return Receipt(wa_message_ids=ids, kind=kind, at=datetime.now(UTC))

    def apply(*receipts: Receipt) -> set[str]:
        return shop.host.inbound.receipts(shop.id, session_id, receipts)

    def state() -> MessageState:
        return shop.messages()[0].state

    assert apply(receipt(ReceiptKind.DELIVERED, "OUT", "??")) == {"??"}
    assert state() is MessageState.DELIVERED
    both = (receipt(ReceiptKind.READ, "OUT"), receipt(ReceiptKind.DELIVERED, "OUT"))
    assert apply(*both) == set()
    assert state() is MessageState.READ
    assert apply(receipt(ReceiptKind.DELIVERED, "OUT")) == set()
    assert state() is MessageState.READ
    assert apply() == set()


def test_a_receipt_is_about_our_messages_of_that_session_only(shop: Shop) -> None:
    session_id, other, customer = shop.session(), shop.session("kedua"), Customer()
    shop.receive(session_id, customer.says("ya kak", id="OUT", from_me=True))
    shop.receive(session_id, customer.says("halo", id="IN"))
    read = Receipt(wa_message_ids=("OUT", "IN"), kind=ReceiptKind.READ, at=datetime.now(UTC))
    assert shop.host.inbound.receipts(shop.id, other, [read]) == {"OUT", "IN"}
    assert shop.host.inbound.receipts(shop.id, session_id, [read]) == {"IN"}
    assert [message.state for message in shop.messages()] == ["read", "received"]


def test_a_quiet_period_is_waited_for_but_not_for_ever(shop: Shop) -> None:
    """Five lines typed in one go cost one look; somebody who never stops is looked at too."""
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says())
    wait = "select process_after - now() from conversations where tenant_id = %s"
    assert timedelta(seconds=7) < shop.admin.value(wait, shop.id) <= timedelta(seconds=8)
    shop.admin.run(
        "update conversations set waiting_since = now() - interval '47 seconds'"
        " where tenant_id = %s",
        shop.id,
    )
    shop.receive(session_id, customer.says())
    assert shop.admin.value(wait, shop.id) <= timedelta(seconds=1)


def test_a_tenant_that_is_not_there_is_an_error_of_ours(
    new_shop: Callable[..., Shop], admin: Admin
) -> None:
    shop = new_shop()
    admin.run("delete from tenants where id = %s", shop.id)
    with pytest.raises(NotFoundError):
        shop.receive("00000000-0000-0000-0000-000000000000", Customer().says())
