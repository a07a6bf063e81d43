"""Follow-ups go out once, only while they are proper, and never against a reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from shop_support import AT_ONCE, DAY, Admin, Customer, Judge, Shop, eventually, label

from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.messages import MessageState, Origin, SentMessage
from waagent.services.claims import Claim
from waagent.services.followups import FollowUpService
from waagent.services.outbox import enqueue


def state(shop: Shop) -> tuple[FollowUpState, str | None]:
    newest = max(shop.front.followups.list(shop.tenant), key=lambda each: each.due_at)
    return newest.state, newest.reason


def claim(shop: Shop, session_id: str, epoch: int, owner: str = "host-1") -> Claim:
    (waiting,) = shop.host.outbox.waiting([session_id])
    claimed = shop.host.outbox.claim(waiting, owner, epoch)
    assert claimed is not None
    return claimed


def sent(shop: Shop, session_id: str) -> None:
    """Its message went out."""
    lease = shop.lease(session_id)
    claimed = claim(shop, session_id, lease.epoch)
    now = datetime.now(UTC)
    shop.host.outbox.sent(claimed, SentMessage(wa_message_id=claimed.message_id, at=now))


def test_a_due_follow_up_is_put_into_the_outbox(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer(name="sari wulandari")
    long_ago = datetime.now(UTC) - 2 * DAY
    shop.receive(session_id, customer.says("25rb kak", at=long_ago, from_me=True))
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    assert state(shop) == (FollowUpState.QUEUED, None)
    message = shop.messages()[-1]
    assert (message.origin, message.state) == (Origin.FOLLOW_UP, MessageState.QUEUED)
    assert "kak sari" in message.text.lower()
    assert "nasi box" in message.text
    assert "maaf" not in message.text, "they were answered"


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("sari wulandari", "kak Sari,"),
        ("Pak Joko RT 05", "Pak Joko,"),
        *((name, "kak,") for name in (None, "62812 0000", "🌸", "A", "x" * 60, "{product}")),
    ],
)
def test_a_name_that_is_no_person_s_is_left_out(
    shop: Shop, name: str | None, greeting: str
) -> None:
    shop.due_follow_up(shop.linked(), Customer(name=name))
    shop.dispatch()
    text = shop.messages()[-1].text
    assert re.match(rf"(Halo )?{greeting} maaf", text, re.IGNORECASE)


def test_one_that_is_not_due_stays(shop: Shop) -> None:
    shop.receive(shop.linked(), Customer().says())
    shop.judge(label())
    shop.dispatch()
    assert state(shop) == (FollowUpState.PENDING, None)


def test_two_dispatchers_at_once_queue_each_exactly_once(shop: Shop) -> None:
    session_id = shop.linked()
    shop.connected(session_id)
    for _ in range(8):
        shop.receive(session_id, Customer().says(at=datetime.now(UTC) - 2 * DAY))
    service = shop.understanding(Judge(label()))
    for lead in shop.front.leads.list(shop.tenant):
        service.process(shop.id, lead.conversation_id)
    start = Barrier(4)

    def run(_: int) -> int:
        start.wait()
        return shop.dispatch()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 8
    assert shop.origins().count(Origin.FOLLOW_UP) == 8
    assert shop.count("follow_ups", "state = 'queued'") == 8
    shop.dispatch()
    assert shop.origins().count(Origin.FOLLOW_UP) == 8


def _won(shop: Shop) -> None:
    shop.admin.run("update leads set stage = 'won' where tenant_id = %s", shop.id)


def _lost(shop: Shop) -> None:
    shop.admin.run("update leads set stage = 'lost' where tenant_id = %s", shop.id)


def _opted_out(shop: Shop) -> None:
    shop.admin.run(
        "insert into opt_outs (tenant_id, contact_id) select tenant_id, id from contacts"
        " where tenant_id = %s",
        shop.id,
    )


def _unlinked(shop: Shop) -> None:
    shop.admin.run("update sessions set paired = false where tenant_id = %s", shop.id)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_won, CancelReason.PURCHASED),
        (_lost, CancelReason.NOT_OPEN),
        (_opted_out, CancelReason.OPTED_OUT),
        (_unlinked, CancelReason.UNLINKED),
    ],
)
def test_everything_is_checked_again_when_it_is_due(
    shop: Shop, change: Callable[[Shop], None], reason: CancelReason
) -> None:
    """Changes that came by another way than the ones that cancel it."""
    shop.due_follow_up(shop.linked(), Customer())
    change(shop)
    shop.dispatch()
    assert state(shop) == (FollowUpState.SKIPPED, reason)
    assert Origin.FOLLOW_UP not in shop.origins()


@pytest.mark.parametrize("session", ["disconnected", "connecting", "degraded", "banned_until"])
def test_while_the_number_is_away_it_waits(shop: Shop, session: str) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    shop.admin.run("update sessions set state = %s where tenant_id = %s", session, shop.id)
    shop.dispatch()
    assert state(shop) == (FollowUpState.PENDING, None)


def test_one_that_waited_too_long_is_left_out(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    shop.admin.run(
        "update follow_ups set due_at = now() - interval '49 hours' where tenant_id = %s", shop.id
    )
    shop.dispatch()
    assert state(shop) == (FollowUpState.SKIPPED, CancelReason.STALE)


@pytest.mark.parametrize(("hour", "goes"), [(3, False), (12, True), (22, False)])
def test_at_night_it_waits_for_the_shop_s_morning(
    new_shop: Callable[..., Shop], hour: int, goes: bool
) -> None:
    """Whatever the hour is here: the shop is where it is that hour now."""
    ahead = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    shop = new_shop(timezone=f"Etc/GMT{-ahead:+d}")  # POSIX counts the other way round
    shop.due_follow_up(shop.linked(), Customer())
    FollowUpService(shop.host.core, replace(AT_ONCE, quiet_hours=True)).dispatch_due()
    assert state(shop) == (FollowUpState.QUEUED if goes else FollowUpState.PENDING, None)
    if not goes:
        (follow_up,) = shop.front.followups.list(shop.tenant)
        assert follow_up.due_at.astimezone(ZoneInfo(shop.tenant.timezone)).time() == time(8)
        assert timedelta(0) < follow_up.due_at - datetime.now(UTC) < timedelta(hours=12)


def test_a_customer_who_does_not_answer_gets_no_second_one(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    sent(shop, session_id)
    assert state(shop) == (FollowUpState.SENT, None)
    # The owner writes once more, and the engine again finds the sale open.
    shop.receive(session_id, customer.says("gimana kak?", from_me=True))
    shop.judge(label(), timedelta(seconds=-1))
    shop.dispatch()
    assert shop.origins().count(Origin.FOLLOW_UP) == 1
    assert shop.count("follow_ups", "state = 'pending'") == 0


def test_nor_does_one_who_answers_and_still_does_not_buy(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    sent(shop, session_id)
    shop.receive(session_id, customer.says("masih kak, nanti dulu ya"))
    shop.judge(label(), timedelta(days=-1))
    shop.dispatch()
    assert shop.origins().count(Origin.FOLLOW_UP) == 1


@pytest.mark.parametrize("over", ["bought", "long ago"])
def test_the_next_sale_may_have_one_of_its_own(shop: Shop, over: str) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    sent(shop, session_id)
    if over == "bought":
        shop.receive(session_id, customer.says("jadi kak, sudah transfer"))
        shop.judge(label(Status.CUSTOMER, needs_follow_up=False))
        shop.front.leads.move(shop.tenant, shop.lead().id, Stage.NEW)
    else:
        shop.admin.run(
            "update follow_ups set updated_at = now() - interval '31 days' where tenant_id = %s",
            shop.id,
        )
    shop.receive(session_id, customer.says("kak, ada nasi box lagi?"))
    shop.judge(label(), timedelta(days=-1))
    shop.dispatch()
    assert shop.origins().count(Origin.FOLLOW_UP) == 2


@pytest.mark.parametrize("from_me", [False, True])
def test_one_that_waits_to_be_sent_is_taken_back(shop: Shop, from_me: bool) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    shop.receive(session_id, customer.says("jadi kak", from_me=from_me))
    assert state(shop)[0] is FollowUpState.CANCELLED
    assert [m.state for m in shop.messages() if m.origin is Origin.FOLLOW_UP] == ["cancelled"]
    assert shop.host.outbox.waiting([session_id]) == []


def test_an_agent_s_reply_takes_it_back_too(shop: Shop) -> None:
    session_id = shop.linked()
    conversation_id = shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    shop.front.messages.reply(shop.tenant, conversation_id, "ada kak")
    assert state(shop) == (FollowUpState.CANCELLED, CancelReason.BUSINESS_REPLIED)
    (waiting,) = shop.host.outbox.waiting([session_id])
    assert shop.messages()[-1].id == waiting.message_id


def test_one_that_is_under_way_is_told_as_it_was(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    claimed = claim(shop, session_id, shop.lease(session_id).epoch)
    shop.receive(session_id, customer.says("jadi kak"))
    assert state(shop) == (FollowUpState.QUEUED, None)
    sent_as = SentMessage(wa_message_id="B", at=datetime.now(UTC))
    shop.host.outbox.sent(claimed, sent_as)
    assert state(shop) == (FollowUpState.SENT, None)


def test_one_that_could_not_be_sent_before_the_reply_is_not_sent_after_it(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    claimed = claim(shop, session_id, shop.lease(session_id).epoch)
    shop.receive(session_id, customer.says("jadi kak"))
    shop.host.outbox.not_sent(claimed, "not_connected")
    assert state(shop) == (FollowUpState.CANCELLED, CancelReason.CUSTOMER_REPLIED)
    assert shop.count("outbox", "state = 'queued'") == 0
    assert [m.state for m in shop.messages() if m.origin is Origin.FOLLOW_UP] == ["cancelled"]


def test_without_a_reply_it_is_tried_again(shop: Shop) -> None:
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    claimed = claim(shop, session_id, shop.lease(session_id).epoch)
    shop.host.outbox.not_sent(claimed, "not_connected")
    assert state(shop) == (FollowUpState.QUEUED, None)
    assert shop.count("outbox", "state = 'queued' and not_before > now()") == 1


def test_a_reply_that_comes_in_while_it_is_queued_takes_it_back(shop: Shop, admin: Admin) -> None:
    """The two transactions overlap: the dispatcher's is open while the reply is stored."""
    session_id, customer = shop.linked(), Customer()
    conversation_id = shop.due_follow_up(session_id, customer)
    ((follow_up_id,),) = admin.rows("select id from follow_ups where tenant_id = %s", shop.id)
    reply = Thread(target=shop.receive, args=(session_id, customer.says("jadi kak")))
    with shop.host.core.tenant(shop.id) as scope:
        assert scope.tx.value("followups.take", follow_up_id=follow_up_id)
        message_id = enqueue(
            scope,
            session_id=session_id,
            conversation_id=conversation_id,
            text="masih berminat kak?",
            origin=Origin.FOLLOW_UP,
            dedupe_key=f"follow_up:{follow_up_id}",
        )
        scope.tx.run(
            "followups.queued",
            follow_up_id=follow_up_id,
            message_id=message_id,
            template="umum",
            variant="umum",
            author="template",
            stage="qualified",
            intent=None,
            again_at=None,
        )
        reply.start()
        blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        eventually(lambda: admin.value(blocked))
    reply.join()
    assert state(shop) == (FollowUpState.CANCELLED, CancelReason.CUSTOMER_REPLIED)
    assert shop.count("outbox", "state <> 'cancelled'") == 0


def test_while_a_reply_is_being_stored_it_is_left_alone(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    conversation_id = shop.lead().conversation_id
    with shop.host.core.tenant(shop.id) as scope:
        scope.tx.column("conversations.lock", conversation_ids=[conversation_id])
        shop.dispatch()
    assert state(shop) == (FollowUpState.PENDING, None)
    shop.dispatch()
    assert state(shop) == (FollowUpState.QUEUED, None)


def test_one_that_cannot_be_read_does_not_hold_back_the_others(
    new_shop: Callable[..., Shop], admin: Admin
) -> None:
    broken, whole = new_shop(), new_shop()
    for each in (broken, whole):
        each.due_follow_up(each.linked(), Customer())
    admin.run("update contacts set name_enc = '\\x01' where tenant_id = %s", broken.id)
    admin.run(
        "update follow_ups set due_at = due_at - interval '1 hour' where tenant_id = %s", broken.id
    )
    whole.dispatch()
    assert state(whole) == (FollowUpState.QUEUED, None)
    assert broken.count("follow_ups", "state = 'pending'") == 1


def test_a_lost_lead_that_comes_back_may_be_followed_up_again(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.connected(session_id)
    shop.receive(session_id, customer.says("ga jadi"))
    shop.judge(label(Status.LOST, needs_follow_up=False))
    assert shop.lead().stage is Stage.LOST
    shop.receive(session_id, customer.says("eh jadi deh, ada?"))
    shop.judge(label(Status.HOT_LEAD), timedelta(days=-1))
    shop.dispatch()
    assert state(shop) == (FollowUpState.QUEUED, None)
