"""Answering: only customers who wrote, only texts that are some, only from a linked number."""

from __future__ import annotations

import pytest
from shop_support import Customer, Shop

from waagent.domain.messages import Direction, MessageState, Origin
from waagent.errors import (
    InvalidInputError,
    InvalidPhoneError,
    NotFoundError,
    NotPairedError,
    RefusedError,
)
from waagent.services.drafts import MAX_TEXT


def national(phone: str) -> str:
    """0812… as people write it."""
    return f"0{phone[2:5]}-{phone[5:9]}-{phone[9:]}"


def test_a_reply_is_queued_by_number_in_any_spelling(shop: Shop) -> None:
    customer = Customer()
    shop.receive(shop.linked(), customer.says())
    assert customer.phone
    for phone in (customer.phone, f"+{customer.phone}", national(customer.phone)):
        sent = shop.front.messages.send(shop.tenant, phone, "25rb kak")
        assert (sent.direction, sent.origin) == (Direction.OUT, Origin.HUMAN)
        assert (sent.state, sent.phone) == (MessageState.QUEUED, f"+{customer.phone}")
    assert len(shop.messages()) == 4
    assert shop.lead().unread == 0


def test_a_reply_by_conversation_reaches_customers_without_a_number(shop: Shop) -> None:
    shop.receive(shop.linked(), Customer(phone=None).says())
    sent = shop.front.messages.reply(shop.tenant, shop.lead().conversation_id, "ada kak")
    assert (sent.phone, sent.text) == (None, "ada kak")


def test_a_stranger_is_not_written_to(shop: Shop) -> None:
    shop.linked()
    with pytest.raises(RefusedError) as refused:
        shop.front.messages.send(shop.tenant, "0812-0000-0001", "promo kak")
    assert refused.value.exit_code == 4
    assert shop.messages() == []


def test_nor_one_to_whom_only_the_owner_wrote(shop: Shop) -> None:
    customer = Customer()
    shop.receive(shop.linked(), customer.says("halo", from_me=True))
    conversation_id = shop.messages()[0].conversation_id
    with pytest.raises(RefusedError):
        shop.front.messages.send(shop.tenant, f"+{customer.phone}", "promo kak")
    with pytest.raises(RefusedError):
        shop.front.messages.reply(shop.tenant, conversation_id, "promo kak")
    assert len(shop.messages()) == 1


@pytest.mark.parametrize(
    "text", ["", "  \n ", "x" * (MAX_TEXT + 1), "a\0b", "rusak \udcff", "\ud83d"]
)
def test_what_is_no_text_is_refused_with_nothing_half_made(shop: Shop, text: str) -> None:
    customer = Customer()
    shop.receive(shop.linked(), customer.says())
    for attempt in (
        lambda: shop.front.messages.send(shop.tenant, f"+{customer.phone}", text),
        lambda: shop.front.messages.reply(shop.tenant, shop.lead().conversation_id, text),
    ):
        with pytest.raises(InvalidInputError) as refused:
            attempt()
        assert "\n" not in refused.value.message
    assert len(shop.messages()) == 1
    assert shop.count("outbox") == 0


def test_the_longest_text_and_any_script_pass(shop: Shop) -> None:
    shop.receive(shop.linked(), Customer().says())
    conversation_id = shop.lead().conversation_id
    for text in ("x" * MAX_TEXT, "ꦱꦸꦒꦼꦁ 🙏🏽", "baris\nbaru"):
        assert shop.front.messages.reply(shop.tenant, conversation_id, text).text == text


def test_without_a_linked_number_nothing_can_be_sent(shop: Shop) -> None:
    customer = Customer()
    shop.receive(shop.session(), customer.says())
    with pytest.raises(NotPairedError) as refused:
        shop.front.messages.send(shop.tenant, f"+{customer.phone}", "halo")
    assert refused.value.hint
    assert shop.count("outbox") == 0


@pytest.mark.parametrize("phone", ["", "abc", "0812", "+62 000", "62" * 30])
def test_what_is_no_number_is_told_apart_from_an_unknown_one(shop: Shop, phone: str) -> None:
    for attempt in (
        lambda: shop.front.messages.send(shop.tenant, phone, "halo"),
        lambda: shop.front.messages.list(shop.tenant, phone=phone),
    ):
        with pytest.raises(InvalidPhoneError):
            attempt()
    with pytest.raises(NotFoundError):
        shop.front.messages.list(shop.tenant, phone="0812-9999-0001")


@pytest.mark.parametrize("given", ["", "x", "1", "00000000-0000-0000-0000-000000000000", "a\0"])
def test_an_unknown_conversation_or_lead_is_not_found(shop: Shop, given: str) -> None:
    with pytest.raises(NotFoundError):
        shop.front.messages.reply(shop.tenant, given, "halo")
    with pytest.raises(NotFoundError):
        shop.front.leads.get(shop.tenant, given)


def test_messages_are_found_by_customer_and_by_conversation(shop: Shop) -> None:
    session_id, first, second = shop.session(), Customer(), Customer()
    shop.receive(session_id, first.says("satu"), second.says("dua"), first.says("tiga"))
    listed = shop.front.messages.list(shop.tenant, phone=f"+{first.phone}")
    assert [message.text for message in listed] == ["satu", "tiga"]
    conversation_id = listed[0].conversation_id
    assert shop.front.messages.list(shop.tenant, conversation_id=conversation_id) == listed


@pytest.mark.parametrize("limit", [-1, 10**30])
def test_a_limit_that_is_none_is_bad_input(shop: Shop, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        shop.front.messages.list(shop.tenant, limit=limit)
