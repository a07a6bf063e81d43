"""Edits, deletions, reactions and quotes: by whom they may be, in any order, more than once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Judge, Shop, label

from waagent.domain.messages import (
    ChangeOfMessage,
    Direction,
    InboundMedia,
    MessageChange,
    MessageKind,
    MessageState,
    Origin,
)
from waagent.domain.views import QuotedView, ReactionView

NOW = datetime.now(UTC).replace(microsecond=0)
EDIT, REVOKE, REACTION = ChangeOfMessage.EDIT, ChangeOfMessage.REVOKE, ChangeOfMessage.REACTION


def change(
    customer: Customer,
    kind: ChangeOfMessage,
    text: str = "",
    *,
    of: str = "A",
    after: float = 0,
    by_me: bool = False,
    target_from_me: bool | None = None,
) -> MessageChange:
    return MessageChange(
        kind=kind,
        wa_message_id=of,
        target_from_me=by_me if target_from_me is None else target_from_me,
        by_me=by_me,
        chat_jid=f"{customer.lid}@lid",
        lid=customer.lid,
        phone=customer.phone,
        text=text,
        at=NOW + timedelta(seconds=after),
    )


def apply(shop: Shop, session_id: str, *changes: MessageChange) -> list[MessageChange]:
    return shop.host.inbound.changes(shop.id, session_id, changes)


def test_an_edit_replaces_the_text_once_and_in_its_place(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("mau 2", id="A"), customer.says("ya", id="B"))
    first = change(customer, EDIT, "mau 3", after=1)
    assert apply(shop, session_id, first) == []
    message, after = shop.messages()
    assert (message.text, message.edited_at) == ("mau 3", first.at)
    assert after.text == "ya"
    assert apply(shop, session_id, first) == []
    assert shop.messages()[0] == message


def test_the_newest_edit_wins_whatever_the_order(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("satu", id="A"))
    older, newer = change(customer, EDIT, "dua", after=1), change(customer, EDIT, "tiga", after=2)
    apply(shop, session_id, newer)
    apply(shop, session_id, older)
    assert (shop.messages()[0].text, shop.messages()[0].edited_at) == ("tiga", newer.at)
    apply(shop, session_id, change(customer, EDIT, "lima", after=5), older, newer)
    assert shop.messages()[0].text == "lima"


def test_an_edit_is_judged_like_a_message_and_an_opt_out_in_it_is_heard(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("mau kak", id="A"), customer.says("ok", id="B"))
    shop.judge(label())
    assert shop.count("conversations", "process_after is not null") == 0
    apply(shop, session_id, change(customer, EDIT, "STOP", after=1))
    assert shop.count("conversations", "process_after is not null") == 1
    judge = Judge(label())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert [turn.text for turn in judge.asked[0]] == ["STOP", "ok"]
    assert shop.count("opt_outs") == 1
    assert shop.count("customer_insights") == 2
    assert shop.count("conversations", "process_after is not null") == 0


def test_an_edit_of_the_owner_s_and_a_reaction_are_not_judged(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("halo", id="A"))
    shop.receive(session_id, customer.says("25 rb", id="B", from_me=True))
    shop.judge(label())
    apply(shop, session_id, change(customer, EDIT, "30 rb", of="B", after=1, by_me=True))
    apply(shop, session_id, change(customer, REACTION, "👍", of="B", target_from_me=True))
    assert shop.count("conversations", "process_after is not null") == 0
    answer = shop.messages()[1]
    assert (answer.text, answer.origin, answer.state) == ("30 rb", Origin.PHONE, MessageState.SENT)
    assert answer.reactions == (ReactionView(direction=Direction.IN, emoji="👍"),)


def test_a_deletion_erases_for_good(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("rahasia", id="A"))
    apply(shop, session_id, change(customer, REACTION, "😮"))
    gone = change(customer, REVOKE, after=2)
    assert apply(shop, session_id, gone) == []
    (message,) = shop.messages()
    assert (message.text, message.revoked_at, message.reactions) == ("", gone.at, ())
    again = [gone, change(customer, EDIT, "kembali", after=9), change(customer, REACTION, "👍")]
    assert apply(shop, session_id, *again) == []
    assert shop.receive(session_id, customer.says("rahasia", id="A")) == 0
    assert shop.messages() == [message]


def test_a_deleted_stub_stays_deleted_when_it_can_be_read(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("", id="A", kind=MessageKind.UNDECRYPTABLE))
    apply(shop, session_id, change(customer, REVOKE))
    assert shop.receive(session_id, customer.says("rahasia", id="A")) == 0
    assert shop.messages()[0].text == ""


def test_an_edit_makes_a_stub_readable_and_the_late_original_does_not_undo_it(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("", id="A", kind=MessageKind.UNDECRYPTABLE))
    apply(shop, session_id, change(customer, EDIT, "mau 3", after=1))
    shop.receive(session_id, customer.says("mau 2", id="A"))
    assert (shop.messages()[0].text, shop.messages()[0].kind) == ("mau 3", MessageKind.TEXT)


def test_each_side_has_one_reaction_and_can_take_it_back(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("sudah transfer", id="A"))
    mine = change(customer, REACTION, "🙏", by_me=True, target_from_me=False)
    old, new = change(customer, REACTION, "❤️"), change(customer, REACTION, "👍🏽", after=1)
    apply(shop, session_id, mine, new, old)
    assert shop.messages()[0].reactions == (
        ReactionView(direction=Direction.IN, emoji="👍🏽"),
        ReactionView(direction=Direction.OUT, emoji="🙏"),
    )
    apply(shop, session_id, change(customer, REACTION, "", after=2))
    apply(shop, session_id, new)  # a redelivery of what was taken back since
    assert [each.emoji for each in shop.messages()[0].reactions] == ["🙏"]


@pytest.mark.parametrize("kind", [EDIT, REVOKE])
def test_nobody_changes_what_the_other_side_wrote(shop: Shop, kind: ChangeOfMessage) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("25 rb", id="A", from_me=True))
    theirs = change(customer, kind, "5 rb", target_from_me=True)
    assert apply(shop, session_id, theirs) == []
    assert shop.messages()[0].text == "25 rb"


def test_nobody_changes_a_message_of_another_chat_or_number(shop: Shop) -> None:
    session_id, other = shop.session(), shop.session("kedua")
    customer, stranger = Customer(), Customer()
    shop.receive(session_id, customer.says("asli", id="A"), stranger.says("hai", id="X"))
    forged = [change(stranger, kind, "palsu") for kind in (EDIT, REVOKE, REACTION)]
    assert apply(shop, session_id, *forged) == forged
    assert apply(shop, other, change(customer, EDIT, "palsu")) != []
    message = shop.messages()[0]
    assert (message.text, message.revoked_at, message.reactions) == ("asli", None, ())


def test_a_change_finds_its_chat_by_either_name(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("asli", id="A"))
    by_phone = Customer(lid=None, phone=customer.phone)
    by_lid = Customer(lid=customer.lid, phone=None)
    assert apply(shop, session_id, change(by_phone, EDIT, "satu", after=1)) == []
    assert apply(shop, session_id, change(by_lid, EDIT, "dua", after=2)) == []
    assert shop.messages()[0].text == "dua"


def test_a_deletion_takes_the_file_along(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    media = InboundMedia(mimetype="image/jpeg", file_name=None, size=10, ref=b"ref")
    shop.receive(session_id, customer.says("", id="A", kind=MessageKind.IMAGE, media=media))
    (due,) = shop.host.media_inbox.due([session_id], 10)
    fetch = shop.host.media_inbox.claim(due)
    assert fetch is not None
    shop.host.media_inbox.fetched(fetch, b"\xff" * 300_000)
    (path,) = shop.column("select path from message_media where tenant_id = %s")
    on_disk = shop.front.settings.media_folder / path
    assert on_disk.stat().st_size > 300_000
    apply(shop, session_id, change(customer, REVOKE, after=1))
    assert not on_disk.exists()
    assert shop.count("message_media") == 0
    assert shop.messages()[0].media is None


def test_a_quote_shows_what_it_answers(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("yang merah ada?", id="A"))
    shop.receive(session_id, customer.says("ada kak", from_me=True, quoted="A"))
    shop.receive(session_id, customer.says("yang mana ya", quoted="dari dulu"))
    question, answer, unknown = shop.messages()
    assert question.quoted is None
    assert answer.quoted == QuotedView(
        id=question.id, direction=Direction.IN, kind=MessageKind.TEXT, text="yang merah ada?"
    )
    assert unknown.quoted == QuotedView(id=None, direction=None, kind=None, text="")


def test_a_quote_of_another_customer_s_message_shows_nothing_of_it(shop: Shop) -> None:
    session_id, customer, other = shop.session(), Customer(), Customer()
    shop.receive(session_id, customer.says("alamat saya", id="A"), other.says("?", quoted="A"))
    assert shop.messages()[1].quoted == QuotedView(id=None, direction=None, kind=None, text="")


def test_what_we_sent_is_not_doubled_when_whatsapp_echoes_it(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.receive(session_id, customer.says("halo"))
    sent = shop.front.messages.send(shop.tenant, f"+{customer.phone}", "ada kak")
    shop.admin.run(
        "update messages set state = 'sent', wa_message_id = 'OURS' where id = %s", sent.id
    )
    assert shop.receive(session_id, customer.says("ada kak", id="OURS", from_me=True)) == 0
    assert shop.origins() == [Origin.CUSTOMER, Origin.HUMAN]


def test_changes_are_told_to_whoever_watches(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    shop.receive(session_id, customer.says("halo", id="A"))
    channel = f"waagent_t_{shop.id.replace('-', '')}"
    shop.admin.connection.execute(f"listen {channel}")  # type: ignore[call-overload]
    apply(shop, session_id, change(customer, REACTION, "👍"))
    told = list(shop.admin.connection.notifies(timeout=5, stop_after=1))
    shop.admin.connection.execute("unlisten *")
    assert shop.messages()[0].id in told[0].payload
