"""The outbox: what goes first, who may send it, and how every send can end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from shop_support import DAY, Customer, Shop, label

from waagent.domain.followups import FollowUpState
from waagent.domain.messages import (
    MessageState,
    Origin,
    OutgoingText,
    Receipt,
    ReceiptKind,
    SentMessage,
)
from waagent.errors import ConflictError
from waagent.services.claims import Claim, Waiting
from waagent.services.leases import Lease, LeaseService
from waagent.services.outbox import MAX_ATTEMPTS, enqueue


class Sending:
    """A shop with a linked session in the hands of a host, and a customer to answer."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.outbox = shop, shop.host.outbox
        self.session_id, self.customer = shop.linked(), Customer()
        shop.receive(self.session_id, self.customer.says())
        self.lease: Lease = shop.lease(self.session_id)

    def reply(self, text: str = "25rb kak") -> str:
        return self.shop.front.messages.send(self.shop.tenant, f"+{self.customer.phone}", text).id

    def next(self) -> Waiting:
        (waiting,) = self.outbox.waiting([self.session_id])
        return waiting

    def claim(self) -> Claim:
        claim = self.outbox.claim(self.next(), "host-1", self.lease.epoch)
        assert claim is not None
        return claim

    def states(self) -> list[MessageState]:
        return [m.state for m in self.shop.messages() if m.origin is not Origin.CUSTOMER]


@pytest.fixture
def sending(shop: Shop) -> Sending:
    return Sending(shop)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_reply_goes_to_the_chat_it_answers(sending: Sending) -> None:
    message_id = sending.reply()
    assert sending.states() == ["queued"]
    claim = sending.claim()
    assert (claim.message_id, claim.attempt) == (message_id, 1)
    assert claim.outgoing == OutgoingText(text="25rb kak")
    assert claim.chat_jid == f"{sending.customer.lid}@lid"
    assert sending.states() == ["sending"]
    at = now() + timedelta(seconds=3)
    sending.outbox.sent(claim, SentMessage(wa_message_id="3EB0A", at=at))
    message = sending.shop.messages()[-1]
    assert (message.state, message.at) == (MessageState.SENT, at)
    assert sending.shop.lead().last_message_at == at
    assert sending.outbox.waiting([sending.session_id]) == []
    read = Receipt(wa_message_ids=("3EB0A",), kind=ReceiptKind.READ, at=now())
    assert sending.shop.host.inbound.receipts(sending.shop.id, sending.session_id, [read]) == set()
    assert sending.states() == ["read"]


def test_people_go_before_follow_ups_and_the_older_before_the_newer(shop: Shop) -> None:
    session_id, followed = shop.linked(), Customer()
    shop.due_follow_up(session_id, followed)
    shop.dispatch()
    other = Customer()
    shop.receive(session_id, other.says())
    for text in ("satu", "dua"):
        shop.front.messages.send(shop.tenant, f"+{other.phone}", text)
    lease, said = shop.lease(session_id), []
    while waiting := shop.host.outbox.waiting([session_id]):
        (first,) = waiting
        claim = shop.host.outbox.claim(first, "host-1", lease.epoch)
        assert claim is not None
        assert isinstance(claim.outgoing, OutgoingText)
        said.append(claim.outgoing.text)
        sent = SentMessage(wa_message_id=claim.message_id, at=now())
        shop.host.outbox.sent(claim, sent)
    assert said[:2] == ["satu", "dua"]
    assert len(said) == 3
    assert shop.front.followups.list(shop.tenant)[0].state is FollowUpState.SENT


def test_a_chat_keeps_its_order_and_holds_up_no_other(sending: Sending) -> None:
    shop, other = sending.shop, Customer()
    shop.receive(sending.session_id, other.says())
    first, second = sending.reply("satu"), sending.reply("dua")
    elsewhere = shop.front.messages.send(shop.tenant, f"+{other.phone}", "halo").id
    held = sending.next()
    assert held.message_id == first
    sending.outbox.hold(held, now() + timedelta(hours=1), "recipient_rate")
    assert sending.next().message_id == elsewhere, "not the second one of the chat that is held"
    assert sending.outbox.claim(held, "host-1", sending.lease.epoch) is None
    (message,) = [each for each in shop.messages() if each.id == first]
    assert (message.state, message.reason) == (MessageState.QUEUED, "recipient_rate")
    sending.outbox.refused(sending.claim(), "463")
    assert sending.outbox.waiting([sending.session_id]) == []
    shop.admin.run("update outbox set not_before = now() where tenant_id = %s", shop.id)
    claim = sending.claim()
    assert claim.message_id == first
    assert sending.outbox.waiting([sending.session_id]) == [], "one at a time in a chat"
    sending.outbox.uncertain(claim, "timeout")
    assert sending.next().message_id == second, "what a person is to look at holds up nothing"


def test_what_pacing_never_allows_fails(shop: Shop) -> None:
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    (waiting,) = shop.host.outbox.waiting([session_id])
    shop.host.outbox.never(waiting, "opted_out")
    assert (shop.messages()[-1].state, shop.messages()[-1].reason) == ("failed", "opted_out")
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert (follow_up.state, follow_up.reason) == (FollowUpState.FAILED, "opted_out")
    assert shop.host.outbox.look(waiting) is None


def test_only_the_host_that_holds_the_lease_may_send(sending: Sending) -> None:
    sending.reply()
    waiting, epoch = sending.next(), sending.lease.epoch
    assert sending.outbox.claim(waiting, "host-2", epoch) is None
    assert sending.outbox.claim(waiting, "host-1", epoch + 1) is None
    assert sending.outbox.claim(waiting, "host-1", epoch - 1) is None
    sending.shop.admin.run(
        "update session_leases set expires_at = now() - interval '1 ms' where tenant_id = %s",
        sending.shop.id,
    )
    assert sending.outbox.claim(waiting, "host-1", epoch) is None
    assert sending.states() == ["queued"]


def test_of_two_that_claim_at_once_one_gets_it(sending: Sending) -> None:
    sending.reply()
    waiting, start = sending.next(), Barrier(4)

    def claim(_: int) -> Claim | None:
        start.wait()
        return sending.outbox.claim(waiting, "host-1", sending.lease.epoch)

    with ThreadPoolExecutor(4) as pool:
        got = [each for each in pool.map(claim, range(4)) if each]
    assert len(got) == 1


def test_a_refused_message_is_not_tried_again(sending: Sending) -> None:
    sending.reply()
    sending.outbox.refused(sending.claim(), "463")
    assert sending.states() == ["failed"]
    assert sending.outbox.waiting([sending.session_id]) == []
    assert sending.shop.column("select error from outbox where tenant_id = %s") == ["463"]


def test_nor_is_one_that_may_have_been_sent(sending: Sending) -> None:
    sending.reply()
    sending.outbox.uncertain(sending.claim(), "timeout")
    assert sending.states() == ["unknown"]
    assert sending.outbox.waiting([sending.session_id]) == []


def test_one_that_was_surely_not_sent_waits_a_little_and_goes_again(sending: Sending) -> None:
    sending.reply()
    sending.outbox.not_sent(sending.claim(), "not_connected")
    assert sending.states() == ["queued"]
    assert sending.outbox.waiting([sending.session_id]) == []
    sending.shop.admin.run(
        "update outbox set not_before = now() where tenant_id = %s", sending.shop.id
    )
    assert sending.claim().attempt == 2


def test_but_not_for_ever(sending: Sending) -> None:
    sending.reply()
    sending.outbox.not_sent(replace(sending.claim(), attempt=MAX_ATTEMPTS), "not_connected")
    assert sending.states() == ["failed"]


def test_a_host_that_lost_its_lease_writes_no_end(sending: Sending) -> None:
    """Its message was settled meanwhile; a late answer must not turn that around."""
    sending.reply()
    claim = sending.claim()
    late = replace(claim, epoch=claim.epoch - 1)
    sent = SentMessage(wa_message_id="X", at=now())
    sending.outbox.sent(late, sent)
    sending.outbox.refused(late, "463")
    sending.outbox.not_sent(late, "not_connected")
    assert sending.states() == ["sending"]
    sending.outbox.uncertain(claim, "timeout")
    sending.outbox.sent(claim, sent)
    assert sending.states() == ["unknown"]


def test_what_a_dead_host_left_behind_becomes_unknown_after_the_grace(sending: Sending) -> None:
    sending.reply()
    sending.claim()
    now = 100.0
    leases = LeaseService(sending.shop.host.core, clock=lambda: now)

    def settle(*, renewed: bool = False) -> list[MessageState]:
        sending.shop.admin.run(
            "update session_leases set expires_at = now() + %s::interval where tenant_id = %s",
            "12 seconds" if renewed else "-1 hour",
            sending.shop.id,
        )
        sending.outbox.settle_uncertain(leases.lapsed())
        return sending.states()

    assert settle(renewed=True) == ["sending"]
    for _ in range(4):  # PostgreSQL's clock leaps forward; the host lives and renews its lease
        assert settle() == ["sending"]
        now += 3
        assert settle(renewed=True) == ["sending"]
    sending.shop.admin.run(
        "update session_leases set expires_at = now() - interval '1 s' where tenant_id = %s",
        sending.shop.id,
    )
    for seconds, state in ((0.0, "sending"), (3.9, "sending"), (4.0, "unknown")):
        now = 200 + seconds
        sending.outbox.settle_uncertain(leases.lapsed())
        assert sending.states() == [state], "the host may still be waiting for its answer"
    assert sending.outbox.waiting([sending.session_id]) == []


@pytest.mark.parametrize("how", ["released", "taken over"])
def test_or_at_once_when_the_session_is_in_other_hands(sending: Sending, how: str) -> None:
    sending.reply()
    sending.claim()
    sending.shop.host.leases.release("host-1", [sending.session_id])
    if how == "taken over":
        sending.shop.lease(sending.session_id, "host-2")
    sending.outbox.settle_uncertain([])
    assert sending.states() == ["unknown"]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        ("sent", FollowUpState.SENT),
        ("refused", FollowUpState.FAILED),
        ("uncertain", FollowUpState.UNKNOWN),
        ("not_sent", FollowUpState.QUEUED),
    ],
)
def test_a_follow_up_ends_as_its_message_did(shop: Shop, end: str, state: FollowUpState) -> None:
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    lease = shop.lease(session_id)
    (waiting,) = shop.host.outbox.waiting([session_id])
    claim = shop.host.outbox.claim(waiting, "host-1", lease.epoch)
    assert claim is not None
    what = SentMessage(wa_message_id="B", at=now()) if end == "sent" else "code"
    getattr(shop.host.outbox, end)(claim, what)
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert follow_up.state is state


def test_a_dedupe_key_is_good_for_one_message(sending: Sending) -> None:
    conversation_id = sending.shop.lead().conversation_id

    def queue() -> None:
        with sending.shop.host.core.tenant(sending.shop.id) as scope:
            enqueue(
                scope,
                session_id=sending.session_id,
                conversation_id=conversation_id,
                text="halo",
                origin=Origin.HUMAN,
                dedupe_key="once",
            )

    queue()
    with pytest.raises(ConflictError):
        queue()
    assert len(sending.states()) == 1, "nothing of the second one stays"


def test_a_session_s_outbox_is_counted(sending: Sending) -> None:
    sending.reply("satu")
    sending.reply("dua")
    sending.claim()
    (session,) = sending.shop.front.sessions.list(sending.shop.tenant)
    assert (session.outbox, session.owner) == (2, "host-1")


def test_an_answer_is_looked_at_again_after_the_quiet_period(sending: Sending) -> None:
    sending.shop.judge(label(), DAY)
    sending.reply()
    assert sending.shop.count("conversations", "process_after > now() and unread = 0") == 1
