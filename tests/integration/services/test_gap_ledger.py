"""The ledger of gaps: what came unreadable, empty or late, by day, and what came after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop

from waagent.domain.messages import ChangeOfMessage, GapCause, MessageChange, MessageKind
from waagent.domain.views import GapDay
from waagent.services.gaps import Arrived, record_gaps


@pytest.fixture
def session_id(shop: Shop) -> str:
    found = shop.linked()
    shop.admin.run("update sessions set connected_at = now() - interval '2 h' where id = %s", found)
    return found


def day(shop: Shop) -> GapDay:
    (found,) = shop.front.gaps.days(shop.tenant)
    return found


def test_a_stub_is_a_gap_until_the_message_comes(shop: Shop, session_id: str) -> None:
    sari = Customer()
    stub = replace(sari.says("", kind=MessageKind.UNDECRYPTABLE), gap=GapCause.UNDECRYPTABLE)
    empty = replace(sari.says("", kind=MessageKind.UNDECRYPTABLE), gap=GapCause.UNAVAILABLE)
    shop.receive(session_id, stub, empty)
    shop.receive(session_id, stub)  # delivered again, as a stub still
    assert (day(shop).undecryptable, day(shop).unavailable, day(shop).open) == (1, 1, 2)
    shop.receive(session_id, sari.says("halo kak", id=stub.wa_message_id))
    assert (day(shop).resolved, day(shop).open) == (1, 1)
    missing = [gap for gap in shop.front.gaps.list(shop.tenant) if gap.resolved_at is None]
    assert [(gap.cause, gap.phone) for gap in missing] == [(GapCause.UNAVAILABLE, f"+{sari.phone}")]


@pytest.mark.parametrize("kind", [ChangeOfMessage.EDIT, ChangeOfMessage.REVOKE])
def test_a_stub_that_its_author_rewrote_or_deleted_is_no_gap_any_more(
    shop: Shop, session_id: str, kind: ChangeOfMessage
) -> None:
    sari = Customer()
    stub = replace(sari.says("", kind=MessageKind.UNDECRYPTABLE), gap=GapCause.UNDECRYPTABLE)
    other = replace(sari.says("", kind=MessageKind.UNDECRYPTABLE), gap=GapCause.UNDECRYPTABLE)
    shop.receive(session_id, stub, other)
    change = MessageChange(
        kind=kind,
        wa_message_id=stub.wa_message_id,
        target_from_me=False,
        by_me=False,
        chat_jid=stub.chat_jid,
        lid=sari.lid,
        phone=sari.phone,
        text="jadi 3 kotak ya" if kind is ChangeOfMessage.EDIT else "",
        at=datetime.now(UTC),
    )
    assert shop.host.inbound.changes(shop.id, session_id, [change]) == []
    assert (day(shop).resolved, day(shop).open) == (1, 1)


def test_late_is_what_a_connected_number_waited_for(shop: Shop, session_id: str) -> None:
    sari = Customer()
    now = datetime.now(UTC)
    shop.receive(
        session_id,
        sari.says("tepat waktu", at=now),
        sari.says("terlambat", at=now - timedelta(hours=1)),
        sari.says("sewaktu nomor mati", at=now - timedelta(hours=5)),
        replace(sari.says("riwayat", at=now - timedelta(hours=1)), history=True),
    )
    assert (day(shop).late, day(shop).resolved, day(shop).open) == (1, 1, 0)


def test_days_are_the_shop_s(shop: Shop, session_id: str) -> None:
    message = replace(Customer().says(""), gap=GapCause.UNAVAILABLE)
    shop.receive(session_id, Customer().says("halo"))
    conversation = shop.lead().conversation_id
    with shop.host.core.tenant(shop.id) as scope:
        record_gaps(
            scope,
            [Arrived(session_id=session_id, conversation_id=conversation, message=message)],
        )
    shop.admin.run(
        "update message_gaps set noticed_at = '2026-11-20 17:30+00' where tenant_id = %s", shop.id
    )
    assert shop.front.gaps.days(shop.tenant, days=1) == []
    (found,) = shop.front.gaps.days(shop.tenant, days=4000)
    assert found.day.isoformat() == "2026-11-21"  # half past midnight in Jakarta


def test_gaps_of_another_shop_are_not_seen(shop: Shop, session_id: str, new_shop) -> None:  # type: ignore[no-untyped-def]
    shop.receive(session_id, replace(Customer().says(""), gap=GapCause.UNAVAILABLE))
    other = new_shop("Toko Pak Budi")
    assert other.front.gaps.days(other.tenant) == []
    assert other.front.gaps.list(other.tenant) == []
