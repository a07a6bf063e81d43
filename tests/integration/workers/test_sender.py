"""The sender between a real outbox and a WhatsApp and a pace that do as they are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop, eventually

from waagent.domain.messages import (
    MessageState,
    Origin,
    Outgoing,
    OutgoingChange,
    OutgoingText,
    SentMessage,
)
from waagent.domain.pacing import Hold, HoldReason, Permit, Refuse, RefuseReason
from waagent.errors import InvalidInputError
from waagent.whatsapp.errors import NotConnected, SendRefused, SendUncertain
from workers.sender import Sender

NO_PACE = Permit(pause_s=0, typing_s=0)


@dataclass
class FakeGateway:
    """Takes everything, but for what ``errors`` has: one for each try, first come first served."""

    errors: list[Exception] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    typing_seen: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def send(self, key: str, chat_jid: str, outgoing: Outgoing) -> SentMessage:
        assert isinstance(outgoing, OutgoingText | OutgoingChange)
        self.seen.append(outgoing.text)
        self.may_answer.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(outgoing.text)
        return SentMessage(wa_message_id=f"OUT{len(self.sent)}", at=datetime.now(UTC))

    def typing(self, key: str, chat_jid: str, composing: bool) -> None:
        self.seen.append(f"typing {composing}".lower())
        self.typing_seen.set()


@dataclass
class FakePacing:
    """``answer`` decides by origin and action."""

    answer: Callable[[Origin, str], Permit | Hold | Refuse] = lambda _origin, _action: NO_PACE
    refusals: list[str] = field(default_factory=list)

    def permit(
        self,
        *,
        tenant_id: str,
        session_id: str,
        conversation_id: str,
        message_id: str,
        origin: Origin,
        action: str,
        length: int,
    ) -> Permit | Hold | Refuse:
        assert length > 0 or action == "revoke"
        return self.answer(origin, action)

    def refused(self, tenant_id: str, session_id: str, code: str) -> None:
        self.refusals.append(code)


class Desk:
    """A shop whose host sends."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.session_id, self.customer = shop, shop.linked(), Customer()
        self.known: list[Customer] = []
        self.epochs = {self.session_id: shop.lease(self.session_id).epoch}
        self.gateway, self.pacing = FakeGateway(), FakePacing()
        self.gateway.may_answer.set()
        self.sender: Sender | None = None

    def start(self) -> None:
        host = self.shop.host
        self.sender = Sender(
            host.outbox,
            self.pacing,
            self.gateway,
            "host-1",
            host.core.db.url,
            lambda: self.epochs,
        )

    def close(self) -> None:
        self.gateway.may_answer.set()
        if self.sender:
            self.sender.close(10)

    def reply(self, text: str, to: Customer | None = None) -> str:
        customer = to or self.customer
        if customer not in self.known:
            self.known.append(customer)
            self.shop.receive(self.session_id, customer.says())
        return self.shop.front.messages.send(self.shop.tenant, f"+{customer.phone}", text).id

    def follow_up(self) -> str:
        self.known.append(self.customer)
        self.shop.due_follow_up(self.session_id, self.customer)
        self.shop.dispatch()
        return self.shop.messages()[-1].id

    def message(self, message_id: str) -> tuple[MessageState, str | None]:
        (found,) = (each for each in self.shop.messages() if each.id == message_id)
        return found.state, found.reason

    def until(self, message_id: str, state: str, reason: str | None = None) -> None:
        eventually(lambda: self.message(message_id) == (state, reason))

    def until_waiting(self, message_id: str, reason: str) -> None:
        self.until(message_id, "queued", reason)


@pytest.fixture
def desk(shop: Shop) -> Iterator[Desk]:
    desk = Desk(shop)
    yield desk
    desk.close()


def test_a_reply_goes_out_after_its_pause_with_typing_around_it(desk: Desk) -> None:
    desk.pacing.answer = lambda _origin, _action: Permit(pause_s=0.05, typing_s=0.05)
    desk.start()
    message_id = desk.reply("25rb kak")
    desk.until(message_id, "sent")
    eventually(lambda: desk.gateway.seen == ["typing true", "25rb kak", "typing false"])


def test_what_is_held_or_fails_holds_up_nobody_else(desk: Desk) -> None:
    other, until = Customer(), datetime.now(UTC) + timedelta(hours=1)
    asked: list[str] = []

    def first_held(_origin: Origin, action: str) -> Permit | Hold:
        asked.append(action)
        held = Hold(until=until, reason=HoldReason.RECIPIENT_RATE)
        return held if len(asked) == 1 else NO_PACE

    desk.pacing.answer = first_held
    held, refused, sent = desk.reply("satu"), desk.reply("dua", other), desk.reply("tiga", other)
    desk.gateway.errors = [SendRefused("no", code="not_on_whatsapp")]
    desk.start()
    desk.until(refused, "failed", "not_on_whatsapp")
    desk.until(sent, "sent")
    assert desk.message(held) == ("queued", "recipient_rate")
    assert desk.pacing.refusals == []


def test_one_that_cannot_even_be_read_is_set_aside(desk: Desk) -> None:
    other = Customer()
    broken, sent = desk.reply("satu"), desk.reply("dua", other)
    desk.shop.admin.run(
        "update conversations set chat_enc = '\\x00' where id ="
        " (select conversation_id from messages where id = %s)",
        broken,
    )
    desk.start()
    desk.until(sent, "sent")
    assert desk.message(broken) == ("queued", "fault")


def test_a_reply_that_comes_while_a_follow_up_is_typed_takes_it_back(desk: Desk) -> None:
    follow_up = desk.follow_up()
    desk.pacing.answer = lambda origin, _action: (
        Permit(pause_s=0, typing_s=60) if origin is Origin.FOLLOW_UP else NO_PACE
    )
    desk.start()
    assert desk.gateway.typing_seen.wait(10)
    desk.shop.receive(desk.session_id, desk.customer.says("masih ada?"))
    eventually(lambda: desk.gateway.seen == ["typing true", "typing false"])
    desk.until(follow_up, "cancelled")
    desk.until(desk.reply("ada kak"), "sent")


def test_a_follow_up_under_way_gives_way_to_a_person_s_reply_elsewhere(desk: Desk) -> None:
    follow_up, other = desk.follow_up(), Customer()
    desk.pacing.answer = lambda origin, _action: (
        Permit(pause_s=60, typing_s=0) if origin is Origin.FOLLOW_UP else NO_PACE
    )
    desk.start()
    desk.until(desk.reply("halo", other), "sent")
    assert desk.message(follow_up) == ("queued", None)


def test_a_session_that_goes_while_it_types_sends_nothing(desk: Desk) -> None:
    desk.pacing.answer = lambda _origin, _action: Permit(pause_s=0, typing_s=0.3)
    message_id = desk.reply("25rb kak")
    desk.start()
    assert desk.gateway.typing_seen.wait(10)
    desk.epochs = {}
    eventually(lambda: "typing false" in desk.gateway.seen)
    assert desk.message(message_id) == ("queued", None)
    assert desk.gateway.sent == []


def test_a_host_that_drains_leaves_what_it_has_not_claimed(desk: Desk) -> None:
    desk.pacing.answer = lambda _origin, _action: Permit(pause_s=60, typing_s=60)
    message_id = desk.reply("25rb kak")
    desk.start()
    assert desk.sender
    desk.sender.close(10)
    assert desk.message(message_id) == ("queued", None)


def test_too_fast_waits_and_goes_again(desk: Desk) -> None:
    desk.gateway.errors = [SendRefused("slow down", code="429")]
    message_id = desk.reply("25rb kak")
    desk.start()
    desk.until_waiting(message_id, "too_fast")
    assert desk.pacing.refusals == ["429"]
    desk.shop.admin.run("update outbox set not_before = now() where state = 'queued'")
    desk.until(message_id, "sent")


def test_a_lock_on_cold_writing_holds_a_follow_up_until_it_ends(desk: Desk) -> None:
    frozen = datetime.now(UTC) + timedelta(hours=24)
    desk.pacing.answer = lambda _origin, _action: (
        Hold(until=frozen, reason=HoldReason.FROZEN) if desk.pacing.refusals else NO_PACE
    )
    follow_up = desk.follow_up()
    desk.gateway.errors = [SendRefused("cold", code="463")]
    desk.start()
    desk.until_waiting(follow_up, "frozen")
    held = desk.shop.column("select not_before from outbox where tenant_id = %s")
    assert (held, desk.pacing.refusals) == ([frozen], ["463"])


def test_but_fails_a_person_s_reply(desk: Desk) -> None:
    desk.gateway.errors = [SendRefused("cold", code="463")]
    message_id = desk.reply("halo")
    desk.start()
    desk.until(message_id, "failed", "463")
    assert desk.pacing.refusals == ["463"]


def test_what_pacing_forbids_never_goes_out(desk: Desk) -> None:
    desk.pacing.answer = lambda _origin, _action: Refuse(reason=RefuseReason.NEVER_WROTE)
    message_id = desk.reply("halo")
    desk.start()
    desk.until(message_id, "failed", "never_wrote")
    assert desk.gateway.seen == []


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (SendUncertain("no acknowledgement"), "unknown", "no acknowledgement"),
        (RuntimeError("odd"), "unknown", "unexpected"),
        (InvalidInputError("no person's"), "failed", "invalid_input"),
        (NotConnected("offline"), "queued", "offline"),
    ],
)
def test_every_other_end_is_what_is_known_of_it(
    desk: Desk, error: Exception, state: str, reason: str
) -> None:
    desk.gateway.errors = [error]
    message_id = desk.reply("halo")
    desk.start()
    desk.until(message_id, state, reason)
    assert desk.gateway.sent == []


def test_a_lost_edit_goes_again_and_a_lost_message_does_not(desk: Desk) -> None:
    message_id = desk.reply("25rb kakk")
    desk.start()
    desk.until(message_id, "sent")
    desk.gateway.errors = [SendUncertain("lost")]
    desk.shop.front.message_actions.edit(desk.shop.tenant, message_id, "25rb kak")
    eventually(lambda: desk.gateway.sent == ["25rb kakk", "25rb kak"])
    assert desk.gateway.seen == ["25rb kakk", "25rb kak", "25rb kak"]
    eventually(lambda: desk.shop.messages()[-1].text == "25rb kak")


def test_a_file_that_is_gone_fails_its_message(desk: Desk) -> None:
    message_id = desk.reply("menu")
    desk.shop.admin.run("update messages set kind = 'image' where id = %s", message_id)
    desk.start()
    desk.until(message_id, "failed", "file_missing")
