"""Opt-outs are heard, confirmed once and never again, noted, and taken back by a person only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shop_support import DAY, Customer, Shop, label

from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.labels import Intent, Status
from waagent.domain.messages import Origin
from waagent.errors import NotFoundError


def says(shop: Shop, session_id: str, customer: Customer, text: str, **how: object) -> None:
    """What a customer writes, understood."""
    shop.receive(session_id, customer.says(text, **how))  # type: ignore[arg-type]
    shop.understanding(None).process(shop.id, shop.lead().conversation_id)


def confirmations(shop: Shop) -> list[str]:
    return [m.text for m in shop.messages() if m.origin is Origin.CONFIRMATION]


@pytest.mark.parametrize("text", ["STOP", "Berhenti ya kak", "tolong jangan kirim promo lagi"])
def test_it_is_confirmed_once_and_never_again(shop: Shop, text: str) -> None:
    session_id, customer = shop.linked(), Customer(name="Pak Joko")
    says(shop, session_id, customer, text)
    says(shop, session_id, customer, text)
    shop.front.contacts.opt_in(shop.tenant, f"+{customer.phone}", actor="tests")
    says(shop, session_id, customer, text)
    (told,) = confirmations(shop)
    assert told.startswith("Baik Pak Joko, kami tidak akan mengirim")
    assert shop.count("opt_outs", "source = 'customer'") == 1
    (waiting,) = shop.host.outbox.waiting([session_id])
    look = shop.host.outbox.look(waiting)
    assert look is not None
    assert look.origin is Origin.CONFIRMATION
    assert shop.column("select action from audit_log where tenant_id = %s order by id") == [
        "contact.opt_out",
        "contact.opt_in",
        "contact.opt_out",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "stop dulu produksinya kak, saya ganti warna",
        "bus berhenti di mana ya?",
        "jangan lupa besok",
    ],
)
def test_a_sentence_with_such_a_word_in_it_is_none(shop: Shop, text: str) -> None:
    says(shop, shop.linked(), Customer(), text)
    assert confirmations(shop) == []
    assert shop.count("opt_outs") == 0


def test_nothing_is_said_late_or_by_a_number_that_is_gone(shop: Shop) -> None:
    session_id = shop.linked()
    says(shop, session_id, Customer(), "STOP", at=datetime.now(UTC) - timedelta(hours=25))
    assert confirmations(shop) == []
    assert shop.count("opt_outs") == 1


def test_an_unlinked_number_says_nothing(shop: Shop) -> None:
    session_id = shop.session()
    says(shop, session_id, Customer(), "STOP")
    assert confirmations(shop) == []
    assert shop.count("opt_outs") == 1


def test_a_person_notes_it_and_takes_it_back(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    phone = f"+{customer.phone}"
    for _ in range(2):
        assert shop.front.contacts.opt_out(shop.tenant, phone, actor="cli:rini").opted_out
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert (follow_up.state, follow_up.reason) == (
        FollowUpState.CANCELLED,
        CancelReason.OPTED_OUT,
    )
    assert confirmations(shop) == []
    for _ in range(2):
        assert not shop.front.contacts.opt_in(shop.tenant, phone, actor="cli:rini").opted_out
    assert shop.admin.rows(
        "select actor, action from audit_log where tenant_id = %s order by id", shop.id
    ) == [("cli:rini", "contact.opt_out"), ("cli:rini", "contact.opt_in")]
    shop.receive(session_id, customer.says("kak, masih ada?", at=datetime.now(UTC) - 2 * DAY))
    shop.judge(label())
    assert shop.dispatch() == 1
    with pytest.raises(NotFoundError):
        shop.front.contacts.opt_out(shop.tenant, "+628999999999", actor="cli:rini")


def test_the_follow_up_of_another_number_of_the_shop_is_cancelled_too(shop: Shop) -> None:
    first, second, customer = shop.linked(), shop.linked("kedua"), Customer()
    shop.due_follow_up(first, customer)
    shop.receive(second, customer.says("STOP"))
    conversation = shop.admin.value(
        "select id::text from conversations where tenant_id = %s and session_id = %s",
        shop.id,
        second,
    )
    shop.understanding(None).process(shop.id, conversation)
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert follow_up.reason == CancelReason.OPTED_OUT
    assert len(confirmations(shop)) == 1


def test_one_who_opted_out_before_is_not_followed_up(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.receive(session_id, customer.says("STOP"))
    shop.judge(label(Status.WARM_LEAD, Intent.PRICE_INQUIRY))
    assert shop.count("follow_ups") == 0
